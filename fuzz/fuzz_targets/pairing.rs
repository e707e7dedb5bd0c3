//! What one device tells another one, as text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::internals::Pairing;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(pairing) = Pairing::from_text(&text) {
        let plain: String = text.chars().filter(|one| !one.is_whitespace()).collect();
        assert_eq!(pairing.to_text().as_deref().map(String::as_str).ok(), Some(&*plain.to_ascii_lowercase()));
    }
});

//! Recovery phrases as people type them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::seal::{RecoveryPhrase, SlotSecret};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(secret) = <[u8; 32]>::try_from(bytes) {
        let phrase =
            SlotSecret::from_bytes(secret).recovery_phrase().expect("any secret has words");
        let read = RecoveryPhrase::parse(phrase.expose()).and_then(|phrase| phrase.secret());
        assert!(read.is_ok_and(|read| *read.expose() == secret));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(phrase) = RecoveryPhrase::parse(text) {
        let secret = phrase.secret().expect("a parsed phrase has a secret");
        assert!(secret.recovery_phrase().is_ok_and(|again| again == phrase));
    }
});

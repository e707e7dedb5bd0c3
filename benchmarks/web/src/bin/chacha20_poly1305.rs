//! ChaCha20-Poly1305 with a fresh key for each message.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use std::hint::black_box;

fn main() {
    benchmarks_web::each_message(|message| {
        let key = black_box([1; 32]);
        let cipher = ChaCha20Poly1305::new(&key.into());
        let tag = cipher.encrypt_inout_detached(&[0; 12].into(), b"", message.into());
        black_box(tag.is_ok());
    });
}

//! AES-256-GCM with a fresh key for each message.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use std::hint::black_box;

fn main() {
    benchmarks_web::each_message(|message| {
        let key = black_box([1; 32]);
        let cipher = Aes256Gcm::new(&key.into());
        let tag = cipher.encrypt_inout_detached(&[0; 12].into(), b"", message.into());
        black_box(tag.is_ok());
    });
}

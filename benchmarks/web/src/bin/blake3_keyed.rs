//! The address of each message.

use std::hint::black_box;

fn main() {
    benchmarks_web::each_message(|message| {
        black_box(blake3::keyed_hash(&[1; 32], message));
    });
}

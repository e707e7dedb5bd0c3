//! Every kernel against the portable one, on edges and on noise: few enough inputs that an
//! interpreter which watches every access (Miri) gets through them.

#[path = "common/noise.rs"]
mod noise;

use noise::noise;
use sealwood_lthash::Kernel;

/// Around the ends of blocks and chunks, and across them.
const EDGES: [usize; 10] = [0, 1, 63, 64, 65, 128, 1023, 1024, 1025, 2049];

#[test]
fn edges_alone_and_together() {
    let messages = EDGES.map(|length| noise(length as u64, length));
    for kernel in Kernel::all().skip(1) {
        for message in &messages {
            let twin = Kernel::portable().sum_raw([message]);
            assert_eq!(kernel.sum_raw([message]), twin, "{} bytes by {kernel:?}", message.len());
        }
        assert_eq!(kernel.sum_raw(&messages), Kernel::portable().sum_raw(&messages), "{kernel:?}");
    }
}

#[test]
fn more_messages_than_lanes_each_at_another_place_of_one_buffer() {
    let buffer = noise(7, 3100);
    let lengths = noise(8, 40);
    // Odd beginnings: nothing is aligned, and the last one ends with the buffer.
    let messages: Vec<&[u8]> = lengths
        .iter()
        .enumerate()
        .map(|(index, length)| &buffer[buffer.len() - 71 * index - usize::from(*length)..])
        .map(|rest| &rest[..rest.len().min(200)])
        .collect();
    let twin = Kernel::portable().sum_raw(&messages);
    for kernel in Kernel::all() {
        assert_eq!(kernel.sum_raw(&messages), twin, "{kernel:?}");
    }
}

//! Every kernel that runs here comes to what BLAKE3 itself says, message by message, whatever the
//! lengths are and however they are mixed.

#![allow(clippy::unwrap_used)]

#[path = "common/lengths.rs"]
mod lengths;
#[path = "common/noise.rs"]
mod noise;

use lengths::LENGTHS;
use noise::noise;
use sealwood_lthash::{Domain, Kernel, LtHash};

/// The element of a message, by BLAKE3's own expansion of one message at a time.
fn element(hasher: &blake3::Hasher) -> LtHash {
    let mut bytes = [0; LtHash::BYTES];
    hasher.finalize_xof().fill(&mut bytes);
    LtHash::decode(&bytes).unwrap()
}

fn raw(message: &[u8]) -> LtHash {
    element(blake3::Hasher::new().update(message))
}

/// What a row is hashed as, spelled out.
fn message(domain: &Domain, key: &[u8], value: &[u8]) -> Vec<u8> {
    let name = domain.name();
    let mut message = vec![1, name.len() as u8];
    message.extend(name);
    message.extend((key.len() as u64).to_le_bytes());
    message.extend(key);
    message.extend((value.len() as u64).to_le_bytes());
    message.extend(value);
    message
}

#[test]
fn one_message_of_every_length() {
    for length in (0..=1100).chain(LENGTHS) {
        let message = noise(length as u64, length);
        let expected = raw(&message);
        for kernel in Kernel::all() {
            assert_eq!(kernel.sum_raw([&message]), expected, "{length} bytes by {kernel:?}");
        }
    }
}

#[test]
fn messages_of_all_lengths_together() {
    for rounds in 1..=3 {
        let messages: Vec<_> = (0..rounds)
            .flat_map(|round| {
                LENGTHS.iter().map(move |length| noise(1000 * round + *length as u64, *length))
            })
            .collect();
        let mut expected = LtHash::identity();
        messages.iter().for_each(|message| expected.merge(&raw(message)));
        for kernel in Kernel::all() {
            assert_eq!(kernel.sum_raw(&messages), expected, "{kernel:?}");
            assert_eq!(kernel.sum_raw(messages.iter().rev()), expected, "{kernel:?}");
        }
    }
}

#[test]
fn every_number_of_messages_up_to_five_times_the_lanes() {
    // Blocks, chunks and trees of which some end while others go on.
    for length in [1, 65, 300, 1024, 1500, 3000] {
        let messages: Vec<_> =
            (0..80).map(|seed| noise(seed, length + 37 * (seed as usize % 5))).collect();
        let mut expected = LtHash::identity();
        for count in 0..=messages.len() {
            for kernel in Kernel::all() {
                let sum = kernel.sum_raw(&messages[..count]);
                assert_eq!(sum, expected, "{count} of {length} bytes by {kernel:?}");
            }
            if let Some(next) = messages.get(count) {
                expected.merge(&raw(next));
            }
        }
    }
}

#[test]
fn rows_are_tag_lengths_key_and_value() {
    let key = [7; 32];
    let plain = Domain::new("users").unwrap();
    let keyed = Domain::keyed(&key, "users").unwrap();
    let mut rows = Vec::new();
    for key_length in [0, 1, 20, 40, 64, 500, 1100] {
        for value_length in LENGTHS {
            rows.push((noise(1, key_length), noise(2, value_length)));
        }
    }
    let mut expected = [LtHash::identity(), LtHash::identity()];
    for (row_key, value) in &rows {
        let message = message(&plain, row_key, value);
        let elements = [
            element(blake3::Hasher::new().update(&message)),
            element(blake3::Hasher::new_keyed(&key).update(&message)),
        ];
        for ((domain, expected), element) in
            [&plain, &keyed].into_iter().zip(&mut expected).zip(elements)
        {
            let mut alone = LtHash::identity();
            alone.add(domain, row_key, value);
            assert_eq!(alone, element);
            expected.merge(&element);
        }
    }
    for (domain, expected) in [&plain, &keyed].into_iter().zip(&expected) {
        for kernel in Kernel::all() {
            assert_eq!(
                kernel.sum(domain, rows.iter().map(|(k, v)| (k, v))),
                *expected,
                "{kernel:?}"
            );
        }
    }
    assert_ne!(expected[0], expected[1]);
}

#[test]
fn messages_of_a_megabyte() {
    let messages = [noise(1, 1 << 20), noise(2, (1 << 20) + 1), noise(3, 3_000_000)];
    let mut expected = LtHash::identity();
    messages.iter().for_each(|message| expected.merge(&raw(message)));
    for kernel in Kernel::all() {
        assert_eq!(kernel.sum_raw(&messages), expected, "{kernel:?}");
    }
}

#[test]
fn the_best_kernel_is_the_last_one_named() {
    let names: Vec<_> = Kernel::all().map(Kernel::name).collect();
    assert_eq!(names[0], Kernel::portable().name());
    assert_eq!(names.last().copied(), Some(Kernel::best().name()));
    println!("kernels: {names:?}");
}

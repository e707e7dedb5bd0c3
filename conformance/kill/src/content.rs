//! Contents of keys and files: told by two numbers, the same in every process.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::random::Random;

/// The longest content, in bytes.
const BYTES_MAX: u64 = 400_000;

/// One of these many contents is put again and again, so that keys share files.
const COMMON: u64 = 8;

/// The bytes that a number stands for, cut to a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    id: u64,
    len: u64,
}

/// A length, and a checksum of the bytes.
pub(crate) type Digest = (u64, u64);

/// The digests of contents that were asked for before.
#[derive(Debug, Default)]
pub(crate) struct Digests(HashMap<Content, Digest>);

impl Content {
    /// Mostly small, sometimes empty or large, and in one of six cases one of a few.
    pub(crate) fn draw(random: &mut Random) -> Self {
        if random.once_in(6) {
            let id = random.below(COMMON);
            return Self { id, len: Random::new(id, &[]).magnitude(1, BYTES_MAX / 4) };
        }
        let most = match random.below(20) {
            0 => 0,
            1..=9 => 300,
            10..=15 => 5_000,
            16..=18 => 40_000,
            _ => BYTES_MAX,
        };
        Self { id: random.next(), len: random.magnitude(most / 50, most) }
    }

    /// The bytes.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let mut random = Random::new(self.id, &[1]);
        let mut bytes = Vec::with_capacity(self.len as usize + 8);
        while (bytes.len() as u64) < self.len {
            bytes.extend_from_slice(&random.next().to_le_bytes());
        }
        bytes.truncate(self.len as usize);
        bytes
    }
}

impl Digests {
    /// The digest of a content.
    pub(crate) fn of(&mut self, content: Content) -> Digest {
        *self.0.entry(content).or_insert_with(|| digest(&content.bytes()))
    }
}

/// The digest of bytes.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    (bytes.len() as u64, xxh3_64(bytes))
}

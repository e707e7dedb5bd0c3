//! Keys and values: the same in every run, on every machine.

/// The length of a path key, in bytes.
pub(crate) const KEY_BYTES: usize = 32;

/// A key like `photos/2003/02/IMG_00037123.jpeg`.
pub(crate) type Key = [u8; KEY_BYTES];

/// How many keys share a key but for the last two digits of its number.
pub(crate) const KEYS_PER_PREFIX: usize = 100;

/// The path of a photo; a thousand of them to a month, which keeps the order of the numbers.
pub(crate) fn path_key(number: usize) -> Key {
    let month = number / 1000;
    key_of(2000 + month / 12, month % 12 + 1, number)
}

/// The path of a photo, with the photos dealt over 16 years.
pub(crate) fn dealt_key(number: usize) -> Key {
    key_of(2000 + number % 16, number / 16 % 12 + 1, number)
}

/// A key that is in no store, beside one that may be.
pub(crate) fn missing_key(number: usize) -> Key {
    let mut key = path_key(number);
    key[KEY_BYTES - 1] = b'x';
    key
}

/// What [`KEYS_PER_PREFIX`] keys begin with, the one of `number` among them.
pub(crate) fn prefix_of(number: usize) -> [u8; 25] {
    std::array::from_fn(|at| path_key(number)[at])
}

/// The keys of the numbers below `count`, in an order of their own.
pub(crate) fn shuffled_keys(count: usize, key: fn(usize) -> Key) -> Vec<(usize, Key)> {
    let mut keys: Vec<_> = (0..count).map(|number| (number, key(number))).collect();
    shuffle(&mut keys, 1);
    keys
}

/// Puts `items` into an order that depends on `seed` alone.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = Random(seed);
    for end in (1..items.len()).rev() {
        items.swap(end, (random.next() % (end as u64 + 1)) as usize);
    }
}

/// Fills `value` with bytes no compressor can do anything about, and that no other seed gives.
pub(crate) fn fill(value: &mut [u8], seed: u64) {
    let mut random = Random(seed.wrapping_mul(0xD134_2543_DE82_EF95));
    for chunk in value.chunks_mut(8) {
        chunk.copy_from_slice(&random.next().to_le_bytes()[..chunk.len()]);
    }
}

/// SplitMix64: quick enough to cost nothing beside a put.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn key_of(year: usize, month: usize, number: usize) -> Key {
    let text = format!("photos/{year:04}/{month:02}/IMG_{number:08}.jpeg");
    std::array::from_fn(|at| text.as_bytes()[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_of_a_path() {
        assert_eq!(&path_key(37_123), b"photos/2003/02/IMG_00037123.jpeg");
        assert_eq!(&path_key(1_099_999)[..15], b"photos/2091/08/");
    }

    #[test]
    fn a_hundred_keys_share_a_prefix() {
        let prefix = prefix_of(37_123);
        let sharing = (0..50_000).filter(|&number| path_key(number).starts_with(&prefix)).count();
        assert_eq!(sharing, KEYS_PER_PREFIX);
    }

    #[test]
    fn shuffling_keeps_every_key() {
        let mut keys = shuffled_keys(1000, path_key);
        assert_ne!(keys[0].0, 0);
        keys.sort();
        assert!(keys.iter().enumerate().all(|(at, (number, _))| at == *number));
    }

    #[test]
    fn values_differ_by_seed_alone() {
        let mut first = [0; 100];
        let mut second = [0; 100];
        fill(&mut first, 1);
        fill(&mut second, 1);
        assert_eq!(first, second);
        fill(&mut second, 2);
        assert_ne!(first, second);
    }
}

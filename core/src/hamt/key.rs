//! The bytes of a key, most often without an allocation.

use std::ops::Deref;

/// Keys up to this length lie in the item itself; the names of most files are shorter.
const INLINE_BYTES_MAX: usize = 30;

/// A key. As large as four words, so that copying a leaf copies most keys without an allocation
/// and comparing one touches no other cache line.
#[derive(Clone)]
pub(super) enum Key {
    Short { len: u8, bytes: [u8; INLINE_BYTES_MAX] },
    Long(Box<[u8]>),
}

impl Key {
    /// The bytes of memory the key takes beside itself.
    pub(super) fn memory(&self) -> usize {
        match self {
            Key::Short { .. } => 0,
            Key::Long(bytes) => bytes.len(),
        }
    }
}

impl From<&[u8]> for Key {
    fn from(key: &[u8]) -> Self {
        let mut bytes = [0; INLINE_BYTES_MAX];
        match bytes.get_mut(..key.len()) {
            Some(to) => {
                to.copy_from_slice(key);
                Key::Short { len: key.len() as u8, bytes }
            }
            None => Key::Long(key.into()),
        }
    }
}

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Key::Short { len, bytes } => &bytes[..usize::from(*len)],
            Key::Long(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_any_length_keeps_its_bytes() {
        let bytes: Vec<u8> = (0..100).collect();
        for len in 0..bytes.len() {
            assert_eq!(*Key::from(&bytes[..len]), bytes[..len]);
        }
        assert_eq!(Key::from(&bytes[..30]).memory(), 0);
        assert_eq!(Key::from(&bytes[..31]).memory(), 31);
        assert_eq!(size_of::<Key>(), 32);
    }
}

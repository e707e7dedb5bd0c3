//! Reading and writing the compact binary of every stored structure.
//!
//! Integers are LEB128 varints of at most ten bytes, in shortest form; signed ones are zigzag.
//! A reader never allocates more than the bytes it was given.

use std::fmt;
use std::marker::PhantomData;

/// Bytes that do not follow the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// What was being decoded.
    pub what: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}", self.what)
    }
}

impl std::error::Error for Malformed {}

/// Appends `value` as a varint.
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends `value` as a zigzag varint.
pub fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_varint(out, zigzag(value));
}

/// Appends the length of `bytes` and the bytes.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// How many bytes `value` takes as a varint.
pub fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// How many bytes `value` takes as a zigzag varint.
pub fn signed_len(value: i64) -> usize {
    varint_len(zigzag(value))
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// A cursor over bytes of one structure, named in errors.
#[derive(Debug, Clone)]
pub struct Reader<'a, E = Malformed> {
    rest: &'a [u8],
    what: &'static str,
    error: PhantomData<E>,
}

impl<'a, E: From<Malformed>> Reader<'a, E> {
    /// A cursor at the start of `bytes`, which are to be a `what`.
    pub fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what, error: PhantomData }
    }

    /// The error of bytes that break the format.
    pub fn malformed(&self) -> E {
        Malformed { what: self.what }.into()
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], E> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.malformed())?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], E> {
        let what = self.what;
        self.take(N)?.try_into().map_err(|_| Malformed { what }.into())
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, E> {
        Ok(self.array::<1>()?[0])
    }

    /// The next number.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, E> {
        match self.rest.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    /// The next number, of any length.
    fn long_varint(&mut self) -> Result<u64, E> {
        let mut value = 0u64;
        for (at, byte) in self.rest.iter().take(10).enumerate() {
            let bits = u64::from(byte & 0x7f);
            if at == 9 && bits > 1 {
                break;
            }
            value |= bits << (7 * at);
            if byte & 0x80 == 0 {
                // A trailing zero group would give one number two spellings.
                if *byte == 0 && at > 0 {
                    break;
                }
                self.rest = &self.rest[at + 1..];
                return Ok(value);
            }
        }
        Err(self.malformed())
    }

    /// The next signed number.
    pub fn signed(&mut self) -> Result<i64, E> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next number, of at most 32 bits.
    pub fn varint_u32(&mut self) -> Result<u32, E> {
        u32::try_from(self.varint()?).map_err(|_| self.malformed())
    }

    /// A count of things that take at least one byte each.
    pub fn count(&mut self) -> Result<usize, E> {
        let count = self.varint()?;
        if count > self.rest.len() as u64 {
            return Err(self.malformed());
        }
        Ok(count as usize)
    }

    /// The next bytes, after their length.
    pub fn bytes(&mut self) -> Result<&'a [u8], E> {
        let len = self.count()?;
        self.take(len)
    }

    /// The next text, after its length.
    pub fn text(&mut self) -> Result<&'a str, E> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.malformed())
    }

    /// Fails unless everything was read.
    pub fn finish(self) -> Result<(), E> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            assert_eq!(bytes.len(), varint_len(value));
            assert_eq!(Reader::<'_, Malformed>::new(&bytes, "test").varint().unwrap(), value);
        }
        for value in [0, -1, 1, i64::MIN, i64::MAX] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, value);
            assert_eq!(bytes.len(), signed_len(value));
            assert_eq!(Reader::<'_, Malformed>::new(&bytes, "test").signed().unwrap(), value);
        }
        assert!(Reader::<'_, Malformed>::new(&[0x80, 0x00], "test").varint().is_err());
        assert!(Reader::<'_, Malformed>::new(&[0xff; 10], "test").varint().is_err());
        assert!(Reader::<'_, Malformed>::new(&[0x80], "test").varint().is_err());
        assert!(Reader::<'_, Malformed>::new(&[5, 1], "test").bytes().is_err());
    }
}

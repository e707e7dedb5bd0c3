//! Texts that people hand over, such as a link: a word for the kind, one digit for the version, and
//! bytes with a checksum in base32.
//!
//! They are letters and digits alone, so that a double click selects all of one, and it stands
//! unchanged in a URL, a shell, a mail and a table. Case does not count: what capitals were made of
//! (by a keyboard, or for a QR code, where capitals are the small form) reads the same. Neither
//! does white space, which lines and groups on paper put in.

use base32ct::{Base32Unpadded, Encoding};
use zeroize::Zeroizing;

use crate::error::Error;

/// The bytes of the checksum. One of 2^32 texts with a mistake passes for one without.
const CHECKSUM_BYTES: usize = 4;

/// A kind of text: what it begins with and what it may hold.
#[derive(Debug)]
pub(crate) struct TextForm {
    /// Lower-case letters that say what it is.
    word: &'static str,
    /// The one version there is: a digit.
    version: u8,
    /// The fewest and the most bytes.
    bytes: std::ops::RangeInclusive<usize>,
}

/// Why a text is none of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextFault {
    /// It is of this version.
    Version(u16),
    /// It breaks a rule, which is said here; never the text.
    Broken(&'static str),
}

impl TextFault {
    /// The error for it: that of an unknown version, or what `broken` makes of the reason.
    pub(crate) fn or(self, broken: impl FnOnce(&'static str) -> Error) -> Error {
        match self {
            TextFault::Version(found) => Error::UnsupportedVersion { found },
            TextFault::Broken(reason) => broken(reason),
        }
    }
}

impl TextForm {
    /// The kind that begins with `word` and `version`, a digit, and holds so many bytes.
    pub(crate) const fn new(
        word: &'static str,
        version: u8,
        bytes: std::ops::RangeInclusive<usize>,
    ) -> Self {
        Self { word, version, bytes }
    }

    /// Returns `bytes` as text of this kind.
    pub(crate) fn spell(&self, bytes: &[u8]) -> Zeroizing<String> {
        let whole = Zeroizing::new([bytes, &self.checksum(bytes)].concat());
        let body = Zeroizing::new(Base32Unpadded::encode_string(&whole));
        Zeroizing::new(format!("{}{}{}", self.word, self.version, *body))
    }

    /// Reads what [`spell`](Self::spell) gave, in any case and with any white space in it.
    pub(crate) fn read(&self, text: &str) -> Result<Zeroizing<Vec<u8>>, TextFault> {
        let too_long = TextFault::Broken("it is too long");
        let mut plain = Zeroizing::new(String::with_capacity(self.chars_max()));
        for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
            if plain.len() >= self.chars_max() {
                return Err(too_long);
            }
            if !letter.is_ascii_alphanumeric() {
                return Err(TextFault::Broken("it has characters other than letters and digits"));
            }
            plain.push(letter.to_ascii_lowercase());
        }
        let other_kind = TextFault::Broken("it does not begin as one does");
        let rest = plain.strip_prefix(self.word).ok_or(other_kind)?;
        let version = rest.chars().next().and_then(|digit| digit.to_digit(10)).ok_or(other_kind)?;
        if version != u32::from(self.version) {
            return Err(TextFault::Version(version as u16));
        }
        self.decode(&rest[1..])
    }

    fn decode(&self, body: &str) -> Result<Zeroizing<Vec<u8>>, TextFault> {
        let mistyped = TextFault::Broken("it is not whole, or a character is wrong");
        let whole = Base32Unpadded::decode_vec(body).map_err(|_| mistyped)?;
        let mut bytes = Zeroizing::new(whole);
        // Bits that are left over at the end would give one text two spellings.
        if *Zeroizing::new(Base32Unpadded::encode_string(&bytes)) != body {
            return Err(mistyped);
        }
        let length = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(mistyped)?;
        let checksum = bytes.split_off(length);
        if !self.bytes.contains(&length) || checksum != self.checksum(&bytes) {
            return Err(mistyped);
        }
        Ok(bytes)
    }

    /// The most characters of a text of this kind.
    pub(crate) const fn chars_max(&self) -> usize {
        self.word.len() + 1 + ((*self.bytes.end() + CHECKSUM_BYTES) * 8).div_ceil(5)
    }

    /// It covers the kind and the version: what was meant as another text does not pass.
    fn checksum(&self, bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
        let mut hasher = blake3::Hasher::new_derive_key("sealwood v2 text");
        hasher.update(format!("{}{}", self.word, self.version).as_bytes()).update(bytes);
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
        checksum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const FORM: TextForm = TextForm::new("sealwoodtest", 1, 3..=12);

    #[test]
    fn what_was_spelled_is_read_in_any_case_and_with_any_white_space() {
        for length in 3..=12 {
            let bytes: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(41)).collect();
            let text = FORM.spell(&bytes);
            assert!(text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit()));
            assert_eq!(text.len() == FORM.chars_max(), length == 12);
            let in_groups: String = text.chars().flat_map(|one| [one, ' ']).collect();
            let in_lines = format!("\n{}\u{a0}\r\n{}\t", &text[..9], &text[9..]);
            for text in [&*text, &text.to_ascii_uppercase(), &in_groups, &in_lines] {
                assert_eq!(*FORM.read(text).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn every_slip_of_one_character_is_noticed() {
        let text = FORM.spell(b"seal").to_string();
        let mut slips = vec![format!("{text}a"), format!("a{text}"), format!("{text}-")];
        for at in 0..text.len() {
            let (before, after) = (&text[..at], &text[at + 1..]);
            slips.push(format!("{before}{after}"));
            slips.push(format!("{before}{}{}", &text[at..=at], &text[at..]));
            let letters = "abcdefghijklmnopqrstuvwxyz0123456789".chars();
            slips.extend(letters.map(|letter| format!("{before}{letter}{after}")));
            if let Some(next) = after.get(..1) {
                slips.push(format!("{before}{next}{}{}", &text[at..=at], &after[1..]));
            }
        }
        for slip in slips.into_iter().filter(|slip| *slip != text) {
            let of_version = slip.strip_prefix("sealwoodtest").unwrap_or("");
            match FORM.read(&slip).unwrap_err() {
                TextFault::Version(found) => assert!(of_version.starts_with(&found.to_string())),
                TextFault::Broken(reason) => assert!(!reason.contains(&slip), "{slip}"),
            }
        }
    }

    #[test]
    fn what_is_read_has_a_limit_and_a_kind() {
        let broken = |text: &str| matches!(FORM.read(text), Err(TextFault::Broken(_)));
        for text in ["", "sealwoodtest", "sealwoodtest1", "sealwoodtest1aaaaaaa", "sealwood"] {
            assert!(broken(text), "{text}");
        }
        let of_other_sizes = TextForm::new("sealwoodtest", 1, 0..=40);
        for length in [0, 2, 13, 40] {
            assert!(broken(&of_other_sizes.spell(&vec![7; length])), "{length}");
        }
        assert!(broken(&"a".repeat(100_000)));
        let other_kind = TextForm::new("sealwoodteso", 1, 3..=12).spell(b"seal");
        assert!(broken(&other_kind) && broken(&other_kind.replace("teso", "test")));
        let newer = TextForm::new("sealwoodtest", 2, 3..=12).spell(b"seal");
        assert_eq!(FORM.read(&newer), Err(TextFault::Version(2)));
        assert!(broken(&newer.replace("test2", "test1")));
    }
}

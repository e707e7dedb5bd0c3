//! A secret as 24 words of BIP 39, 11 bits each: its 32 bytes, and the first of their SHA-256 as a
//! checksum.
//!
//! The list is the crate's. The rest of it would bring a second SHA-256 into every module for the
//! web.

use bip39::Language;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// How many words there are.
const WORDS: usize = 24;
/// The bits of a word.
const WORD_BITS: u32 = 11;
/// The longest word, and the space behind it.
const WORD_BYTES_MAX: usize = 9;

/// The words of `secret`, with single spaces between.
pub(super) fn spelled(secret: &[u8; 32]) -> String {
    let list = Language::English.word_list();
    // Long enough from the start: growing would leave copies behind.
    let mut words = String::with_capacity(WORDS * WORD_BYTES_MAX);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in secret.iter().chain(&[checksum(secret)]) {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        if bits >= WORD_BITS {
            bits -= WORD_BITS;
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(list[(held >> bits) as usize % list.len()]);
        }
    }
    words
}

/// The secret that `words`, in small letters, spell.
pub(super) fn read(words: &str) -> Result<Zeroizing<[u8; 32]>> {
    let wrong = |reason| Err(Error::InvalidPhrase { reason });
    if words.split_whitespace().count() != WORDS {
        return wrong("not 24 words");
    }
    let mut secret = Zeroizing::new([0; 32]);
    let mut rest = secret.iter_mut();
    let (mut held, mut bits) = (0_u32, 0);
    for word in words.split_whitespace() {
        let Some(index) = Language::English.find_word(word) else {
            return wrong("a word is not in the list");
        };
        held = held << WORD_BITS | u32::from(index);
        bits += WORD_BITS;
        while bits >= 8
            && let Some(byte) = rest.next()
        {
            bits -= 8;
            *byte = (held >> bits) as u8;
        }
    }
    // What is left are the eight bits behind the secret.
    if held as u8 != checksum(&secret) {
        return wrong("the checksum does not match");
    }
    Ok(secret)
}

fn checksum(secret: &[u8; 32]) -> u8 {
    Sha256::digest(secret)[0]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bip39::Mnemonic;

    use super::*;

    /// Secrets of every kind: each bit alone, all of a byte, and noise.
    fn secrets() -> impl Iterator<Item = [u8; 32]> {
        let bits = (0..256).map(|bit| {
            let mut secret = [0; 32];
            secret[bit / 8] = 1 << (bit % 8);
            secret
        });
        let bytes = (0..=255).map(|byte| [byte; 32]);
        let noise = (0..1000_u32).map(|seed| *blake3::hash(&seed.to_le_bytes()).as_bytes());
        bits.chain(bytes).chain(noise)
    }

    #[test]
    fn the_words_are_those_of_the_crate() {
        for secret in secrets() {
            let words = spelled(&secret);
            assert_eq!(words, Mnemonic::from_entropy(&secret).unwrap().to_string());
            assert_eq!(*read(&words).unwrap(), secret);
        }
    }

    #[test]
    fn what_the_crate_refuses_is_refused() {
        let mut taken = 0;
        for secret in secrets() {
            let words = spelled(&secret);
            let (first, last) = words.rsplit_once(' ').unwrap();
            let at = Language::English.find_word(last).unwrap() as usize;
            for change in [1, 2, 4, 128, 256, 1024] {
                let other = Language::English.word_list()[at ^ change];
                let changed = format!("{first} {other}");
                let expected = Mnemonic::parse_normalized(&changed).ok();
                let found = read(&changed).ok();
                assert_eq!(found.map(|found| found.to_vec()), expected.map(|is| is.to_entropy()));
                taken += usize::from(read(&changed).is_ok());
            }
        }
        // One in 256 has the checksum by chance, of those whose secret is another.
        assert!(taken < 40, "{taken} of {}", 6 * secrets().count());
        let words = spelled(&[7; 32]);
        let reason = |words: &str| match read(words) {
            Err(Error::InvalidPhrase { reason }) => reason,
            _ => "none",
        };
        assert_eq!(reason(&words.replacen(' ', " zoo ", 1)), "not 24 words");
        assert_eq!(reason(words.split_once(' ').unwrap().1), "not 24 words");
        assert_eq!(reason(""), "not 24 words");
        let misspelt = words.replacen(words.split(' ').next().unwrap(), "sealwood", 1);
        assert_eq!(reason(&misspelt), "a word is not in the list");
    }
}

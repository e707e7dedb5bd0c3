//! What names a piece of a vault: addresses, packs, places and links.

use std::fmt;
use std::str::FromStr;

use super::epoch::Epoch;
use crate::error::{Error, Result};
use crate::text::TextForm;

/// A link as text.
const TEXT: TextForm = TextForm::new("sealwoodlink", 1, Link::BYTES..=Link::BYTES);

/// The keyed BLAKE3 hash of a plaintext, 32 bytes. It names the plaintext, checks it, and is the
/// secret that opens it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(pub(crate) [u8; 32]);

impl Address {
    /// The 32 bytes. An address opens what it names: treat it as a secret.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address([redacted])")
    }
}

/// What names a pack: the epoch of what is in it (2, little endian) and 14 random bytes drawn for
/// it. The pack's object name is derived from them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PackId(pub(crate) [u8; 16]);

impl PackId {
    /// The pack of this epoch for which `random` was drawn.
    pub(crate) fn new(epoch: Epoch, random: [u8; 14]) -> Self {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&epoch.number().to_le_bytes());
        bytes[2..].copy_from_slice(&random);
        Self(bytes)
    }

    /// The epoch whose keys address what is in it, if there is such an epoch.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        Epoch::new(u16::from_le_bytes([self.0[0], self.0[1]]))
    }
}

/// Where a sealed unit lies: a range of a pack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The pack.
    pub pack: PackId,
    /// The first byte of the sealed unit in the pack.
    pub offset: u32,
    /// The length of the sealed unit in bytes, its tag included.
    pub length: u32,
}

/// An address and where its bytes are: a capability for what it names and all below it.
///
/// As text it is `sealwoodlink1` and its [bytes](Link::to_bytes) with a checksum, 109 lower-case
/// letters and digits that may stand in a URL (its fragment, which is sent to nobody, is the place
/// for it). It is read in any case and with white space anywhere. The text opens what the link
/// opens: show it to nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// What is there.
    pub address: Address,
    /// Where it is.
    pub place: Place,
}

impl Link {
    /// The length of a link in bytes: address, pack, offset and length.
    pub const BYTES: usize = 32 + 16 + 4 + 4;

    /// The link as bytes, for handing to a reader. Treat them as a secret.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(&self.address.0);
        bytes[32..48].copy_from_slice(&self.place.pack.0);
        bytes[48..52].copy_from_slice(&self.place.offset.to_le_bytes());
        bytes[52..].copy_from_slice(&self.place.length.to_le_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Link::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let part = |from: usize| {
            u32::from_le_bytes([bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]])
        };
        let (mut address, mut pack) = ([0; 32], [0; 16]);
        address.copy_from_slice(&bytes[..32]);
        pack.copy_from_slice(&bytes[32..48]);
        Self {
            address: Address(address),
            place: Place { pack: PackId(pack), offset: part(48), length: part(52) },
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&TEXT.spell(&self.to_bytes()))
    }
}

impl FromStr for Link {
    type Err = Error;

    /// Reads what `to_string` gave, in any case and with any white space in it.
    /// [`Error::InvalidLink`] for anything else, a link that was mistyped or cut off included, and
    /// [`Error::UnsupportedVersion`] for one of a later version.
    fn from_str(text: &str) -> Result<Self> {
        let broken = |reason| Error::InvalidLink { reason };
        let bytes = TEXT.read(text).map_err(|fault| fault.or(broken))?;
        let bytes = bytes.as_slice().try_into();
        Ok(Self::from_bytes(bytes.map_err(|_| broken("it is of another length"))?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_text_of_a_link_is_read_back_and_nothing_else_is() {
        for first in [0, 255] {
            let mut bytes = [first; Link::BYTES];
            bytes[55] = 1;
            let link = Link::from_bytes(&bytes);
            let text = link.to_string();
            assert!(text.len() == 109 && text.starts_with("sealwoodlink1"));
            assert!(text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit()));
            assert_eq!(text.parse::<Link>().unwrap(), link);
            assert_eq!(format!(" {}\n", text.to_uppercase()).parse::<Link>().unwrap(), link);
            let mistyped = format!("{}b{}", &text[..50], &text[51..]);
            for wrong in ["", &text[1..], &text[..108], &format!("{text}a"), &mistyped] {
                let error = wrong.parse::<Link>().unwrap_err();
                assert!(matches!(error, Error::InvalidLink { .. }), "{wrong}");
            }
            let later = text.replace("link1", "link2").parse::<Link>().unwrap_err();
            assert!(matches!(later, Error::UnsupportedVersion { found: 2 }));
        }
    }

    #[test]
    fn what_is_logged_of_a_link_does_not_open_it() {
        let link = Link::from_bytes(&[7; Link::BYTES]);
        let logged = format!("{link:?}");
        assert!(logged.contains("redacted") && !logged.contains(&link.to_string()[13..21]));
        assert!(!logged.contains("[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7"), "{logged}");
    }
}

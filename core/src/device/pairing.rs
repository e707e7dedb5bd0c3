//! What one device tells another one, so that it can open the vault.
//!
//! ```text
//! vault id (32), secret of a slot (32),
//! witness: 0 and varint device, or 1, varint member and lane (8);
//!     varint counter, varint sequence, first 8 bytes of the root's hash
//! text store, at most 1,024 bytes
//! ```

use std::fmt;

use zeroize::Zeroizing;

use super::record::STORE_BYTES_MAX;
use crate::codec::{Reader, put_bytes, put_varint};
use crate::error::{Error, Result};
use crate::text::TextForm;
use crate::trust::{
    Author, DEVICES_MAX, Ground, Lane, LaneState, MEMBERS_MAX, Refusal, RefusalResult, SignedRoot,
    VaultId,
};

/// The fewest and the most bytes: short numbers and no store, or a session, the longest numbers and
/// the longest store.
const BYTES: std::ops::RangeInclusive<usize> =
    (2 * 32 + 2 + 2 + 8 + 1)..=(2 * 32 + 3 + 8 + 2 * 9 + 8 + 2 + STORE_BYTES_MAX);

const TEXT: TextForm = TextForm::new("sealwoodpair", 1, BYTES);

/// The most characters of a pairing as text.
pub const PAIRING_CHARS_MAX: usize = TEXT.chars_max();

/// Counters and sequence numbers are below this one.
const COUNTER_END: u64 = 1 << 63;

/// What one device tells another one, so that it can open the vault and knows how far it has come.
///
/// The text of it ([`to_text`](Pairing::to_text)) opens the vault: show it to the other device and
/// to nobody else, and take the slot away once it was used. In capitals it is what a QR code holds
/// best.
#[derive(Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The id of the vault.
    pub vault: VaultId,
    /// The secret of a slot that was made for the other device.
    pub slot_secret: Zeroizing<[u8; 32]>,
    /// What tells whether a root is older than the one that the first device has accepted.
    pub witness: Witness,
    /// Where the vault is, in the app's words: at most 1,024 bytes.
    pub store: String,
}

/// The last commit of whoever made the root.
///
/// Every later root of the same history has heads in which that author has made at least so many
/// commits, and no earlier one has. So one author tells as much as all the heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// Who made the root.
    pub author: Author,
    /// The counter of the author's row, from 1 on.
    pub counter: u64,
    /// The sequence number of the root, at least the counter.
    pub sequence: u64,
    /// The start of its hash.
    pub tag: [u8; 8],
}

impl Pairing {
    /// The pairing as text: `sealwoodpair1` and lower-case letters and digits. Fails if a part of
    /// it is outside its limits.
    pub fn to_text(&self) -> Result<Zeroizing<String>> {
        Ok(TEXT.spell(&self.to_bytes()?))
    }

    /// Reads what [`to_text`](Pairing::to_text) gave, in any case and with any white space in it.
    /// [`Error::InvalidPairing`] for anything else, one that was mistyped or cut off included, and
    /// [`Error::UnsupportedVersion`] for one of a later version.
    pub fn from_text(text: &str) -> Result<Self> {
        let broken = |reason| Error::InvalidPairing { reason };
        let bytes = TEXT.read(text).map_err(|fault| fault.or(broken))?;
        // What is whole and was written otherwise was not written by this library.
        Self::from_bytes(&bytes).map_err(|_| broken("it does not follow the format"))
    }

    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        let Self { vault, slot_secret, witness, store } = self;
        if !witness.is_possible() {
            return Err(Error::InvalidArgument { what: "the witness of a pairing" });
        }
        if store.len() > STORE_BYTES_MAX {
            return Err(Error::InvalidArgument { what: "the store of a pairing is too long" });
        }
        let mut out = Zeroizing::new(Vec::with_capacity(*BYTES.end()));
        out.extend_from_slice(vault.as_bytes());
        out.extend_from_slice(&**slot_secret);
        witness.author.put(&mut out);
        put_varint(&mut out, witness.counter);
        put_varint(&mut out, witness.sequence);
        out.extend_from_slice(&witness.tag);
        put_bytes(&mut out, store.as_bytes());
        Ok(out)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, "pairing");
        let vault = VaultId::from_bytes(reader.array()?);
        let slot_secret = Zeroizing::new(reader.array()?);
        let author = read_author(&mut reader)?;
        let (counter, sequence) = (reader.varint()?, reader.varint()?);
        let witness = Witness { author, counter, sequence, tag: reader.array()? };
        let store = reader.text()?.to_owned();
        if !witness.is_possible() || store.len() > STORE_BYTES_MAX {
            return Err(reader.malformed());
        }
        reader.finish()?;
        Ok(Self { vault, slot_secret, witness, store })
    }
}

impl Witness {
    /// What tells of this root.
    pub fn of(root: &SignedRoot) -> Option<Self> {
        let author = root.statement().author;
        match root.after().author_state(author) {
            LaneState::At(counter, tag) => {
                Some(Self { author, counter, sequence: root.sequence(), tag })
            }
            LaneState::Never | LaneState::Unknown(_) => None,
        }
    }

    /// What a root that was found rests on, beside the one this is of. Refuses one that is older, or
    /// of another history.
    pub fn judge(&self, found: &SignedRoot) -> RefusalResult<Ground> {
        let (accepted, sequence) = (self.sequence, found.sequence());
        let rollback = Refusal::Rollback { accepted, found: sequence };
        match found.after().author_state(self.author) {
            LaneState::At(counter, _) if counter > self.counter => Ok(Ground::Follows),
            LaneState::At(counter, _) if counter < self.counter => Err(rollback),
            LaneState::At(_, tag) if tag == self.tag => Ok(Ground::Follows),
            LaneState::At(..) => {
                Err(Refusal::Fork { accepted, found: sequence, rows: vec![self.author.row()] })
            }
            LaneState::Never => Err(rollback),
            LaneState::Unknown(end) if self.counter >= end => Err(rollback),
            LaneState::Unknown(_) => match self.author {
                Author::Session { member, .. } => Ok(Ground::Unproven { member }),
                Author::Device(_) => Err(rollback),
            },
        }
    }

    fn is_possible(&self) -> bool {
        (1..=self.sequence).contains(&self.counter) && self.sequence < COUNTER_END
    }
}

fn read_author(reader: &mut Reader<'_>) -> Result<Author> {
    let kind = reader.byte()?;
    let number = reader.varint_u32()?;
    match kind {
        0 if (number as usize) < DEVICES_MAX => Ok(Author::Device(number)),
        1 if (number as usize) < MEMBERS_MAX => {
            Ok(Author::Session { member: number, lane: Lane(reader.array()?) })
        }
        _ => Err(reader.malformed()),
    }
}

impl fmt::Debug for Pairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pairing([redacted])")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn pairing() -> Pairing {
        let witness = Witness { author: Author::Device(3), counter: 7, sequence: 300, tag: [5; 8] };
        Pairing {
            vault: VaultId::from_bytes([1; 32]),
            slot_secret: Zeroizing::new([2; 32]),
            witness,
            store: "s3://drive.example/anna".into(),
        }
    }

    fn written(change: impl FnOnce(&mut Pairing)) -> Result<Zeroizing<String>> {
        let mut changed = pairing();
        change(&mut changed);
        let text = changed.to_text()?;
        assert!(Pairing::from_text(&text).unwrap() == changed);
        Ok(text)
    }

    #[test]
    fn a_pairing_is_read_back_at_its_limits_and_beyond_them_not_written() {
        let text = written(|_| ()).unwrap();
        assert!(text.starts_with("sealwoodpair1"));
        assert!(text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit()));
        let longest = Author::Session { member: 255, lane: Lane([9; 8]) };
        let longest = written(|it| {
            it.witness.author = longest;
            (it.witness.counter, it.witness.sequence) = (COUNTER_END - 1, COUNTER_END - 1);
            it.store = "é".repeat(STORE_BYTES_MAX / 2);
        });
        assert_eq!(longest.unwrap().len(), PAIRING_CHARS_MAX);
        written(|it| {
            it.witness.author = Author::Device(0);
            (it.witness.counter, it.witness.sequence) = (1, 1);
            it.store.clear();
        })
        .unwrap();
        let refused = [
            written(|it| it.witness.counter = 0),
            written(|it| it.witness.counter = 301),
            written(|it| it.witness.sequence = COUNTER_END),
            written(|it| it.store = "a".repeat(STORE_BYTES_MAX + 1)),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(Error::InvalidArgument { .. })));
        }
    }

    #[test]
    fn what_is_whole_and_not_a_pairing_is_refused() {
        let bytes = pairing().to_bytes().unwrap().to_vec();
        let reads = |change: fn(&mut Vec<u8>)| {
            let mut bytes = bytes.clone();
            change(&mut bytes);
            Pairing::from_text(&TEXT.spell(&bytes)).map(drop)
        };
        reads(|_| ()).unwrap();
        let wrong: [fn(&mut Vec<u8>); 6] = [
            |bytes| bytes.push(0),
            |bytes| bytes.truncate(bytes.len() - 1),
            |bytes| bytes[64] = 2,
            |bytes| bytes[64] = 1,
            |bytes| bytes[66] = 0,
            |bytes| *bytes.last_mut().unwrap() = 0xff,
        ];
        for (number, change) in wrong.into_iter().enumerate() {
            let error = reads(change).unwrap_err();
            assert!(matches!(error, Error::InvalidPairing { .. }), "{number}: {error}");
        }
    }

    #[test]
    fn another_text_is_no_pairing_and_nothing_of_one_is_logged() {
        let text = written(|_| ()).unwrap();
        let link = TextForm::new("sealwoodlink", 1, 0..=200).spell(&pairing().to_bytes().unwrap());
        for wrong in ["", &text[1..], &text[..text.len() - 1], &format!("{}a", *text), &link] {
            let error = Pairing::from_text(wrong).unwrap_err();
            assert!(matches!(error, Error::InvalidPairing { .. }), "{wrong}");
            assert!(wrong.is_empty() || !error.to_string().contains(wrong));
        }
        let later = text.replace("pair1", "pair2");
        let later = Pairing::from_text(&later).unwrap_err();
        assert!(matches!(later, Error::UnsupportedVersion { found: 2 }));
        assert_eq!(format!("{:?}", pairing()), "Pairing([redacted])");
    }

    #[test]
    fn a_usual_pairing_fits_a_small_qr_code_and_any_one_fits_some() {
        use qrcodegen::{QrCode, QrCodeEcc};
        let modules = |text: &str| {
            let code = QrCode::encode_text(&text.to_ascii_uppercase(), QrCodeEcc::Medium);
            (text.len(), code.unwrap().size())
        };
        let of_store = |bytes: usize| modules(&written(|it| it.store = "a".repeat(bytes)).unwrap());
        // Version 9 of 40, and one that is still read from a screen.
        assert_eq!(of_store(60), (241, 53));
        let longest = written(|it| {
            it.witness.author = Author::Session { member: 255, lane: Lane([9; 8]) };
            (it.witness.counter, it.witness.sequence) = (COUNTER_END - 1, COUNTER_END - 1);
            it.store = "a".repeat(STORE_BYTES_MAX);
        });
        assert_eq!(modules(&longest.unwrap()), (1_823, 133));
    }
}

//! A writer and a reader of keyrings by `docs/FORMAT.md` alone; the writer writes what is not to be
//! written as well.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable};

use crate::forge::{SECRET, bytes, keyed, object_name, sealed, signed, varint};
use crate::forged_trust;

/// The bytes before the slots, those of a slot, and those of a slot before what is wrapped.
pub(crate) const FIRST_SLOT: usize = 7;
pub(crate) const SLOT: usize = 158;
const HEAD: usize = 30;
const SALT: usize = 24;

/// The keyring of every forged vault, part by part. Its one slot is the first, which `SECRET`
/// opens; the key of its one epoch is `SECRET` as well.
#[derive(Clone)]
pub(crate) struct Ring {
    pub(crate) first_epoch: u16,
    pub(crate) keys: Vec<[u8; 32]>,
    pub(crate) records: Vec<Record>,
    /// What follows, before the padding.
    pub(crate) after: Vec<u8>,
    /// What the padding is made of.
    pub(crate) padding: u8,
    /// How many bytes it is too long.
    pub(crate) more: usize,
}

/// What the sealed part says of a slot.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) index: u8,
    pub(crate) id: [u8; 16],
    pub(crate) kind: u8,
    pub(crate) created: i64,
    pub(crate) label: Vec<u8>,
}

impl Default for Record {
    fn default() -> Self {
        Self { index: 0, id: [0x69; 16], kind: 3, created: 0, label: b"forged".to_vec() }
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            first_epoch: 1,
            keys: vec![SECRET],
            records: vec![Record::default()],
            after: Vec::new(),
            padding: 0,
            more: 0,
        }
    }
}

impl Ring {
    /// The keyring as an object, whose readable part is spoiled before the sealed part is bound to
    /// it.
    pub(crate) fn object(&self, spoil: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut head = b"SWKR\x02\0\x03".to_vec();
        for number in 0..8u8 {
            head.extend(match number {
                0 => slot(&SECRET, &SECRET, [0x51; 16]),
                // Noise that nobody can open.
                _ => [&[1][..], &[0; 13], &[number; SLOT - 14]].concat(),
            });
        }
        spoil(&mut head);
        let salt = [0x74; SALT];
        head.extend(salt);
        let key = blake3::derive_key("sealwood v2 keyring", &SECRET);
        let key = *blake3::keyed_hash(&key, &salt).as_bytes();
        [head.clone(), sealed(&key, &head, &self.contents())].concat()
    }

    fn contents(&self) -> Vec<u8> {
        let mut out = self.first_epoch.to_le_bytes().to_vec();
        out.extend((self.keys.len() as u16).to_le_bytes());
        out.extend(self.keys.concat());
        out.extend(varint(self.records.len() as u64));
        for record in &self.records {
            let (_, lock) = slot_keys(&SECRET, [0x51; 16]);
            out.push(record.index);
            out.extend(record.id);
            out.push(record.kind);
            out.extend(varint(0));
            out.extend(signed(record.created));
            out.extend(bytes(&record.label));
            out.extend(lock);
        }
        out.extend(bytes(&forged_trust::chain()));
        // No rows rest.
        out.extend(bytes(&[0, 0]));
        out.extend(&self.after);
        // Padmé: of the length's bits as many are kept as its number of bits has.
        let exponent = out.len().ilog2();
        let mask = (1 << (exponent - exponent.ilog2() - 1)) - 1;
        out.resize(((out.len() + mask) & !mask) + self.more, self.padding);
        out
    }
}

/// The name of a keyring.
pub(crate) fn name(object: &[u8]) -> String {
    let hash = blake3::hash(object);
    object_name(&keyed("sealwood v2 keyring name", hash.as_bytes())[..20])
}

/// The private key of a slot and the keys that stand in its record: public and shared.
fn slot_keys(secret: &[u8; 32], salt: [u8; 16]) -> ([u8; 32], Vec<u8>) {
    let slot = keyed("sealwood v2 slot", &[&secret[..], &salt].concat());
    let private = blake3::derive_key("sealwood v2 slot private key", &slot);
    let psk = blake3::derive_key("sealwood v2 slot psk", &slot);
    let key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&private).unwrap();
    let public = X25519HkdfSha256::sk_to_pk(&key).to_bytes();
    (private, [&public[..], &psk].concat())
}

fn slot(secret: &[u8; 32], epoch_key: &[u8; 32], salt: [u8; 16]) -> Vec<u8> {
    let head = [&[1][..], &[0; 13], &salt].concat();
    let (_, lock) = slot_keys(secret, salt);
    let public = Deserializable::from_bytes(&lock[..32]).unwrap();
    let psk = PskBundle::new(&lock[32..], b"sealwood v2 slot").unwrap();
    let (enc, wrapped) =
        hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Psk(psk),
            &public,
            b"sealwood v2 epoch key",
            epoch_key,
            &head,
            &mut Fixed,
        )
        .unwrap();
    let seed_key = keyed("sealwood v2 slot", &[&secret[..], &salt].concat());
    let seed_key = blake3::derive_key("sealwood v2 slot seed", &seed_key);
    let seed = sealed(&seed_key, &head, &SECRET);
    [&head[..], &enc.to_bytes(), &wrapped, &seed].concat()
}

/// Randomness that is none: forged vaults are always the same.
struct Fixed;

impl hpke::rand_core::TryRng for Fixed {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Self::Error> {
        buffer.fill(7);
        Ok(())
    }
}

impl hpke::rand_core::TryCryptoRng for Fixed {}

/// What a reader has of a keyring that 32 bytes open: the secret of a slot, or what Argon2id made of
/// a passphrase.
pub(crate) struct Read {
    pub(crate) slot: usize,
    pub(crate) private_key: [u8; 32],
    pub(crate) psk: [u8; 32],
    pub(crate) seed: Option<[u8; 32]>,
    pub(crate) first_epoch: u16,
    pub(crate) epoch_keys: Vec<[u8; 32]>,
    /// The sealed part, opened.
    pub(crate) contents: Vec<u8>,
}

/// The memory in KiB, passes, lanes and salt of the slots that passphrases open.
pub(crate) fn stretches(object: &[u8]) -> Vec<([u32; 3], [u8; 16])> {
    let slots = object[FIRST_SLOT..].chunks_exact(SLOT).take(1 << object[6]);
    let stretched = slots.filter(|slot| slot[1] == 1);
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    stretched
        .map(|slot| {
            let params = [&slot[2..6], &slot[6..10], &slot[10..14]].map(number);
            (params, slot[14..HEAD].try_into().unwrap())
        })
        .collect()
}

/// Opens a keyring.
pub(crate) fn read(object: &[u8], secret: &[u8; 32]) -> Option<Read> {
    let slots = object[FIRST_SLOT..].chunks_exact(SLOT).take(1 << object[6]);
    let mut opened = slots.enumerate().filter_map(|(number, slot)| {
        let (private_key, lock) = slot_keys(secret, slot[14..HEAD].try_into().unwrap());
        let psk = PskBundle::new(&lock[32..], b"sealwood v2 slot").unwrap();
        let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Psk(psk),
            &Deserializable::from_bytes(&private_key).unwrap(),
            &Deserializable::from_bytes(&slot[HEAD..62]).unwrap(),
            b"sealwood v2 epoch key",
            &slot[62..110],
            &slot[..HEAD],
        );
        let key: [u8; 32] = key.ok()?.try_into().unwrap();
        let of_slot = [&secret[..], &slot[14..HEAD]].concat();
        let of_slot = keyed("sealwood v2 slot", &of_slot);
        let seed_key = blake3::derive_key("sealwood v2 slot seed", &of_slot);
        let seed = opened_with(&seed_key, &slot[..HEAD], &slot[110..]);
        let seed = seed.map(|seed| seed.try_into().unwrap());
        let psk = lock[32..].try_into().unwrap();
        Some((number, private_key, psk, seed, key))
    });
    let (slot, private_key, psk, seed, key) = opened.next()?;
    let sealed_from = FIRST_SLOT + (SLOT << object[6]) + SALT;
    let (head, sealed) = object.split_at(sealed_from);
    let purpose = blake3::derive_key("sealwood v2 keyring", &key);
    let salt = &head[sealed_from - SALT..];
    let keyring_key = blake3::keyed_hash(&purpose, salt);
    let contents = opened_with(keyring_key.as_bytes(), head, sealed)?;
    let number = |at: usize| u16::from_le_bytes([contents[at], contents[at + 1]]);
    let keys = contents[4..].chunks_exact(32).take(number(2).into());
    let epoch_keys: Vec<[u8; 32]> = keys.map(|key| key.try_into().unwrap()).collect();
    assert_eq!(epoch_keys.last(), Some(&key));
    let first_epoch = number(0);
    Some(Read { slot, private_key, psk, seed, first_epoch, epoch_keys, contents })
}

fn opened_with(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (body, tag) = sealed.split_at(sealed.len() - 16);
    let mut plaintext = body.to_vec();
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(
            &Nonce::from([0; 12]),
            associated,
            plaintext.as_mut_slice().into(),
            &Tag::try_from(tag).unwrap(),
        )
        .ok()?;
    Some(plaintext)
}

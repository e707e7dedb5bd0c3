//! A writer of vaults by `docs/FORMAT.md` alone, which writes what is not to be written as well.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use serde_json::{Value, json};

use crate::forged_trust;

use crate::forged_keyring::{self, Ring};

/// The secret that opens every forged vault, and the key of its epoch.
pub(crate) const SECRET: [u8; 32] = [0x42; 32];

/// The one pack of a forged vault.
const PACK: [u8; 16] = *b"\x01\0pppppppppppppp";

const TAG_BYTES: usize = 16;

pub(crate) fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

pub(crate) fn signed(value: i64) -> Vec<u8> {
    varint(((value << 1) ^ (value >> 63)) as u64)
}

/// A length and the bytes.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    [varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// What a link names: an address, and a range of the pack.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) address: [u8; 32],
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

/// One plaintext in two sections: what its address covers, and the places of its links.
#[derive(Clone, Default)]
pub(crate) struct Sections {
    pub(crate) canon: Vec<u8>,
    places: Vec<u8>,
    /// Where the last unit that was named ends.
    end: Option<u32>,
}

impl Sections {
    pub(crate) fn new(canon: impl Into<Vec<u8>>) -> Self {
        Self { canon: canon.into(), ..Self::default() }
    }

    pub(crate) fn push(&mut self, canon: &[u8]) -> &mut Self {
        self.canon.extend_from_slice(canon);
        self
    }

    /// An address, its place and its length.
    pub(crate) fn link(&mut self, unit: Unit) -> &mut Self {
        self.push(&unit.address).place(unit);
        self.places.extend(varint(unit.length.into()));
        self
    }

    /// Bytes of the second section as they are given.
    pub(crate) fn places(&mut self, bytes: &[u8]) -> &mut Self {
        self.places.extend_from_slice(bytes);
        self
    }

    /// A place whose length the first section tells.
    pub(crate) fn place(&mut self, unit: Unit) -> &mut Self {
        let gap = i64::from(unit.offset) - i64::from(self.end.unwrap_or(0));
        let pack = u64::from(self.end.is_some());
        self.places.extend(varint(pack << 1 | u64::from(gap != 0)));
        if self.end.is_none() {
            self.places.extend(PACK);
        }
        if gap != 0 {
            self.places.extend(signed(gap));
        }
        self.end = Some(unit.offset + unit.length);
        self
    }

    fn plaintext(&self) -> Vec<u8> {
        [bytes(&self.canon), self.places.clone()].concat()
    }
}

/// The body of a root, member by member.
#[derive(Clone)]
pub(crate) struct Body {
    /// How many commits there were before, all in the lane of this one.
    pub(crate) commits: u64,
    /// Who signs it: the owner, or somebody else.
    pub(crate) signed_by: [u8; 32],
    pub(crate) count: u64,
    pub(crate) time: i64,
    pub(crate) chunk_bits: u8,
    pub(crate) top: Option<Unit>,
    /// How many operations the tail says it has, and their bytes.
    pub(crate) tail: (u64, Vec<u8>),
    /// What follows, where nothing should.
    pub(crate) after: Vec<u8>,
}

impl Default for Body {
    fn default() -> Self {
        Self {
            commits: 1,
            signed_by: SECRET,
            count: 1 << 40,
            time: 0,
            chunk_bits: 17,
            top: None,
            tail: (0, Vec::new()),
            after: Vec::new(),
        }
    }
}

impl Body {
    /// All that comes after the signature.
    fn rest(&self) -> Vec<u8> {
        let mut body = Sections::new(varint(self.count));
        body.push(&signed(self.time));
        body.push(&[self.chunk_bits, u8::from(self.top.is_some())]);
        if let Some(top) = self.top {
            body.link(top);
        }
        let commits = u64::from(self.tail.0 > 0);
        body.push(&varint(commits)).push(&varint(0)).push(&varint(self.tail.0)).push(&self.tail.1);
        body.push(&self.after);
        body.plaintext()
    }
}

/// The objects of a vault.
#[derive(Default)]
pub(crate) struct Forge {
    pack: Vec<u8>,
    /// The name of the keyring, and its bytes.
    keyring: (String, Vec<u8>),
    root: Vec<u8>,
    extents: Vec<Extent>,
}

/// An object of chunks: its name and its bytes.
pub(crate) struct Extent {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Forge {
    /// Seals a node, a content or a table into the pack.
    pub(crate) fn unit(&mut self, kind: &str, sections: &Sections) -> Unit {
        let plaintext = match kind {
            "content" => sections.canon.clone(),
            _ => sections.plaintext(),
        };
        let key = derived(&format!("sealwood v1 {kind} address"));
        let address = *blake3::keyed_hash(&key, &sections.canon).as_bytes();
        let offset = self.pack.len() as u32;
        let material = [&address[..], &PACK, &offset.to_le_bytes()].concat();
        let key = keyed(&format!("sealwood v1 {kind} key"), &material);
        self.pack.extend(sealed(&key, &[], &plaintext));
        Unit { address, offset, length: (plaintext.len() + TAG_BYTES) as u32 }
    }

    /// Stores an extent.
    pub(crate) fn extent(&mut self, extent: Extent) {
        self.extents.push(extent);
    }

    /// The root with this body, and the keyring of every forged vault.
    pub(crate) fn root(&mut self, body: &Body) {
        self.keyed_root(Ring::default().object(|_| {}), body);
    }

    /// The root with this body, which names this keyring.
    pub(crate) fn keyed_root(&mut self, keyring: Vec<u8>, body: &Body) {
        let hash = blake3::hash(&keyring);
        let rest = body.rest();
        let carried = forged_trust::carried(body.commits, &body.signed_by, hash.as_bytes(), &rest);
        self.root = root(&SECRET, hash.as_bytes(), &[carried, rest].concat());
        self.keyring = (forged_keyring::name(&keyring), keyring);
    }

    /// The keyring's bytes, to spoil behind the back of the root.
    pub(crate) fn keyring_mut(&mut self) -> &mut Vec<u8> {
        &mut self.keyring.1
    }

    /// The root's bytes, to spoil.
    pub(crate) fn root_mut(&mut self) -> &mut Vec<u8> {
        &mut self.root
    }

    /// The objects as they are recorded.
    pub(crate) fn objects(&self) -> Value {
        let mut objects = vec![json!({"name": "root", "hex": hex::encode(&self.root)})];
        let (name, keyring) = &self.keyring;
        if !keyring.is_empty() {
            objects.push(json!({"name": name, "hex": hex::encode(keyring)}));
        }
        if !self.pack.is_empty() {
            let name = object_name(&keyed("sealwood v1 pack name", &PACK)[..20]);
            objects.push(json!({"name": name, "hex": hex::encode(&self.pack)}));
        }
        for Extent { name, bytes } in &self.extents {
            objects.push(json!({"name": name, "hex": hex::encode(bytes)}));
        }
        objects.into()
    }
}

/// The address of a chunk.
pub(crate) fn chunk_address(secret: &[u8; 32], plaintext: &[u8]) -> [u8; 32] {
    let key = blake3::derive_key("sealwood v1 content address", secret);
    *blake3::keyed_hash(&key, plaintext).as_bytes()
}

/// The extent of these chunks, each given with its address.
pub(crate) fn extent(chunks: &[([u8; 32], &[u8])]) -> Extent {
    let addresses: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.0).collect();
    let content: usize = chunks.iter().map(|chunk| chunk.1.len()).sum();
    let mut bytes = Vec::new();
    for (address, plaintext) in chunks {
        bytes.extend(sealed(&keyed("sealwood v1 chunk key", address), &[], plaintext));
    }
    let mut padding = vec![0; padme(content as u64) as usize - content];
    let hasher = blake3::Hasher::new_keyed(&domain("sealwood v1 extent padding"));
    hasher.clone().update(&addresses).finalize_xof().fill(&mut padding);
    bytes.extend(padding);
    Extent { name: object_name(&extent_name(&addresses)), bytes }
}

/// The name of the extent of the chunks with these addresses, side by side, as runs spell it.
pub(crate) fn extent_name(addresses: &[u8]) -> [u8; 20] {
    keyed("sealwood v1 extent name", addresses)[..20].try_into().unwrap()
}

/// What a length is padded to, by the definition in floating point of those who found it.
fn padme(length: u64) -> u64 {
    let e = (length as f64).log2().floor();
    let s = e.log2().floor() + 1.0;
    let mask = (1u64 << (e - s) as u64) - 1;
    (length + mask) & !mask
}

/// The name of an object by a hash.
pub(crate) fn object_name(hash: &[u8]) -> String {
    format!("objects/{}", hex::encode(hash))
}

/// A root object with this body, under the key of an epoch, which names a keyring by its hash.
fn root(epoch_key: &[u8; 32], keyring: &[u8; 32], body: &[u8]) -> Vec<u8> {
    let salt = [0x73; 24];
    let root_key = blake3::derive_key("sealwood v1 root", epoch_key);
    let subkey =
        |purpose: &[u8]| *blake3::keyed_hash(&root_key, &[purpose, &salt].concat()).as_bytes();
    let header = [b"SWRT\x02\0", &keyring[..], &salt, &subkey(b"chck")[..8]].concat();
    [header.clone(), sealed(&subkey(b"body"), &header, body)].concat()
}

fn derived(purpose: &str) -> [u8; 32] {
    blake3::derive_key(purpose, &SECRET)
}

pub(crate) fn keyed(name: &str, message: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(&domain(name), message).as_bytes()
}

fn domain(name: &str) -> [u8; 32] {
    blake3::derive_key(name, &[])
}

pub(crate) fn sealed(key: &[u8; 32], associated: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut buffer = plaintext.to_vec();
    let cipher = Aes256Gcm::new(key.into());
    let whole = buffer.as_mut_slice().into();
    let tag = cipher.encrypt_inout_detached(&Nonce::from([0; 12]), associated, whole).unwrap();
    buffer.extend_from_slice(&tag);
    buffer
}

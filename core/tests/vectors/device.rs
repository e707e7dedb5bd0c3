//! What follows from the secret of a device, the record of a vault, and records that are refused.

use std::sync::Arc;

use bytes::Bytes;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::internals::{
    Author, Chain, ContentHash, DeviceSecret, DeviceState, Heads, Kept, Label, News, Position,
    RootHash, Sent, SigningKey, Statement, StoreNote, VaultId,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::input::*;

/// The salt of records that are refused.
const SALT: [u8; 24] = [0xa5; 24];

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "devices") {
        let (secret, vault) = (secret(case), array(case, "vault_id"));
        case["object_name"] = secret.record_name(&vault).into();
        case["slot_secret"] = hex::encode(*secret.slot_secret(&vault)).into();
        case["signing_seed"] = hex::encode(*secret.signing_seed(&vault)).into();
    }
    for case in cases(document, "records") {
        fill_record(case).await;
    }
    let good = hex::decode(text(&document["records"][0], "plaintext")).unwrap();
    document["refused"] = refused(&document["records"][0], &good).await.into();
}

fn secret(case: &Value) -> DeviceSecret {
    DeviceSecret::from_bytes(array(case, "device_secret"))
}

fn state(case: &Value, store: Arc<MemoryStore>) -> DeviceState {
    let vault = VaultId::from_bytes(array(case, "vault_id"));
    DeviceState::new(store, secret(case), vault, environment(&Value::Null))
}

/// A record of what is given, in an empty store; draw 0 is its salt.
async fn fill_record(case: &mut Value) {
    let news = news(case);
    if let Some(position) = &news.position {
        let mut kept = Vec::new();
        position.kept.put(&mut kept);
        case["kept"] = hex::encode(kept).into();
    }
    let store = Arc::new(MemoryStore::new());
    let record = state(case, store.clone()).update(&news).await.unwrap();
    assert_eq!(state(case, store.clone()).load().await.unwrap(), Some(record));
    let name = secret(case).record_name(&array(case, "vault_id"));
    let sealed = store.get(&name).await.unwrap().bytes;
    let plaintext = secret(case).open_record(&array(case, "vault_id"), &sealed).unwrap();
    case["plaintext"] = hex::encode(&*plaintext).into();
    case["object"] = object(&name, &sealed);
}

fn news(case: &Value) -> News {
    let stores = list(case, "stores").iter().map(|store| {
        let note =
            StoreNote { seen_ms: number(store, "seen_ms"), probed_ms: store["probed_ms"].as_u64() };
        (text(store, "identity").to_owned(), note)
    });
    let settings = list(case, "settings").iter().map(|setting| {
        (text(setting, "name").to_owned(), Some(Bytes::from(bytes(&setting["value"]))))
    });
    let sent = list(case, "sent").iter().map(|sent| {
        let hash = RootHash::from_bytes(array(sent, "hash"));
        Sent { sequence: number(sent, "sequence"), hash }
    });
    News {
        position: case["roots"].as_u64().map(|roots| position(case, roots)),
        device: case["device"].as_u64().map(|number| number as u32),
        sent: sent.collect(),
        stores: stores.collect(),
        settings: settings.collect(),
    }
}

/// Where a device is after so many roots, all by device 0, which signs with the owner's key here.
fn position(case: &Value, roots: u64) -> Position {
    let owner = SigningKey::from_seed(&[1; 32]);
    let chain = Chain::found(&owner, [9; 16], Label::new("owner").unwrap()).unwrap();
    let mut last = None;
    for _ in 0..roots {
        let statement = Statement {
            vault: VaultId::from_bytes(array(case, "vault_id")),
            epoch: 1,
            author: Author::Device(0),
            chain: chain.mark().hash,
            content: ContentHash::from_bytes([6; 32]),
            heads: last.map_or_else(Heads::default, |root: sealwood::internals::SignedRoot| {
                root.after().clone()
            }),
        };
        last = Some(statement.sign(&owner).unwrap());
    }
    Position {
        line: number(case, "line") as u32,
        kept: Kept { root: last.unwrap(), chain: chain.mark() },
        epoch_key: Zeroizing::new(array(case, "epoch_key")),
        keyring: bytes(&case["keyring"]).into(),
    }
}

/// Objects in the place of a record, each with one thing wrong, and the error for it.
async fn refused(case: &Value, good: &[u8]) -> Vec<Value> {
    let sealed = |plaintext: &[u8]| {
        secret(case).seal_record(&array(case, "vault_id"), SALT, plaintext).unwrap()
    };
    let whole = sealed(good);
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    let other_vault = secret(case).seal_record(&[0; 32], SALT, good).unwrap();
    let other_device = DeviceSecret::from_bytes([0; 32]);
    let other_device = other_device.seal_record(&array(case, "vault_id"), SALT, good).unwrap();
    let setting = |name: &[u8]| [&[name.len() as u8][..], name, &[0]].concat();
    let empty = [0; 5];
    let with_settings = |settings: &[&[u8]]| {
        let count = settings.len() as u8;
        sealed(&[&empty[..4], &[count], &settings.concat()[..]].concat())
    };
    let sent = |sequence: u8| [&[sequence][..], &[8; 32]].concat();
    let with_sent = |sent: &[Vec<u8>]| {
        let count = sent.len() as u8;
        sealed(&[&[0, 0, count][..], &sent.concat(), &[0, 0]].concat())
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("whole", whole.clone()),
        ("nothing", Vec::new()),
        ("cut in the header", whole[..29].to_vec()),
        ("cut in the tag", whole[..whole.len() - 1].to_vec()),
        ("another magic", changed(0, b'X')),
        ("a later version", changed(4, 2)),
        ("another salt", changed(6, 0)),
        ("another byte of the seal", changed(30, whole[30] ^ 1)),
        ("of another vault", other_vault),
        ("of another device", other_device),
        ("an empty record", sealed(&empty)),
        ("a byte left over", sealed(&[&empty[..], &[0]].concat())),
        ("an unknown mark of the position", sealed(&[2, 0, 0, 0, 0])),
        ("a position that ends early", sealed(&[1, 0])),
        ("a long spelling of a number", sealed(&[0, 0x80, 0, 0, 0, 0])),
        (
            "a device beyond 32 bits",
            sealed(&[&[0][..], &[0x81, 0x80, 0x80, 0x80, 0x10], &[0; 3]].concat()),
        ),
        ("the last device", sealed(&[&[0][..], &[0x80, 0x80, 0x80, 0x80, 0x10], &[0; 3]].concat())),
        ("two roots on their way", with_sent(&[sent(1), sent(2)])),
        ("roots on their way that descend", with_sent(&[sent(2), sent(1)])),
        ("a root on its way twice", with_sent(&[sent(2), sent(2)])),
        ("65 roots on their way", with_sent(&(0..65).map(sent).collect::<Vec<_>>())),
        ("two settings", with_settings(&[&setting(b"a"), &setting(b"b")])),
        ("settings that descend", with_settings(&[&setting(b"b"), &setting(b"a")])),
        ("a setting without a name", with_settings(&[&setting(b"")])),
        ("a setting whose name is not UTF-8", with_settings(&[&setting(b"\xff")])),
        ("a setting whose name has 65 bytes", with_settings(&[&setting(&[b'a'; 65])])),
    ];
    let mut recorded = Vec::new();
    for (name, sealed) in cases {
        let store = Arc::new(MemoryStore::new());
        let key = secret(case).record_name(&array(case, "vault_id"));
        store.put(&key, sealed.clone().into(), Precondition::Absent).await.unwrap();
        let loaded = state(case, store).load().await;
        let code = loaded.as_ref().err().map_or("ok", |error| error.code());
        recorded.push(json!({"name": name, "hex": hex::encode(&sealed), "code": code}));
    }
    recorded
}

//! Tries of byte strings: shape, codec, addresses and sealed packs.

use std::collections::HashMap;
use std::sync::Arc;

use sealwood::Result;
use sealwood::internals::{
    Epoch, Keys, Node, NodeSource, Pack, PackWriter, SealPlan, Trie, UnitKind, Walk, open_unit,
    pack_name,
};
use sealwood::platform::BoxFuture;
use sealwood::seal::{Link, PACK_BYTES_MAX, PackId};
use serde_json::{Value, json};

use crate::input::*;

type Entries = HashMap<Vec<u8>, Vec<u8>>;

pub(crate) async fn fill(document: &mut Value) {
    let keys = keys(document);
    for case in cases(document, "cases") {
        fill_case(case, &keys).await;
    }
}

async fn fill_case(case: &mut Value, keys: &Keys) {
    let environment = environment(&Value::Null);
    let pack_bytes_max = case["pack_bytes_max"].as_u64().unwrap_or(PACK_BYTES_MAX as u64) as usize;
    let (mut trie, mut entries) = (Trie::<Vec<u8>>::new(), Entries::new());
    let mut source = Packs { keys: keys.clone(), packs: HashMap::new() };
    for flush in cases(case, "flushes") {
        for (key, value) in puts(flush) {
            trie.insert(&key, value.clone()).unwrap();
            entries.insert(key, value);
        }
        for key in removed(flush) {
            assert_eq!(trie.remove(&key).unwrap(), entries.remove(&key));
        }
        let mut packs = PackWriter::new(&environment, Epoch::FIRST, pack_bytes_max);
        let mut plan = SealPlan::default();
        let link = trie.seal(keys, &mut packs, &mut plan).unwrap();
        let packs = packs.finish();
        assert!(trie.adopt(&plan, &packs.iter().map(|pack| pack.id).collect()));
        flush["nodes"] = plan.node_count().into();
        flush["packs"] = packs.iter().map(of_pack).collect();
        source.packs.extend(packs.into_iter().map(|pack| (pack.id, pack.bytes.to_vec())));
        flush["root"] = link.map_or(Value::Null, |link| {
            json!({
                "address": hex::encode(link.address.expose()),
                "link": hex::encode(link.to_bytes()),
                "plaintext": hex::encode(source.plaintext(&link).unwrap()),
            })
        });
        assert!(source.entries(link).await == entries, "{}", text(case, "name"));
    }
}

/// The entries listed, then those counted: key and value of entry `n` follow from `n`.
fn puts(flush: &Value) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut puts = Vec::new();
    for put in list(flush, "put") {
        match put["count"].as_u64() {
            None => puts.push((bytes(&put["key"]), bytes(&put["value"]))),
            Some(count) => {
                let from = put["from"].as_u64().unwrap_or(0);
                for n in from..from + count {
                    let value = noise(n, number(put, "value_bytes") as usize);
                    puts.push((format!("{}{n}", text(put, "key_prefix")).into_bytes(), value));
                }
            }
        }
    }
    puts
}

fn removed(flush: &Value) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    for remove in list(flush, "remove") {
        match remove["count"].as_u64() {
            None => keys.push(bytes(&remove["key"])),
            Some(count) => {
                let from = remove["from"].as_u64().unwrap_or(0);
                let prefix = text(remove, "key_prefix");
                keys.extend((from..from + count).map(|n| format!("{prefix}{n}").into_bytes()));
            }
        }
    }
    keys
}

fn of_pack(pack: &Pack) -> Value {
    object(&pack_name(pack.id), &pack.bytes)
}

/// The packs of a case, to read its tries back from nothing but a link.
struct Packs {
    keys: Keys,
    packs: HashMap<PackId, Vec<u8>>,
}

impl Packs {
    fn plaintext(&self, link: &Link) -> Result<Vec<u8>> {
        let sealed = &self.packs[&link.place.pack][link.place.offset as usize..];
        let plaintext = open_unit(UnitKind::Node, link, &sealed[..link.place.length as usize])?;
        self.keys.check(UnitKind::Node, &link.address, Node::<Vec<u8>>::addressed(&plaintext)?)?;
        Ok(plaintext)
    }

    async fn entries(&self, link: Option<Link>) -> Entries {
        let mut walk = Walk::new(&Trie::<Vec<u8>>::at(link), None);
        let mut entries = Entries::new();
        while let Some(leaf) = walk.next(self).await.unwrap() {
            let found = leaf.entries().map(|(key, value)| (key.to_vec(), value.clone()));
            entries.extend(found);
        }
        entries
    }
}

impl NodeSource<Vec<u8>> for Packs {
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Vec<u8>>>>> {
        Box::pin(async { Ok(Arc::new(Node::decode(&self.plaintext(link)?)?)) })
    }
}

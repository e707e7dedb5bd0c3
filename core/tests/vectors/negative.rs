//! Vaults that are not to be: each breaks one rule of `docs/FORMAT.md`, under the right key, and
//! says which error a reader gives for it and when.

mod case;
mod contents;
mod inners;
mod keyrings;
mod leaves;
mod roots;
mod tails;
mod value;

use std::sync::Arc;

use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::seal::{Passphrase, SlotSecret};
use sealwood::vault::{Credential, VaultConfig};
use sealwood::{Error, Vault};
use serde_json::{Value, json};

use crate::forge::{Body, SECRET};
use crate::input::*;
use case::rooted;

/// Writes every case anew.
pub(crate) async fn fill(document: &mut Value) {
    let cases: Vec<Value> = [
        roots::cases(),
        keyrings::cases(),
        tails::cases(),
        leaves::cases(),
        inners::cases(),
        contents::cases(),
    ]
    .concat();
    document["secret"] = hex::encode(SECRET).into();
    document["cases"] = cases.into();
}

/// Reads every vault as it was recorded. Returns how many there are.
pub(crate) async fn read(document: &Value) -> usize {
    let mut wrong = Vec::new();
    for case in list(document, "cases") {
        let outcome = act(case).await;
        let code = outcome.as_ref().err().map_or("ok", |error| error.code());
        // Damage is told as such, with the object, and never as the caller's mistake.
        let is_damage = matches!(code, "malformed" | "object-corrupt" | "object-truncated");
        let told = match &outcome {
            Err(Error::Damaged { object, .. }) => {
                object == "root" || object.starts_with("objects/")
            }
            // Of a content the reader of contents knows the object.
            _ => !is_damage || text(case, "do") == "get",
        };
        if code != text(case, "code") || !told {
            wrong.push(format!("{}: {outcome:?}", text(case, "name")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    list(document, "cases").len()
}

/// A vault whose next count or sequence number no reader would take: it is read, and a change fails
/// rather than to write a root that is refused for ever.
pub(crate) async fn change_at_the_end_of_a_counter() {
    let end = (1 << 63) - 1;
    for body in
        [Body { count: end, ..Body::default() }, Body { commits: end - 1, ..Body::default() }]
    {
        let objects = json!({"objects": rooted(&body).objects()});
        let store = stored(&objects).await;
        let before = store.get("root").await.unwrap().bytes;
        let credential = Credential::Secret(SlotSecret::from_bytes(SECRET));
        let config = VaultConfig::default();
        let vault = Vault::open_with(store.clone(), &credential, &config).await.unwrap();
        let refused = vault.put("a", "1").await.unwrap_err();
        assert_eq!(refused.code(), "malformed");
        assert_eq!(store.get("root").await.unwrap().bytes, before);
        let page = vault.list("").await.unwrap();
        assert!(page.entries.is_empty());
        Vault::open_with(store, &credential, &config).await.unwrap();
    }
}

async fn stored(case: &Value) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    for object in list(case, "objects") {
        let bytes = hex::decode(text(object, "hex")).unwrap();
        store.put(text(object, "name"), bytes.into(), Precondition::Absent).await.unwrap();
    }
    store
}

async fn act(case: &Value) -> Result<(), Error> {
    let store = stored(case).await;
    let credential = match case["passphrase"].as_str() {
        Some(passphrase) => Credential::Passphrase(Passphrase::new(passphrase).unwrap()),
        None => Credential::Secret(SlotSecret::from_bytes(SECRET)),
    };
    let vault = Vault::open(store, &credential).await?;
    match text(case, "do") {
        "list" => drop(vault.list("").await?),
        "get" => drop(vault.get(text(case, "path")).await?),
        _ => {}
    }
    Ok(())
}

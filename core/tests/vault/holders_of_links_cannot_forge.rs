//! Whoever holds a link and may write to the store can seal other bytes in the place of what the
//! link opens. Those who hold the vault's keys notice.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, Precondition};
use sealwood::internals::{Epoch, PackWriter, UnitKind, open_unit, pack_name};
use sealwood::platform::{Entropy, Environment, NoEntropy};
use sealwood::seal::Link;
use sealwood::vault::Snapshot;

use crate::common::*;

/// Gives out one pack id.
struct SamePack([u8; 16]);

impl Entropy for SamePack {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        buffer.copy_from_slice(&self.0[2..]);
        Ok(())
    }
}

fn pack_bytes(link: &Link) -> [u8; 16] {
    link.to_bytes()[32..48].try_into().unwrap()
}

/// What is sealed at `link` if the holder of the link seals `plaintext` there.
fn sealed_again(kind: UnitKind, link: &Link, plaintext: &[u8]) -> Vec<u8> {
    let environment =
        Environment { entropy: Arc::new(SamePack(pack_bytes(link))), ..Environment::default() };
    let mut packs = PackWriter::new(&environment, Epoch::FIRST, usize::MAX);
    let offset = link.place.offset as usize;
    if offset > 0 {
        packs.add(kind, &link.address, &vec![0; offset - 16]).unwrap();
    }
    assert_eq!(packs.add(kind, &link.address, plaintext).unwrap(), link.place);
    packs.finish()[0].bytes[offset..].to_vec()
}

/// Changes a unit in the store to say `forged` where it says `honest`.
async fn forge(store: &dyn BlobStore, kind: UnitKind, link: &Link) {
    let name = pack_name(link.place.pack);
    let mut pack = store.get(&name).await.unwrap().bytes.to_vec();
    let from = link.place.offset as usize;
    let range = from..from + link.place.length as usize;
    let mut plaintext = open_unit(kind, link, &pack[range.clone()]).unwrap();
    let at = plaintext.windows(6).position(|it| it == b"honest").unwrap();
    plaintext[at..at + 6].copy_from_slice(b"forged");
    pack[range].copy_from_slice(&sealed_again(kind, link, &plaintext));
    store.put(&name, pack.into(), Precondition::None).await.unwrap();
}

#[test]
fn a_forged_node_is_refused_by_those_who_have_the_keys() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "shared/file", b"honest").await.unwrap();
        let link = vault.link("shared").await.unwrap().unwrap();
        forge(&*store, UnitKind::Node, &link).await;
        assert_eq!(code(open(store.clone()).await.get("shared/file").await), "object-corrupt");
        // Other holders of the link have nothing to check it with.
        let shared = Snapshot::shared(store, &link);
        assert_eq!(shared.get("file").await.unwrap(), "forged");
    });
}

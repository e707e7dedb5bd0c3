#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::Arc;

use futures_lite::future::{block_on, or, yield_now};
use sealwood::blob::MemoryStore;
use sealwood::platform::Environment;
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, VaultConfig};

use super::*;
use crate::global::{Global, SecretFiles};
use crate::output::Results;

fn context() -> Context {
    let secrets = SecretFiles { passphrase_file: None, phrase_file: None, secret_file: None };
    Context::new(Global { vault: None, json: false, quiet: true, secrets }, Results::Account)
}

#[test]
fn what_is_finished_is_committed_after_a_while_though_a_file_is_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let (done, stuck) = (folder.path().join("done"), folder.path().join("stuck"));
    fs::write(&done, "content").unwrap();
    let made = std::process::Command::new("mkfifo").arg(&stuck).status();
    assert!(made.unwrap().success());
    let item = |path: &PathBuf, target: &str| {
        Ok(LocalItem::File { path: path.clone(), target: VaultPath::new(target).unwrap() })
    };
    let items = vec![item(&done, "done"), item(&stuck, "stuck")];
    block_on(async {
        let secret = SlotSecret::generate(&Environment::default()).unwrap();
        let (store, credential) = (Arc::new(MemoryStore::default()), Credential::Secret(secret));
        let config = VaultConfig::default();
        let vault = Vault::create_with(store.clone(), &credential, &config).await.unwrap();
        let other = Vault::open_with(store, &credential, &config).await.unwrap();
        let context = context();
        let meter = context.output.meter(0);
        let mut upload = Upload::new(&context, &vault, &meter, Unchanged::PassedOver);
        // The wait is over as soon as it begins.
        upload.wait = || Box::pin(std::future::ready(()));
        let put = async { upload.put(items.into_iter()).await.map(|()| false) };
        let seen = async {
            loop {
                other.refresh().await?;
                if other.exists("done").await? {
                    return Ok(true);
                }
                yield_now().await;
            }
        };
        assert!(or(put, seen).await.unwrap(), "the put ended");
    });
    // A thread that waits for the pipe need not outlive the test.
    drop(fs::File::options().read(true).write(true).open(&stuck));
}

#[test]
fn folders_that_cannot_be_made_are_told_and_the_others_made() {
    block_on(async {
        let secret = SlotSecret::generate(&Environment::default()).unwrap();
        let (store, credential) = (Arc::new(MemoryStore::default()), Credential::Secret(secret));
        let vault = Vault::create(store, &credential).await.unwrap();
        for file in ["3", "64"] {
            vault.put(file, "in the way").await.unwrap();
        }
        let folder = |number: u32| VaultPath::new(&number.to_string()).unwrap();
        let failures = make_folders(&vault, (0..100).map(folder).collect()).await.unwrap();
        let mut paths: Vec<_> = failures.iter().map(|failure| failure.path().unwrap()).collect();
        paths.sort();
        assert_eq!(paths, ["3", "64"]);
        for number in 0..100 {
            assert!(vault.exists(&number.to_string()).await.unwrap(), "{number}");
        }
    });
}

#[test]
fn each_file_is_named_that_another_client_made_impossible() {
    block_on(async {
        let secret = SlotSecret::generate(&Environment::default()).unwrap();
        let (store, credential) = (Arc::new(MemoryStore::default()), Credential::Secret(secret));
        let config = VaultConfig::default();
        let vault = Vault::create_with(store.clone(), &credential, &config).await.unwrap();
        let other = Vault::open_with(store, &credential, &config).await.unwrap();
        let mut files = Vec::new();
        for path in ["1", "2", "3", "4"] {
            let options = sealwood::vault::PutOptions::new().durability(Durability::Deferred);
            files.push(vault.put_with(path, path, &options).await.unwrap());
        }
        for path in ["2", "4"] {
            other.mkdir(path).await.unwrap();
        }
        let error = vault.flush().await.unwrap_err();
        let failures = undone::failures(&vault, &mut files, error).await;
        let mut named: Vec<_> = failures.iter().map(|failure| failure.path().unwrap()).collect();
        named.sort();
        assert_eq!(named, ["2", "4"]);
        assert!(failures.iter().all(|failure| failure.code() == "conflict"));
        let done: Vec<_> = files.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(done, ["1", "3"]);
        // One that is about none of them is told as well.
        let path = VaultPath::new("folder").unwrap();
        let failures = undone::failures(&vault, &mut files, Error::IsADirectory { path }).await;
        assert_eq!(failures[0].path().unwrap(), "folder");
        assert_eq!((failures.len(), files.len()), (1, 2));
    });
}

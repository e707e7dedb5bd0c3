//! A vault's calls.

use std::sync::Arc;

use sealwood::bridge::{ConfigInput, CredentialInput};
use sealwood::seal::RecoveryPhrase;
use sealwood::vault::{NewVault, Vault};
use serde_json::Value;

use super::{Taken, options, snapshot, unknown};
use crate::outcome::Outcome;
use crate::step::Step;
use crate::world::World;

/// Draws up a vault.
pub(super) async fn prepare(world: &World, step: &Step) -> Taken {
    let (name, (credential, config)) = (step.text("as")?, means(world, step)?);
    let (credential, config) = (credential.credential()?, config.config()?);
    let prepare = Vault::prepare_with(&credential, &config);
    world.new_vaults.set(name, Arc::new(step.context.cancel.run(prepare).await?));
    Ok(Outcome::Nothing)
}

/// Creates or opens a vault.
pub(super) async fn open(world: &World, verb: &str, step: &Step) -> Taken {
    let store = world.stores.get(step.need_text("store")?)?.blobs();
    let (name, cancel) = (step.text("as")?, &step.context.cancel);
    let vault = if let ("create", Some(new)) = (verb, step.text("new")?) {
        cancel.run(world.new_vaults.get(new)?.create(store)).await?
    } else {
        let (credential, config) = means(world, step)?;
        let (credential, config) = (credential.credential()?, config.config()?);
        match verb {
            "create" => cancel.run(Vault::create_with(store, &credential, &config)).await?,
            _ => cancel.run(Vault::open_with(store, &credential, &config)).await?,
        }
    };
    world.vaults.set(name, vault);
    Ok(Outcome::Nothing)
}

/// Takes a step on a vault that is not stored.
pub(super) fn take_new(world: &World, new: &NewVault, verb: &str, step: &Step) -> Taken {
    match verb {
        "recoveryPhrase" => words(world, &new.recovery_phrase()?, step),
        _ => unknown(verb),
    }
}

fn words(world: &World, phrase: &RecoveryPhrase, step: &Step) -> Taken {
    world.phrases.set(step.text("as")?, phrase.expose().to_owned());
    Ok(phrase.expose().into())
}

/// What a vault is made or opened with.
fn means(world: &World, step: &Step) -> Result<(CredentialInput, ConfigInput), String> {
    Ok((credential(world, step)?, config(step)?))
}

fn credential(world: &World, step: &Step) -> Result<CredentialInput, String> {
    let phrase = step.text("phrase")?;
    match (step.secret("secret")?, step.text("passphrase")?, phrase) {
        (Some(secret), None, None) => Ok(CredentialInput::Secret(secret)),
        (None, Some(text), None) => Ok(CredentialInput::Passphrase(text.to_owned())),
        (None, None, Some(phrase)) => {
            let words = world.phrases.find(phrase).unwrap_or_else(|| phrase.to_owned());
            Ok(CredentialInput::Phrase(words))
        }
        _ => Err("one of \"secret\", \"passphrase\" and \"phrase\"".into()),
    }
}

fn config(step: &Step) -> Result<ConfigInput, String> {
    let small = |name: &str, number: Option<u64>| {
        number.map(u32::try_from).transpose().map_err(|_| format!("{name:?} is too large"))
    };
    let mut input = ConfigInput {
        chunk_bytes: small("chunkBytes", step.number("chunkBytes")?)?,
        memory_budget_bytes: step.number("memoryBudgetBytes")?,
        pack_bytes_max: step.number("packBytesMax")?,
        extent_bytes_max: small("extentBytesMax", step.number("extentBytesMax")?)?,
        ..ConfigInput::default()
    };
    for (name, number) in step.object("kdf")?.into_iter().flatten() {
        let number = small(name, number.as_u64())?;
        match name.as_str() {
            "memoryKib" => input.memory_kib = number,
            "passes" => input.passes = number,
            "lanes" => input.lanes = number,
            _ => return Err(format!("unknown member {name:?} of \"kdf\"")),
        }
    }
    for (name, number) in step.object("kdfCeiling")?.into_iter().flatten() {
        let number = small(name, number.as_u64())?;
        match name.as_str() {
            "memoryKib" => input.ceiling_memory_kib = number,
            "passes" => input.ceiling_passes = number,
            _ => return Err(format!("unknown member {name:?} of \"kdfCeiling\"")),
        }
    }
    Ok(input)
}

pub(super) async fn take(world: &World, vault: &Vault, verb: &str, step: &Step) -> Taken {
    let cancel = &step.context.cancel;
    let path = || step.need_text("path");
    Ok(match verb {
        "put" => {
            vault.put_with(path()?, step.content("content")?, &options::put(step)?).await?.into()
        }
        "putStream" => {
            let (source, options) = (options::source(step)?, options::put(step)?);
            vault.put_stream_with(path()?, source, &options).await?.into()
        }
        "get" | "getRange" => vault.get_with(path()?, &options::read(step)?).await?.into(),
        "getStream" => {
            let (options, take) = (options::read(step)?, step.number("take")?);
            let (_, parts) = vault.get_stream_with(path()?, &options).await?;
            cancel.run(snapshot::pieces(parts, take)).await?.into()
        }
        "stat" => cancel.run(vault.stat(path()?)).await?.into(),
        "exists" => cancel.run(vault.exists(path()?)).await?.into(),
        "list" => {
            snapshot::page(cancel.run(vault.list_with(path()?, &options::list(step)?)).await?)
        }
        "entries" => {
            let entries = cancel.run(vault.list_stream(path()?, None)).await?;
            cancel.run(snapshot::paths(entries)).await?
        }
        "entriesRecursive" => {
            let entries = cancel.run(vault.list_recursive(path()?)).await?;
            cancel.run(snapshot::paths(entries)).await?
        }
        "stats" => vault.stats().into(),
        "needsFlush" => vault.needs_flush().into(),
        "link" => {
            let (path, name) = (path()?, step.text("as")?);
            let link = cancel.run(vault.link(path)).await?;
            world.links.set(name, link);
            let digits = link.map(|link| hex::encode(link.to_bytes()));
            Outcome::Value(digits.map_or(Value::Null, Value::from))
        }
        "batch" => {
            world.batches.set(step.text("as")?, Arc::new(vault.batch()));
            Outcome::Nothing
        }
        "snapshot" => {
            let name = step.text("as")?;
            world.snapshots.set(name, cancel.run(vault.snapshot()).await?);
            Outcome::Nothing
        }
        _ => {
            change(vault, verb, step).await?;
            Outcome::Nothing
        }
    })
}

/// The calls that give nothing.
async fn change(vault: &Vault, verb: &str, step: &Step) -> Result<(), crate::step::Stop> {
    let cancel = &step.context.cancel;
    let path = || step.need_text("path");
    match verb {
        "mkdir" => cancel.run(vault.mkdir(path()?)).await?,
        "remove" => cancel.run(vault.remove(path()?)).await?,
        "removeAll" => cancel.run(vault.remove_all(path()?)).await?,
        "rename" => {
            cancel.run(vault.rename(step.need_text("from")?, step.need_text("to")?)).await?;
        }
        "copy" => cancel.run(vault.copy(step.need_text("from")?, step.need_text("to")?)).await?,
        "setMetadata" => {
            cancel.run(vault.set_metadata(path()?, &options::metadata(step)?)).await?;
        }
        "flush" => vault.flush_with(&step.context).await?,
        "refresh" => cancel.run(vault.refresh()).await?,
        "close" => cancel.run(vault.close()).await?,
        _ => return unknown(verb),
    }
    Ok(())
}

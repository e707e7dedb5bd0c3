//! What a directory holds after its process has ended, and whether the engine is content with it.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result, bail};
use futures_lite::StreamExt;
use futures_lite::future::block_on;
use sealwood::engine::{
    Access, Background, Engine, Expiry, RecoveryMode, ScanItem, StateEvent, VacuumMode,
    VerifiedStates,
};
use sealwood::platform::{Clock, SystemClock};
use sealwood::vault::EntryKind;

use crate::content::digest;
use crate::model::{Found, Seen};
use crate::setup::Setup;

/// Opens the directory, looks at all of it, and closes it. What is wrong beside what it holds is an
/// error.
pub(crate) fn look(setup: Setup, directory: &Path, recovery: RecoveryMode) -> Result<Found> {
    // Nothing is under way that is not asked for.
    let config = setup.config().recovery(recovery).background(Background::Manual);
    let engine = Engine::open_directory(directory, config).context("it does not open")?;
    let from_ms = SystemClock.now_ms();
    let keys = if setup.mode.has_vault() {
        block_on(files(setup, &engine)).context("its vault cannot be read")?
    } else {
        keys(&engine).context("its keys cannot be read")?
    };
    let keys = keys.into_iter().collect();
    let mut found = Found { keys, from_ms, to_ms: SystemClock.now_ms(), tracked_rows: 0 };
    verify(&engine)?;
    counts(&engine)?;
    found.tracked_rows = states(&engine)?;
    no_strays(&engine)?;
    engine.close().context("it does not close")?;
    Ok(found)
}

/// Reads the directory as one would that is damaged. None if no engine was made yet, or it holds a
/// vault, which is not opened so.
pub(crate) fn look_passing_over(setup: Setup, directory: &Path) -> Result<Option<Found>> {
    if !directory.join("manifest").exists() {
        return Ok(None);
    }
    let config = setup
        .config()
        .recovery(RecoveryMode::PassOver)
        .access(Access::ReadOnly)
        .background(Background::Manual);
    let engine = Engine::open_directory(directory, config).context("it cannot be read")?;
    let damage = engine.passed_over().iter().filter(|finding| finding.kind.is_damage());
    let damage: Vec<_> = damage.map(|finding| format!("{finding:?}")).collect();
    if !damage.is_empty() {
        bail!("a kill is told as damage: {}", damage.join("; "));
    }
    if setup.mode.has_vault() {
        return Ok(None);
    }
    let from_ms = SystemClock.now_ms();
    let keys = keys(&engine).context("its keys cannot be read")?;
    let keys = keys.into_iter().collect();
    Ok(Some(Found { keys, from_ms, to_ms: SystemClock.now_ms(), tracked_rows: 0 }))
}

fn keys(engine: &Engine) -> Result<Vec<(String, Seen)>> {
    let mut keys = Vec::new();
    for name in engine.namespaces()? {
        let mut scan = engine.namespace(&name)?.scan()?.open()?;
        while let Some(item) = scan.next()? {
            let ScanItem::Key(entry) = item else { continue };
            let key = format!("{name}:{}", String::from_utf8_lossy(entry.key()));
            let value = entry.value().with_context(|| key.clone())?;
            let expires_at_ms = entry.info().expires_at.map_or(0, Expiry::as_ms);
            keys.push((key, Seen { digest: Some(digest(&value)), expires_at_ms }));
        }
    }
    Ok(keys)
}

async fn files(setup: Setup, engine: &Engine) -> Result<Vec<(String, Seen)>> {
    let (_, vault) = setup.vault(engine.clone()).await?;
    let mut files = Vec::new();
    let mut entries = vault.list_recursive("").await?;
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let path = entry.path.to_string();
        let seen = |digest| Seen { digest, expires_at_ms: 0 };
        files.push(match entry.kind {
            EntryKind::Directory => (format!("{path}/"), seen(None)),
            EntryKind::File => {
                let content = vault.get(&path).await.with_context(|| path.clone())?;
                (path, seen(Some(digest(&content))))
            }
        });
    }
    Ok(files)
}

fn verify(engine: &Engine) -> Result<()> {
    let mut findings = Vec::new();
    engine.verify(&mut |finding| {
        findings.push(format!("{finding:?}"));
        if findings.len() < 10 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if !findings.is_empty() {
        bail!("verify finds: {}", findings.join("; "));
    }
    Ok(())
}

/// A namespace without expired keys has as many keys as a scan gives.
fn counts(engine: &Engine) -> Result<()> {
    use crate::operation::engine::FLEETING;
    for name in engine.namespaces()?.iter().filter(|name| *name != FLEETING) {
        let namespace = engine.namespace(name)?;
        let (counted, there) = (namespace.len()?, namespace.scan()?.keys()?.len() as u64);
        if counted != there {
            bail!("{name} counts {counted} keys and has {there}");
        }
    }
    Ok(())
}

/// What is counted of the rows of tracked namespaces is what a full scan gives, and is so again
/// once all are counted. Returns how many rows these are.
fn states(engine: &Engine) -> Result<u64> {
    verify_state(engine)?;
    for name in engine.namespaces()? {
        engine.namespace(&name)?.backfill()?;
    }
    let verified = verify_state(engine).context("all rows counted")?;
    if verified.backfilling > 0 {
        bail!("the rows of {} namespaces are not counted by a backfill", verified.backfilling);
    }
    Ok(verified.rows)
}

fn verify_state(engine: &Engine) -> Result<VerifiedStates> {
    let mut differing = Vec::new();
    let verified = engine.verify_state(&mut |name, event| {
        if let StateEvent::Differs(difference) = event {
            differing.push(format!("{name}: {difference:?}"));
        }
        ControlFlow::Continue(())
    })?;
    if !differing.is_empty() {
        bail!("the hash is not that of the rows: {}", differing.join("; "));
    }
    Ok(verified)
}

/// A checkpoint and a vacuum leave no file that nothing accounts for.
fn no_strays(engine: &Engine) -> Result<()> {
    engine.checkpoint()?;
    engine.vacuum(VacuumMode::Delete)?;
    engine.checkpoint()?;
    let stray = engine.stray_files()?;
    if !stray.is_empty() {
        bail!("files that nothing accounts for, or missing ones: {}", stray.join(", "));
    }
    Ok(())
}

/// Copies a directory with all below it.
pub(crate) fn copy_directory(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

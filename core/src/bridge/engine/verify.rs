//! Checking an engine.

use std::ops::ControlFlow;

use super::steps::in_steps;
use crate::engine::{self, FindingKind};
use crate::error::{Error, Result};
use crate::platform::run_blocking;

/// What was checked, and what is wrong.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Keys.
    pub keys: u64,
    /// Bytes of values.
    pub value_bytes: u64,
    /// How much is wrong.
    pub findings: u64,
    /// The first of it, as much as was asked for.
    pub first: Vec<Finding>,
}

/// Something that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it means: `value`, `log`, `tornEnd`, `header`, `footer`, `checkpoint`, `index`,
    /// `accounts`, `unnamedValue`, or `other` for what this release has no word for; see
    /// [`FindingKind`].
    pub kind: &'static str,
    /// Whether it is damage, and not what a crash leaves.
    pub is_damage: bool,
    /// The namespace that it is about, where it is known.
    pub namespace: Option<String>,
    /// The key that it is about.
    pub key: Option<Vec<u8>>,
    /// What is wrong.
    pub error: Error,
}

pub(super) async fn verify(engine: engine::Engine, first_max: usize) -> Result<Verified> {
    let verification = run_blocking(move || engine.begin_verify().map(Box::new)).await?;
    let (verification, first) =
        in_steps((verification, Vec::new()), move |(verification, first)| {
            verification.step(&mut |finding| {
                if first.len() < first_max {
                    first.push(Finding::from(finding));
                }
                ControlFlow::Continue(())
            })
        })
        .await?;
    let engine::Verified { keys, value_bytes, findings } = verification.verified();
    Ok(Verified { keys, value_bytes, findings, first })
}

impl From<engine::Finding> for Finding {
    fn from(finding: engine::Finding) -> Self {
        let kind = match &finding.kind {
            FindingKind::Value => "value",
            FindingKind::Log { .. } => "log",
            FindingKind::TornEnd { .. } => "tornEnd",
            FindingKind::Header => "header",
            FindingKind::Footer => "footer",
            FindingKind::Checkpoint => "checkpoint",
            FindingKind::Index => "index",
            FindingKind::Accounts => "accounts",
            FindingKind::UnnamedValue => "unnamedValue",
            _ => "other",
        };
        let is_damage = finding.kind.is_damage();
        let (namespace, key) = (finding.namespace, finding.key);
        Self { kind, is_damage, namespace, key, error: finding.error.into() }
    }
}

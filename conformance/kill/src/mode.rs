//! What a victim works on, and how it is closed meanwhile.

use clap::ValueEnum;

/// What the process that is killed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Writes to an engine, which is closed between calls and opened again.
    Engine,
    /// The same, closed while its threads write, or dropped with its last handle, and opened at
    /// once.
    EngineClose,
    /// Writes to a vault in an engine, by two sessions, which are closed with it between calls.
    Vault,
    /// The same, the engine closed while the sessions write or dropped with them, and opened at
    /// once.
    VaultClose,
}

impl Mode {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::Engine => "engine",
            Mode::EngineClose => "engine-close",
            Mode::Vault => "vault",
            Mode::VaultClose => "vault-close",
        }
    }

    /// Whether a vault lies in the engine.
    pub(crate) fn has_vault(self) -> bool {
        matches!(self, Mode::Vault | Mode::VaultClose)
    }

    /// Whether the engine is closed beside calls, which may then fail with `closed`.
    pub(crate) fn closes_beside_calls(self) -> bool {
        matches!(self, Mode::EngineClose | Mode::VaultClose)
    }
}

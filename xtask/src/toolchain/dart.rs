//! The Dart SDK: the machine's own where it is recent enough, else Debian sid's.

use std::process::Command;

use anyhow::Result;

use super::debian_sid::DebianSid;
use super::version::on_path;
use crate::workspace::Workspace;

const VERSION_MIN: (u32, u32) = (3, 9);

/// An installed Dart SDK.
pub(crate) struct Dart {
    sid: Option<DebianSid>,
}

impl Dart {
    /// The SDK, installed if need be.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        if on_path(workspace, "dart", "Dart SDK version: ", VERSION_MIN) {
            return Ok(Self { sid: None });
        }
        Ok(Self { sid: Some(DebianSid::ensure(workspace)?) })
    }

    /// `dart` in the top directory, with nothing to read from standard input.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        match &self.sid {
            Some(sid) => sid.command(workspace, "/usr/lib/dart/bin/dart"),
            None => workspace.command("dart"),
        }
    }
}

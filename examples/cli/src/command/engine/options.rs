//! Arguments that several commands take.

use std::ffi::{OsStr, OsString};

use super::shown::Form;
use crate::failure::{Failure, Result};

/// Which namespace.
#[derive(clap::Args)]
pub(super) struct OneNamespace {
    /// The namespace
    #[arg(long, short, value_name = "NAME", default_value = "default")]
    pub(super) namespace: String,
}

/// Which namespaces.
#[derive(clap::Args)]
pub(super) struct SomeNamespaces {
    /// This namespace alone; may be given several times
    #[arg(long = "namespace", short, value_name = "NAME")]
    pub(super) namespaces: Vec<String>,
}

/// How keys and values are written.
#[derive(clap::Args)]
pub(super) struct Writing {
    /// Keys and values are hexadecimal digits, where they are arguments and where they are shown
    #[arg(long, short = 'x')]
    hex: bool,
}

impl Writing {
    pub(super) fn form(&self) -> Form {
        if self.hex { Form::Hex } else { Form::Text }
    }

    /// The bytes that an argument stands for.
    pub(super) fn read(&self, argument: &OsStr) -> Result<Vec<u8>> {
        match self.form() {
            Form::Text => bytes_of(argument),
            Form::Hex => hex::decode(bytes_of(argument)?).map_err(|error| {
                Failure::Usage(format!("{}: {error}", argument.to_string_lossy()))
            }),
        }
    }

    /// The same of several.
    pub(super) fn read_all(&self, arguments: &[OsString]) -> Result<Vec<Vec<u8>>> {
        arguments.iter().map(|argument| self.read(argument)).collect()
    }
}

#[cfg(unix)]
fn bytes_of(argument: &OsStr) -> Result<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt;

    Ok(argument.as_bytes().to_vec())
}

#[cfg(not(unix))]
fn bytes_of(argument: &OsStr) -> Result<Vec<u8>> {
    match argument.to_str() {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => Err(Failure::Usage("an argument is no text: --hex takes any bytes".into())),
    }
}

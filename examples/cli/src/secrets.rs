//! Where secrets come from: a file, the environment, or a prompt. Never the command line.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use sealwood::platform::Environment;
use sealwood::seal::{Passphrase, RecoveryPhrase, RootSecret};
use sealwood::vault::Credential;
use zeroize::Zeroizing;

use crate::arguments::SecretFiles;
use crate::failure::{Failure, Result};

const PASSPHRASE_VARIABLE: &str = "SEALWOOD_PASSPHRASE";
const PHRASE_VARIABLE: &str = "SEALWOOD_RECOVERY_PHRASE";

/// What is asked at a terminal if neither a file nor the environment has a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// Once: a mistake shows at once.
    Known,
    /// Twice: a mistake would lock the vault.
    New,
}

/// What opens the vault: from a file if one was named, else from the environment, else asked for.
pub(crate) fn credential(files: &SecretFiles, prompt: Prompt) -> Result<Credential> {
    if let Some(path) = &files.passphrase_file {
        let text = read_text(path)?;
        return passphrase(text.lines().next().unwrap_or_default());
    }
    if let Some(path) = &files.phrase_file {
        return from_words(&read_text(path)?);
    }
    if let Some(path) = &files.secret_file {
        return secret_of_file(path, prompt).map(Credential::Secret);
    }
    match (variable(PASSPHRASE_VARIABLE)?, variable(PHRASE_VARIABLE)?) {
        (Some(_), Some(_)) => {
            Err(Failure::Usage(format!("{PASSPHRASE_VARIABLE} and {PHRASE_VARIABLE} are both set")))
        }
        (Some(text), None) => passphrase(&text),
        (None, Some(words)) => from_words(&words),
        (None, None) => ask(prompt),
    }
}

/// A file that only its owner can read, for a secret that is about to exist. It must not exist
/// yet, so that no older secret is lost.
pub(crate) fn create_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failure::local(path, error))
}

fn passphrase(text: &str) -> Result<Credential> {
    Ok(Credential::Passphrase(Passphrase::new(text)?))
}

fn from_words(words: &str) -> Result<Credential> {
    Ok(Credential::from_phrase(&RecoveryPhrase::parse(words)?)?)
}

/// A variable of the environment that may hold a secret.
pub(crate) fn variable(name: &str) -> Result<Option<Zeroizing<String>>> {
    match env::var(name) {
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::Usage(format!("{name} is not valid Unicode")))
        }
    }
}

fn read_text(path: &Path) -> Result<Zeroizing<String>> {
    let text = fs::read_to_string(path).map_err(|error| Failure::local(path, error))?;
    Ok(Zeroizing::new(text))
}

/// The secret in a file; a new vault gets a new one if there is no file.
fn secret_of_file(path: &Path, prompt: Prompt) -> Result<RootSecret> {
    let mut bytes = Zeroizing::new([0; 33]);
    let length = match File::open(path) {
        Ok(file) => read_up_to(file, &mut *bytes).map_err(|error| Failure::local(path, error))?,
        Err(error) if error.kind() == ErrorKind::NotFound && prompt == Prompt::New => {
            let secret = RootSecret::generate(&Environment::default())?;
            let mut file = create_private(path)?;
            file.write_all(secret.expose())
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::local(path, error))?;
            return Ok(secret);
        }
        Err(error) => return Err(Failure::local(path, error)),
    };
    match <[u8; 32]>::try_from(&bytes[..length]) {
        Ok(secret) => Ok(RootSecret::from_bytes(secret)),
        Err(_) => Err(Failure::Usage("a secret file has exactly 32 bytes".into())),
    }
}

fn read_up_to(mut file: File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

fn ask(prompt: Prompt) -> Result<Credential> {
    let ask = |text: &str| {
        rpassword::prompt_password(text).map(Zeroizing::new).map_err(|_| {
            Failure::Usage(format!(
                "no terminal to ask for the passphrase: set {PASSPHRASE_VARIABLE} or name a file"
            ))
        })
    };
    if prompt == Prompt::Known {
        return passphrase(&ask("Passphrase: ")?);
    }
    let first = ask("New passphrase: ")?;
    if first != ask("The same again: ")? {
        return Err(Failure::Usage("the two passphrases differ".into()));
    }
    passphrase(&first)
}

//! Where secrets come from: a file, the environment, or a prompt. Never the command line.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use sealwood::Error;
use sealwood::platform::Environment;
use sealwood::seal::{Passphrase, RecoveryPhrase, SlotSecret};
use sealwood::vault::Credential;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};
use crate::global::SecretFiles;
use crate::prompt::Terminal;
use crate::untypable::untypable;

const PASSPHRASE_VARIABLE: &str = "SEALWOOD_PASSPHRASE";
const PHRASE_VARIABLE: &str = "SEALWOOD_RECOVERY_PHRASE";

/// The longest file that a passphrase or words are read from, in bytes.
const SECRET_TEXT_BYTES_MAX: usize = 64 * 1024;

/// What opens a vault, as it was given.
pub(crate) struct Given {
    pub(crate) credential: Credential,
    /// Where a passphrase came from and what of it cannot be typed, if anything.
    untypable: Option<String>,
}

impl Given {
    /// Returns why this did not open a vault, with what may be the cause.
    pub(crate) fn explain(&self, error: Error) -> Failure {
        match (&error, &self.untypable) {
            (Error::WrongPassphrase, Some(more)) => {
                Failure::Explained { cause: Box::new(error.into()), more: more.clone() }
            }
            _ => error.into(),
        }
    }
}

/// Whether the vault is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Asked for once: a mistake shows at once.
    KnownVault,
    /// Asked for twice: a mistake would lock the vault.
    NewVault,
}

/// What opens the vault: from a file if one was named, else from the environment, else asked for.
pub(crate) fn known(files: &SecretFiles) -> Result<Given> {
    given(files, Of::KnownVault)
}

/// What shall open a new vault, from the same places. A passphrase that nobody can type is
/// refused.
pub(crate) fn new(files: &SecretFiles) -> Result<Credential> {
    let given = given(files, Of::NewVault)?;
    match given.untypable {
        Some(what) => Err(Failure::SecretRefused {
            reason: format!("{what}: nobody could type it"),
            path: files.passphrase_file.clone(),
        }),
        None => Ok(given.credential),
    }
}

fn given(files: &SecretFiles, of: Of) -> Result<Given> {
    // The parser does not look for this among options that stand anywhere on the line.
    if [&files.passphrase_file, &files.phrase_file, &files.secret_file]
        .into_iter()
        .flatten()
        .count()
        > 1
    {
        return Err(Failure::Usage("one file names the secret, and two are given".into()));
    }
    if let Some(path) = &files.passphrase_file {
        let text = read_text(path)?;
        return passphrase(text.lines().next().unwrap_or_default(), "the passphrase of the file");
    }
    if let Some(path) = &files.phrase_file {
        return from_words(&read_text(path)?);
    }
    if let Some(path) = &files.secret_file {
        return Ok(Credential::Secret(secret_of_file(path, of)?).into());
    }
    match (variable(PASSPHRASE_VARIABLE)?, variable(PHRASE_VARIABLE)?) {
        (Some(_), Some(_)) => {
            Err(Failure::Usage(format!("{PASSPHRASE_VARIABLE} and {PHRASE_VARIABLE} are both set")))
        }
        (Some(text), None) => passphrase(&text, PASSPHRASE_VARIABLE),
        (None, Some(words)) => from_words(&words),
        (None, None) => ask(of),
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

fn passphrase(text: &str, source: &str) -> Result<Given> {
    let passphrase = Passphrase::new(text)
        .map_err(|_| refused(format!("{source} has {} bytes: 1 to 1024 make one", text.len())))?;
    let untypable = untypable(text).map(|what| format!("{source} {what}"));
    Ok(Given { credential: Credential::Passphrase(passphrase), untypable })
}

fn from_words(words: &str) -> Result<Given> {
    // No word begins with a byte-order mark: an editor wrote it.
    let words = words.trim_start_matches('\u{feff}');
    Ok(Credential::Words(RecoveryPhrase::parse(words)?).into())
}

impl From<Credential> for Given {
    fn from(credential: Credential) -> Self {
        Self { credential, untypable: None }
    }
}

fn refused(reason: String) -> Failure {
    Failure::SecretRefused { reason, path: None }
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
    let mut bytes = Zeroizing::new(vec![0; SECRET_TEXT_BYTES_MAX + 1]);
    let length = File::open(path).and_then(|file| read_up_to(file, &mut bytes));
    let length = length.map_err(|error| Failure::local(path, error))?;
    if length > SECRET_TEXT_BYTES_MAX {
        return Err(Failure::SecretRefused {
            reason: format!("the file has more than {SECRET_TEXT_BYTES_MAX} bytes"),
            path: Some(path.to_owned()),
        });
    }
    bytes.truncate(length);
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::SecretRefused {
        reason: match bytes[..] {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16: save it as UTF-8".into(),
            _ => "the file is not UTF-8".into(),
        },
        path: Some(path.to_owned()),
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The secret in a file; a new vault gets a new one if there is no file.
fn secret_of_file(path: &Path, of: Of) -> Result<SlotSecret> {
    let mut bytes = Zeroizing::new([0; 33]);
    let length = match File::open(path) {
        Ok(file) => read_up_to(file, &mut *bytes).map_err(|error| Failure::local(path, error))?,
        Err(error) if error.kind() == ErrorKind::NotFound && of == Of::NewVault => {
            let secret = SlotSecret::generate(&Environment::default())?;
            let mut file = create_private(path)?;
            file.write_all(secret.expose())
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::local(path, error))?;
            return Ok(secret);
        }
        Err(error) => return Err(Failure::local(path, error)),
    };
    match <[u8; 32]>::try_from(&bytes[..length]) {
        Ok(secret) => Ok(SlotSecret::from_bytes(secret)),
        Err(_) => Err(Failure::SecretRefused {
            reason: "a secret file has exactly 32 bytes".into(),
            path: Some(path.to_owned()),
        }),
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

fn ask(of: Of) -> Result<Given> {
    let mut terminal = Terminal::open().map_err(|_| {
        Failure::Usage(format!(
            "no terminal to ask for the passphrase: set {PASSPHRASE_VARIABLE} or name a file"
        ))
    })?;
    let mut ask = |prompt: &str| {
        terminal.ask(prompt).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => refused("no passphrase was given".into()),
            ErrorKind::InvalidData => refused("the passphrase that was typed is not UTF-8".into()),
            _ => Failure::local(Path::new("the terminal"), error),
        })
    };
    const TYPED: &str = "the passphrase that was typed";
    if of == Of::KnownVault {
        return passphrase(&ask("Passphrase: ")?, TYPED);
    }
    let first = ask("New passphrase: ")?;
    if first != ask("The same again: ")? {
        return Err(refused("the two passphrases differ".into()));
    }
    passphrase(&first, TYPED)
}

//! What keeps the rows of one state apart from those of another.

use core::fmt;

use crate::compression::Mode;
use crate::error::{Error, Result};

/// The version of how elements are made, the first byte of each.
const VERSION: u8 = 1;

/// Where rows belong, and with which secret they are hashed.
///
/// The name is part of every element: the same key and value in two domains are two elements. With
/// a key, whoever does not know it can neither guess rows from a hash nor make rows for one.
#[derive(Clone)]
pub struct Domain {
    /// Version, length of the name, name.
    tag: [u8; 2 + Domain::NAME_BYTES_MAX],
    mode: Mode,
}

impl Domain {
    /// The longest name, in bytes.
    pub const NAME_BYTES_MAX: usize = 255;

    /// Returns the domain of a name, which may be empty. Anybody can compute its elements.
    ///
    /// # Errors
    ///
    /// [`Error::DomainLength`] if the name is longer than [`Domain::NAME_BYTES_MAX`].
    pub fn new(name: impl AsRef<[u8]>) -> Result<Self> {
        Self::with_mode(name.as_ref(), Mode::plain())
    }

    /// Returns the domain of a name under a secret key. The same name under another key, or under
    /// none, has elements that have nothing to do with these.
    ///
    /// # Errors
    ///
    /// [`Error::DomainLength`] if the name is longer than [`Domain::NAME_BYTES_MAX`].
    pub fn keyed(key: &[u8; 32], name: impl AsRef<[u8]>) -> Result<Self> {
        Self::with_mode(name.as_ref(), Mode::keyed(key))
    }

    /// Returns the name.
    pub fn name(&self) -> &[u8] {
        &self.tag()[2..]
    }

    /// Returns whether there is a key.
    pub fn is_keyed(&self) -> bool {
        self.mode.is_keyed()
    }

    /// The domain of a name, with a key or without.
    pub(crate) fn with_mode(name: &[u8], mode: Mode) -> Result<Self> {
        let length =
            u8::try_from(name.len()).map_err(|_| Error::DomainLength { bytes: name.len() })?;
        let mut tag = [0; 2 + Self::NAME_BYTES_MAX];
        tag[0] = VERSION;
        tag[1] = length;
        tag[2..2 + name.len()].copy_from_slice(name);
        Ok(Self { tag, mode })
    }

    /// What every message begins with.
    pub(crate) fn tag(&self) -> &[u8] {
        &self.tag[..2 + usize::from(self.tag[1])]
    }

    pub(crate) fn mode(&self) -> &Mode {
        &self.mode
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain")
            .field("name", &format_args!("{}", self.name().escape_ascii()))
            .field("keyed", &self.is_keyed())
            .finish()
    }
}

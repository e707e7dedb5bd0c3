//! From rows to their hash: one by one, and many at once.

use crate::compression::Mode;
use crate::domain::Domain;
use crate::hash::LtHash;
use crate::kernel::Kernel;
use crate::message::{Message, Raw, Row};

impl LtHash {
    /// Adds a row. Key and value may be empty: that is a row, too.
    pub fn add(&mut self, domain: &Domain, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.add_one(domain.mode(), Row::new(domain, key, value));
    }

    /// Removes a row that was added before.
    pub fn remove(&mut self, domain: &Domain, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.subtract_one(domain.mode(), Row::new(domain, key, value));
    }

    /// Adds many rows, several times as fast as one by one.
    pub fn add_batch<K: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        domain: &Domain,
        rows: impl IntoIterator<Item = (K, V)>,
    ) {
        self.merge(&Kernel::best().sum(domain, rows));
    }

    /// Removes many rows, several times as fast as one by one.
    pub fn remove_batch<K: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        domain: &Domain,
        rows: impl IntoIterator<Item = (K, V)>,
    ) {
        self.subtract(&Kernel::best().sum(domain, rows));
    }

    /// Adds a message as it is, without domain, lengths or key, as other implementations of this
    /// hash do. Whoever uses it sees to it that no two rows have the same message.
    pub fn add_raw(&mut self, message: impl AsRef<[u8]>) {
        self.add_one(&Mode::plain(), Raw(message));
    }

    /// Removes what [`add_raw`](Self::add_raw) added.
    pub fn remove_raw(&mut self, message: impl AsRef<[u8]>) {
        self.subtract_one(&Mode::plain(), Raw(message));
    }

    fn add_one(&mut self, mode: &Mode, message: impl Message) {
        Kernel::best().add_one(mode, message, self);
    }

    fn subtract_one(&mut self, mode: &Mode, message: impl Message) {
        let mut element = Self::identity();
        element.add_one(mode, message);
        self.subtract(&element);
    }
}

impl Kernel {
    /// Returns the hash of rows.
    pub fn sum<K: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        domain: &Domain,
        rows: impl IntoIterator<Item = (K, V)>,
    ) -> LtHash {
        let rows = rows.into_iter().map(|(key, value)| Row::new(domain, key, value));
        self.sum_all(domain.mode(), rows)
    }

    /// Returns the hash of messages as they are; see [`LtHash::add_raw`].
    pub fn sum_raw<M: AsRef<[u8]>>(self, messages: impl IntoIterator<Item = M>) -> LtHash {
        self.sum_all(&Mode::plain(), messages.into_iter().map(Raw))
    }
}

//! Reading a step, member by member. What nobody asked for is an error at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use sealwood::CallContext;
use sealwood::Error;
use serde_json::{Map, Value};

use crate::content;
use crate::spelled::{self, Rows};

/// Why a step ended without a result.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The library's typed error, which a scenario may expect.
    Error(Error),
    /// The scenario itself is wrong, or the step took for ever.
    Scenario(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<String> for Stop {
    fn from(what: String) -> Self {
        Self::Scenario(what)
    }
}

/// The members of one step.
pub(crate) struct Step {
    members: Map<String, Value>,
    seen: RefCell<BTreeSet<String>>,
    /// What cancels the step and hears of its progress.
    pub(crate) context: CallContext,
}

impl Step {
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        Self { members, seen: RefCell::default(), context: CallContext::new() }
    }

    pub(crate) fn observe(&mut self, progress: Arc<dyn sealwood::OnProgress>) {
        self.context.progress = Some(progress);
    }

    /// Fails if a member was never asked for.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let seen = self.seen.borrow();
        match self.members.keys().find(|name| !seen.contains(*name)) {
            Some(name) => Err(format!("unknown member {name:?}")),
            None => Ok(()),
        }
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.seen.borrow_mut().insert(name.to_owned());
        self.members.get(name)
    }

    fn get<'a, T>(
        &'a self,
        name: &str,
        kind: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let read = |value| read(value).ok_or_else(|| format!("{name:?} is no {kind}: {value}"));
        self.value(name).map(read).transpose()
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        self.get(name, "text", Value::as_str)
    }

    pub(crate) fn time(&self, name: &str) -> Result<Option<i64>, String> {
        self.get(name, "time", Value::as_i64)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, String> {
        self.get(name, "number", Value::as_u64)
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, String> {
        Ok(self.get(name, "true or false", Value::as_bool)?.unwrap_or_default())
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, String> {
        self.get(name, "object", Value::as_object)
    }

    pub(crate) fn need_text(&self, name: &str) -> Result<&str, String> {
        self.text(name)?.ok_or_else(|| format!("no {name:?}"))
    }

    pub(crate) fn need_number(&self, name: &str) -> Result<u64, String> {
        self.number(name)?.ok_or_else(|| format!("no {name:?}"))
    }

    pub(crate) fn content(&self, name: &str) -> Result<Vec<u8>, String> {
        content::bytes(self.value(name).ok_or_else(|| format!("no {name:?}"))?)
    }

    /// Bytes as steps of the engine and of hashes give them.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        self.value(name).map(spelled::bytes).transpose()
    }

    pub(crate) fn need_bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        self.bytes(name)?.ok_or_else(|| format!("no {name:?}"))
    }

    pub(crate) fn need_rows(&self, name: &str) -> Result<Rows, String> {
        spelled::rows(self.value(name).ok_or_else(|| format!("no {name:?}"))?)
    }

    /// The secret in `name`: a number, or hexadecimal digits.
    pub(crate) fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let bytes = |value: &Value| match value {
            Value::Number(number) => Some(vec![u8::try_from(number.as_u64()?).ok()?; 32]),
            Value::String(digits) => hex::decode(digits).ok(),
            _ => None,
        };
        self.get(name, "secret", bytes)
    }
}

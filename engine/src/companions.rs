//! What the users of one engine share beside its rows: a value of each type that was asked for.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::sync::lock;

/// A value of each type.
#[derive(Debug, Default)]
pub(crate) struct Companions(Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Companions {
    /// The value of this type, which is made if there is none.
    pub(crate) fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut companions = lock(&self.0);
        let companion = companions.entry(TypeId::of::<T>()).or_insert_with(|| Arc::<T>::default());
        // It is of the type that it was made for.
        Arc::clone(companion).downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_of_each_type() {
        let companions = Companions::default();
        *lock(&companions.of::<Mutex<u8>>()) = 1;
        *lock(&companions.of::<Mutex<u16>>()) = 2;
        assert_eq!(*lock(&companions.of::<Mutex<u8>>()), 1);
        assert_eq!(*lock(&companions.of::<Mutex<u16>>()), 2);
    }
}

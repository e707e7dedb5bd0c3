//! How far the engine's numbers go.

/// No file, replay order or revision of an engine has a higher number: there is always one after
/// it.
pub(crate) const NUMBER_MAX: u64 = 1 << 62;

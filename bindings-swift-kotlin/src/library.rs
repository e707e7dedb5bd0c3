//! What concerns the library as a whole.

/// The version of the core.
#[uniffi::export]
pub fn core_version() -> String {
    sealwood::VERSION.to_owned()
}

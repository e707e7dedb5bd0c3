//! Where rows belong.

use std::sync::Arc;

use sealwood::bridge::engine::domain;
use sealwood::lthash::{Domain, bucket_of};

use crate::error::CoreError;

/// A domain: a name, with a secret or without one. The secret is wiped when it is released.
#[derive(uniffi::Object)]
pub struct CoreDomain {
    pub(super) domain: Domain,
}

#[uniffi::export]
impl CoreDomain {
    /// The domain of a name of at most 255 bytes.
    #[uniffi::constructor]
    pub fn new(name: Vec<u8>) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { domain: domain(&name, None)? }))
    }

    /// The domain of a name and a secret of 32 bytes.
    #[uniffi::constructor]
    pub fn keyed(secret: &[u8], name: Vec<u8>) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { domain: domain(&name, Some(secret.to_vec()))? }))
    }

    /// The name.
    pub fn name(&self) -> Vec<u8> {
        self.domain.name().to_vec()
    }

    /// Whether there is a secret.
    pub fn is_keyed(&self) -> bool {
        self.domain.is_keyed()
    }
}

/// The bucket of a key.
#[uniffi::export]
pub fn core_bucket_of(key: Vec<u8>) -> u8 {
    bucket_of(&key)
}

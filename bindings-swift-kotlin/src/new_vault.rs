//! A vault that is drawn up and not stored yet.

use std::sync::Arc;

use sealwood::vault::{NewVault, Vault};

use crate::call::{CoreCall, run};
use crate::credential::CoreCredential;
use crate::error::CoreError;
use crate::settings::CoreConfig;
use crate::store::CoreStore;
use crate::vault::CoreVault;

/// A new vault before its first byte is stored.
#[derive(uniffi::Object)]
pub struct CoreNewVault {
    new: NewVault,
}

#[uniffi::export]
impl CoreNewVault {
    /// Draws up a new vault; nothing is stored.
    #[uniffi::constructor]
    pub async fn prepare(
        credential: Arc<CoreCredential>,
        config: CoreConfig,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        let config = config.config()?;
        let prepare = Vault::prepare_with(&credential.credential, &config);
        Ok(Arc::new(Self { new: run(call, prepare).await? }))
    }

    /// The 24 words that will open the vault.
    pub fn recovery_phrase(&self) -> Result<String, CoreError> {
        Ok(self.new.recovery_phrase()?.expose().to_owned())
    }

    /// Stores the vault in an empty store.
    pub async fn create(
        &self,
        store: Arc<CoreStore>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreVault>, CoreError> {
        let create = self.new.create(Arc::clone(store.store.objects()));
        Ok(Arc::new(CoreVault::new(run(call, create).await?)))
    }
}

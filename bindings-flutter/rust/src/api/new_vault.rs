//! A vault that is drawn up and not stored yet.

use flutter_rust_bridge::frb;
use sealwood::bridge::CredentialInput;
use sealwood::vault;

use crate::api::call::Call;
use crate::api::error::Failure;
use crate::api::input::{ConfigSpec, CredentialSpec};
use crate::api::store::Store;
use crate::api::vault::Vault;

/// A new vault before its first byte is stored.
#[frb(opaque)]
pub struct NewVault {
    inner: vault::NewVault,
}

impl NewVault {
    /// Draws up a new vault; nothing is stored.
    pub async fn prepare(
        credential: CredentialSpec,
        config: ConfigSpec,
        call: &Call,
    ) -> Result<NewVault, Failure> {
        let credential = CredentialInput::from(credential).credential()?;
        let config = config.config()?;
        let prepare = sealwood::Vault::prepare_with(&credential, &config);
        Ok(Self { inner: call.run(prepare).await? })
    }

    /// The 24 words that will open the vault.
    #[frb(sync)]
    pub fn recovery_phrase(&self) -> Result<String, Failure> {
        Ok(self.inner.recovery_phrase()?.expose().to_owned())
    }

    /// Stores the vault in an empty store.
    pub async fn create(&self, store: &Store, call: &Call) -> Result<Vault, Failure> {
        Ok(Vault::new(call.run(self.inner.create(store.inner.objects().clone())).await?))
    }
}

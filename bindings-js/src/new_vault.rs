//! A vault that is drawn up and not stored yet.

use std::sync::Arc;

use js_sys::Promise;
use sealwood::bridge::ConfigInput;
use sealwood::vault;
use wasm_bindgen::prelude::*;

use crate::credential::{ConfigArguments, Credential, config_input};
use crate::error::to_js;
use crate::store::Store;
use crate::vault::Vault;
use crate::watch::Watch;

/// A new vault before its first byte is stored.
#[wasm_bindgen]
pub struct NewVault(Arc<vault::NewVault>);

#[wasm_bindgen]
impl NewVault {
    /// A promise of a new vault that is not stored.
    pub fn prepare(credential: &Credential, config: &ConfigArguments, watch: &Watch) -> Promise {
        let credential = credential.0.clone();
        let config = config_input(config).and_then(ConfigInput::config);
        watch.promise(async move {
            sealwood::Vault::prepare_with(&credential, &config?)
                .await
                .map(|new| NewVault(Arc::new(new)))
        })
    }

    /// The 24 words.
    #[wasm_bindgen(js_name = recoveryPhrase)]
    pub fn recovery_phrase(&self) -> Result<JsValue, JsValue> {
        let phrase = self.0.recovery_phrase().map_err(to_js)?;
        Ok(phrase.expose().into())
    }

    /// A promise of the vault.
    pub fn create(&self, store: &Store, watch: &Watch) -> Promise {
        let (new, store) = (Arc::clone(&self.0), Arc::clone(&store.0));
        watch.promise(async move { new.create(store).await.map(Vault) })
    }
}

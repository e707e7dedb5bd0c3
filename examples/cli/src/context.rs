//! What a command runs in: its options, its output, its interrupt, and the way to the vault.

use std::env;

use sealwood::vault::VaultConfig;
use sealwood::{Vault, Watch};

use crate::address::Address;
use crate::arguments::Global;
use crate::clock_note::ClockNote;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::output::{Meter, Output, Results};
use crate::probe_memory;
use crate::secrets;

pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) interrupt: Interrupt,
    pub(crate) options: Global,
}

impl Context {
    pub(crate) fn new(options: Global, results: Results) -> Self {
        let output = Output::new(&options, results);
        Self { output, interrupt: Interrupt::default(), options }
    }

    /// The address that was given, or that of the environment.
    pub(crate) fn address(&self) -> Result<Address> {
        let given = self.options.vault.clone().or_else(|| env::var("SEALWOOD_VAULT").ok());
        let text = given.ok_or_else(|| {
            Failure::Usage("which vault? give --vault ADDRESS or set SEALWOOD_VAULT".into())
        })?;
        Address::parse(&text)
    }

    /// Opens the vault and runs `work` on it, until Ctrl-C.
    pub(crate) async fn with_vault(
        &self,
        work: impl AsyncFnOnce(&Vault) -> Result<()>,
    ) -> Result<()> {
        let address = self.address()?;
        address.expect_vault()?;
        let secret = secrets::known(&self.options.secrets)?;
        self.interrupt.listen()?;
        let store = self.interrupt.race(Box::pin(address.store())).await?;
        let opened = async {
            let config = VaultConfig { probe: probe_memory::probe(), ..VaultConfig::default() };
            let opened = Vault::open(store.objects(), &secret.credential, config).await;
            let vault = opened.map_err(|error| secret.explain(error))?;
            if let Some(note) = ClockNote::of(&vault) {
                self.output.note(note);
            }
            work(&vault).await
        };
        let outcome = self.interrupt.race(Box::pin(opened)).await;
        store.close_after(outcome).await
    }

    /// What a long call takes: Ctrl-C cancels it, and `meter` hears of its progress.
    pub(crate) fn watch(&self, meter: &Meter) -> Watch {
        Watch { cancel: self.interrupt.token(), progress: Some(meter.progress()) }
    }
}

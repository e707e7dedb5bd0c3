//! `cargo xtask fault-proxy`: a bad network between any client and any S3 server.

use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};
use sealwood_fault_proxy::{Proxy, Rule};

#[derive(clap::Args)]
pub(crate) struct FaultProxy {
    /// The server, as HOST:PORT; plain HTTP.
    #[arg(long)]
    upstream: String,
    /// Where to listen; port 0 is a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// Which requests meet what, such as `PUT */root nth=2 times=1 lose-answer`.
    ///
    /// Words in any order: a method, a pattern of the path in which `*` stands for any text,
    /// `nth=N` for the first request that is hit (the first), `times=N` for how many (all), and one
    /// of: delay=MILLISECONDS, rate=BYTES_A_SECOND, cut-request=BYTES, cut-answer=BYTES,
    /// flip-request=OFFSET, flip-answer=OFFSET, lose-answer, status=CODE[:RETRY_AFTER_SECONDS],
    /// redirect=URL, html, silence.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<Rule>,
}

impl FaultProxy {
    /// Passes on and prints a line for every exchange, until it is interrupted.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let proxy =
            Proxy::start_at(&self.listen, &self.upstream, Some(|exchange| println!("{exchange}")))
                .with_context(|| {
                    format!("cannot pass on from {} to {}", self.listen, self.upstream)
                })?;
        for rule in self.rules {
            proxy.add(rule);
        }
        println!("listening on {}", proxy.endpoint());
        loop {
            thread::park();
        }
    }
}

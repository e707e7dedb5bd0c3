//! `sealwood cat`

use std::ops::Range;
use std::str::FromStr;

use futures_util::TryStreamExt;
use sealwood::Vault;
use sealwood::path::VaultPath;
use sealwood::vault::ReadOptions;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Cat {
    /// Files of the vault
    #[arg(required = true)]
    paths: Vec<VaultArgument>,

    /// Of each file, the bytes from the first to the last, counted from 0, or to its end if that
    /// comes before; 100- for the rest
    #[arg(long, value_name = "FIRST-LAST")]
    range: Option<ByteRange>,
}

impl Cat {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let paths = self.paths.iter().map(|argument| &argument.path);
        context
            .with_vault_to_read(async |vault| write_all(context, vault, paths, self.range).await)
            .await
    }
}

/// Writes files, or a part of each, to standard output.
pub(crate) async fn write_all(
    context: &Context,
    vault: &Vault,
    paths: impl Iterator<Item = &VaultPath>,
    range: Option<ByteRange>,
) -> Result<()> {
    let snapshot = vault.snapshot().await?;
    let meter = context.output.counter_beside_bytes();
    for path in paths {
        let path = path.as_str();
        let at = |error| Failure::from(error).at(path);
        let call = context.call(&meter);
        let mut options = ReadOptions::new().context(call);
        if let Some(range) = range {
            options = options.range(range.within(snapshot.stat(path).await?.size));
        }
        let (_, mut content) = snapshot.get_stream_with(path, &options).await.map_err(at)?;
        while let Some(part) = content.try_next().await.map_err(at)? {
            context.output.bytes(&part)?;
        }
    }
    Ok(())
}

/// The first byte and the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteRange {
    first: u64,
    last: Option<u64>,
}

impl ByteRange {
    /// The part of so many bytes that it is.
    pub(crate) fn within(self, size: u64) -> Range<u64> {
        let end = self.last.map_or(size, |last| size.min(last + 1));
        self.first..end.max(self.first)
    }
}

impl FromStr for ByteRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "a range is FIRST-LAST or FIRST-";
        let (first, last) = text.split_once('-').ok_or(FORM)?;
        let first = first.parse().map_err(|_| FORM)?;
        let last: Option<u64> = match last {
            "" => None,
            last => Some(last.parse().map_err(|_| FORM)?),
        };
        match last {
            Some(u64::MAX) => Err(FORM),
            Some(last) if last < first => Err("a range does not end before it starts"),
            last => Ok(Self { first, last }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        let range = |text: &str| text.parse::<ByteRange>().map(|range| range.within(10)).ok();
        assert_eq!(range("0-0"), Some(0..1));
        assert_eq!(range("2-5"), Some(2..6));
        assert_eq!(range("4-"), Some(4..10));
        assert_eq!(range("4-11"), Some(4..10), "what there is of it");
        for past_the_end in ["12-", "12-13"] {
            assert_eq!(range(past_the_end), Some(12..12), "which the vault refuses");
        }
        for refused in ["", "-", "-5", "5", "5-4", "a-b", "0-18446744073709551615"] {
            assert_eq!(range(refused), None, "{refused}");
        }
    }
}

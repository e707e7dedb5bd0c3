//! Our rows held against the other implementation's of the same build.

use crate::{AVX512, PORTABLE, Row};

/// The size up to which a lead is promised.
const BYTES_MAX: usize = 300;

/// How many times as fast as the peer our best kernel has to be, on one thread.
const LEAD: f64 = if PORTABLE {
    1.0
} else if AVX512 {
    1.3
} else {
    3.0
};

/// Prints how far ahead we are to standard error, beside a report that a tool may read, and
/// returns whether that is too little anywhere.
pub(crate) fn print(rows: &[Row]) -> bool {
    let mut short = false;
    for theirs in rows.iter().filter(|row| row.peer.starts_with("solana")) {
        let ours = rows
            .iter()
            .filter(|row| row.peer.starts_with("sealwood"))
            .filter(|row| row.threads == 1 && row.bytes == theirs.bytes)
            .min_by(|a, b| a.ns_per_element.total_cmp(&b.ns_per_element));
        let Some(ours) = ours else { continue };
        let lead = theirs.ns_per_element / ours.ns_per_element;
        let word = match theirs.bytes {
            bytes if bytes > BYTES_MAX => "no promise",
            _ if lead >= LEAD => "met",
            _ => {
                short = true;
                "SHORT"
            }
        };
        eprintln!(
            "{word:<10} {} bytes: {} is {lead:.2} times as fast as {}, at least {LEAD} wanted",
            theirs.bytes, ours.peer, theirs.peer
        );
    }
    short
}

//! Authenticated encryption, one thread, in place.
//!
//! Two speeds per peer and message size: sealing alone under a key scheduled before, and *seal
//! and address*, which is what storing a content-addressed chunk costs: hash the plaintext under
//! a key, derive a fresh key from the hash, schedule it, encrypt.

mod composed;
mod rust_crypto;
mod sealwood;

#[cfg(feature = "peers")]
mod aws_lc;
#[cfg(feature = "peers")]
mod ring;

use std::hint::black_box;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::report::Report;
use crate::statistics::{median, timed};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Message sizes, in bytes.
    #[arg(long, value_delimiter = ',', default_value = "512,4096,65536,1048576")]
    bytes: Vec<usize>,
    /// How often every peer is measured at every size, interleaved.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// How many bytes a single sample seals.
    #[arg(long, default_value_t = 32 << 20)]
    sample_bytes: usize,
}

/// One way to seal messages.
trait SealPeer {
    /// The name in the report.
    fn name(&self) -> &'static str;

    /// Encrypts `message` in place under a key scheduled beforehand and a nonce made of
    /// `counter`. `None` from a peer that has no such operation.
    fn seal(&self, counter: u64, message: &mut [u8]) -> Option<Result<[u8; 16]>>;

    /// Computes the address of `message`, derives a key from it and encrypts in place.
    fn seal_and_address(&self, message: &mut [u8]) -> Result<Sealed>;
}

/// What sealing gives besides the ciphertext.
struct Sealed {
    address: [u8; 32],
    tag: [u8; 16],
}

#[derive(Serialize)]
struct Row {
    bench: &'static str,
    peer: &'static str,
    bytes: usize,
    gb_per_s: f64,
    seal_only_gb_per_s: Option<f64>,
}

#[derive(Default)]
struct Samples {
    seal: Vec<f64>,
    seal_and_address: Vec<f64>,
}

/// Measures every peer at every size and prints a row for each.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    let peers = peers()?;
    for &bytes in &options.bytes {
        let mut samples: Vec<Samples> = peers.iter().map(|_| Samples::default()).collect();
        for _ in 0..options.rounds {
            for (peer, samples) in peers.iter().zip(&mut samples) {
                sample(peer.as_ref(), bytes, options.sample_bytes, samples)?;
            }
        }
        for (peer, samples) in peers.iter().zip(&samples) {
            report.row(&Row {
                bench: "seal",
                peer: peer.name(),
                bytes,
                gb_per_s: median(&samples.seal_and_address),
                seal_only_gb_per_s: (!samples.seal.is_empty()).then(|| median(&samples.seal)),
            })?;
        }
    }
    Ok(())
}

fn peers() -> Result<Vec<Box<dyn SealPeer>>> {
    Ok(vec![
        sealwood::chunks()?,
        rust_crypto::aes_gcm()?,
        rust_crypto::chacha20_poly1305()?,
        #[cfg(feature = "peers")]
        ring::aes_gcm()?,
        #[cfg(feature = "peers")]
        ring::chacha20_poly1305()?,
        #[cfg(feature = "peers")]
        aws_lc::aes_gcm()?,
    ])
}

fn sample(
    peer: &dyn SealPeer,
    bytes: usize,
    sample_bytes: usize,
    samples: &mut Samples,
) -> Result<()> {
    let count = (sample_bytes / bytes.max(1)).max(1);
    let total = bytes * count;
    // Ciphertext is the next message: a cipher's speed does not depend on what it says.
    let mut message: Vec<u8> = (0..bytes).map(|i| i as u8).collect();

    if peer.seal(0, &mut message).is_some() {
        let (result, time) = timed(|| {
            (0..count as u64).try_for_each(|counter| -> Result<()> {
                let tag = peer.seal(counter, black_box(&mut message)).transpose()?;
                black_box(tag);
                Ok(())
            })
        });
        result?;
        samples.seal.push(gb_per_s(total, time));
    }

    let (result, time) = timed(|| {
        (0..count).try_for_each(|_| -> Result<()> {
            let sealed = peer.seal_and_address(black_box(&mut message))?;
            black_box((sealed.address, sealed.tag));
            Ok(())
        })
    });
    result?;
    samples.seal_and_address.push(gb_per_s(total, time));
    Ok(())
}

fn gb_per_s(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e9
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sealed(peer: &dyn SealPeer) -> (Vec<u8>, [u8; 32], [u8; 16], [u8; 16]) {
        let mut message = vec![42; 1_000];
        let sealed = peer.seal_and_address(&mut message).unwrap();
        let tag = peer.seal(7, &mut [1; 100]).unwrap().unwrap();
        (message, sealed.address, sealed.tag, tag)
    }

    #[test]
    fn two_algorithms_agree_on_the_address_only() {
        let aes = sealed(rust_crypto::aes_gcm().unwrap().as_ref());
        let chacha = sealed(rust_crypto::chacha20_poly1305().unwrap().as_ref());
        assert_eq!(aes.1, chacha.1);
        assert_ne!(aes.0, vec![42; 1_000]);
        assert_ne!((aes.0, aes.2, aes.3), (chacha.0, chacha.2, chacha.3));
    }

    #[cfg(feature = "peers")]
    #[test]
    fn libraries_agree_on_an_algorithm() {
        let aes = sealed(rust_crypto::aes_gcm().unwrap().as_ref());
        assert_eq!(aes, sealed(ring::aes_gcm().unwrap().as_ref()));
        assert_eq!(aes, sealed(aws_lc::aes_gcm().unwrap().as_ref()));
        let chacha = sealed(rust_crypto::chacha20_poly1305().unwrap().as_ref());
        assert_eq!(chacha, sealed(ring::chacha20_poly1305().unwrap().as_ref()));
    }
}

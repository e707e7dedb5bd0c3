//! How long objects are made, so that lengths tell little of what is in them.

use super::aead::TAG_BYTES;
use crate::codec::{Reader, put_bytes};
use crate::error::Result;

/// What errors call it.
const WHAT: &str = "padding";

/// The length that an object of `length` bytes is padded to, so that only about `log log length`
/// bits of it show: Padmé, from "Reducing Metadata Leakage from Encrypted Files and Communication
/// with PURBs" (Nikitin and others, 2019). At most an eighth longer.
pub(crate) fn padded_length(length: u64) -> u64 {
    let Some(exponent) = length.checked_ilog2().filter(|exponent| *exponent > 0) else {
        return length;
    };
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1u64 << exponent.saturating_sub(kept_bits)) - 1;
    length.checked_add(mask).map_or(length, |length| length & !mask)
}

/// Appends `body`, behind its length, to the `header` of an object, and zeros until the object,
/// once all after its header is sealed, has a padded length.
pub(super) fn put_padded(header: &[u8], body: &[u8]) -> Vec<u8> {
    // As long as it will be, and for the tag: growing would leave copies of the body behind.
    let most = header.len() + body.len() + 2 * TAG_BYTES;
    let mut out = Vec::with_capacity(most + most / 8);
    out.extend_from_slice(header);
    put_bytes(&mut out, body);
    let length = padded_length((out.len() + TAG_BYTES) as u64) as usize;
    out.resize(length - TAG_BYTES, 0);
    out
}

/// The body in what was sealed behind a header of `header_bytes`. There is one way to pad it.
pub(super) fn padded_body(header_bytes: usize, sealed: &[u8]) -> Result<&[u8]> {
    let mut reader = Reader::new(sealed, WHAT);
    let body = reader.bytes()?;
    let outside = (header_bytes + TAG_BYTES) as u64;
    let bare = outside + (sealed.len() - reader.remaining()) as u64;
    let is_padded = padded_length(bare) == outside + sealed.len() as u64;
    let padding = reader.take(reader.remaining())?;
    if is_padded && padding.iter().all(|byte| *byte == 0) {
        Ok(body)
    } else {
        Err(reader.malformed())
    }
}

/// Reads what is sealed behind a header and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_padded(header_bytes: usize, sealed: &[u8]) -> Result<Vec<u8>> {
    let body = padded_body(header_bytes, sealed)?;
    Ok(put_padded(&vec![0; header_bytes], body).split_off(header_bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn padding_hides_lengths_and_costs_at_most_an_eighth() {
        // Behind the first bit of a length two more are kept of 9, three of 200, five of 2^20 + 1.
        for (length, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (8, 8),
            (9, 10),
            (192, 192),
            (200, 208),
            ((1 << 20) + 1, 1_081_344),
        ] {
            assert_eq!(padded_length(length), padded, "{length}");
        }
        for length in (0..70_000).chain([u64::MAX, u64::MAX / 3, 1 << 40]) {
            let padded = padded_length(length);
            assert!(padded >= length && padded - length <= length / 8, "{length}: {padded}");
            assert_eq!(padded_length(padded), padded, "{length}");
        }
    }

    #[test]
    fn a_body_is_padded_in_one_way() {
        let header = [7; 39];
        let code = |sealed: &[u8]| padded_body(39, sealed).map_or_else(|e| e.code(), |_| "ok");
        for length in (0..600).chain([8_000, 70_000]) {
            let body = vec![1; length];
            let sealed = put_padded(&header, &body).split_off(39);
            assert_eq!(padded_body(39, &sealed).unwrap(), body);
            let object = (39 + sealed.len() + TAG_BYTES) as u64;
            assert_eq!(padded_length(object), object);
            // A byte that is no zero, a byte more, and one less.
            let mut other = sealed.clone();
            if *other.last().unwrap() == 0 {
                *other.last_mut().unwrap() = 1;
                assert_eq!(code(&other), "malformed", "{length}");
            }
            assert_eq!(code(&[&sealed[..], &[0]].concat()), "malformed", "{length}");
            assert_eq!(code(&sealed[..sealed.len() - 1]), "malformed", "{length}");
        }
        assert_eq!(code(&[]), "malformed");
    }
}

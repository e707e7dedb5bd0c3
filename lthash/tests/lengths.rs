//! Only bytes of the right length are a hash, and only names of the right length are names.

#![allow(clippy::unwrap_used)]

#[path = "common/noise.rs"]
mod noise;

use noise::noise;
use sealwood_lthash::{Domain, Error, LtHash};

#[test]
fn every_other_length_is_refused() {
    let bytes = noise(1, 4096);
    for length in 0..=bytes.len() {
        match LtHash::decode(&bytes[..length]) {
            Ok(hash) => {
                assert_eq!(length, LtHash::BYTES);
                assert_eq!(hash.encode(), bytes[..length]);
            }
            Err(error) => {
                assert_ne!(length, LtHash::BYTES);
                assert_eq!(error, Error::HashLength { bytes: length });
            }
        }
    }
}

#[test]
fn names_have_at_most_255_bytes() {
    for length in 0..=255 {
        let name = noise(2, length);
        assert_eq!(Domain::new(&name).unwrap().name(), name);
        assert_eq!(Domain::keyed(&[1; 32], &name).unwrap().name(), name);
    }
    let error = Domain::new(noise(2, 256)).unwrap_err();
    assert_eq!(error, Error::DomainLength { bytes: 256 });
}

#[test]
fn nothing_of_the_key_is_shown() {
    let domain = Domain::keyed(&[0xab; 32], "a\n").unwrap();
    assert_eq!(format!("{domain:?}"), r"Domain { name: a\n, keyed: true }");
}

#[test]
fn the_key_and_its_absence_make_elements_of_their_own() {
    let domains = [
        Domain::new("d").unwrap(),
        Domain::keyed(&[0; 32], "d").unwrap(),
        Domain::keyed(&[1; 32], "d").unwrap(),
        Domain::keyed(&[1; 32], "e").unwrap(),
    ];
    let hashes = domains.map(|domain| {
        let mut hash = LtHash::identity();
        hash.add(&domain, "key", "value");
        hash
    });
    for (index, hash) in hashes.iter().enumerate() {
        assert!(!hashes[..index].contains(hash), "{index}");
    }
}

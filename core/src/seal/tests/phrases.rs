//! The words of a secret.

use super::code;
use crate::seal::*;

#[test]
fn a_recovery_phrase_is_24_words_and_catches_typos() {
    let secret = SlotSecret::from_bytes([0x5a; 32]);
    let phrase = secret.recovery_phrase().unwrap();
    assert_eq!(phrase.expose().split(' ').count(), 24);
    let typed = format!("  {} \n", phrase.expose().to_uppercase());
    assert!(RecoveryPhrase::parse(&typed).unwrap().secret().unwrap() == secret);
    let swapped = phrase.expose().replacen(phrase.expose().split(' ').next().unwrap(), "zoo", 1);
    assert_eq!(code(RecoveryPhrase::parse(&swapped)), "invalid-phrase");
    assert_eq!(code(RecoveryPhrase::parse("abandon abandon")), "invalid-phrase");
}

#[test]
fn words_do_not_show() {
    let phrase = SlotSecret::from_bytes([0x41; 32]).recovery_phrase().unwrap();
    let shown = format!("{phrase:?}");
    assert!(phrase.expose().split(' ').all(|word| !shown.contains(word)), "{shown}");
}

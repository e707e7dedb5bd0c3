//! What passphrases cost.

use super::code;
use crate::error::Error;
use crate::seal::*;

const CHEAPEST: KdfParams =
    KdfParams { memory_kib: KdfParams::MEMORY_KIB_MIN, passes: KdfParams::PASSES_MIN, lanes: 1 };

#[test]
fn a_new_passphrase_is_not_guessed_cheaply() {
    let outcome = |params: KdfParams| code(params.check_new(KdfParams::CEILING));
    assert_eq!(outcome(CHEAPEST), "ok");
    let less = KdfParams { memory_kib: CHEAPEST.memory_kib - 1, ..CHEAPEST };
    assert_eq!(outcome(less), "invalid-argument");
    assert_eq!(outcome(KdfParams { passes: CHEAPEST.passes - 1, ..CHEAPEST }), "invalid-argument");
    let out_of_range = KdfParams { memory_kib: u32::MAX, ..CHEAPEST };
    let refused = out_of_range.check_new(KdfParams { memory_kib: 1, ..KdfParams::CEILING });
    assert!(matches!(refused, Err(Error::InvalidArgument { .. })));
    let low = KdfParams { memory_kib: CHEAPEST.memory_kib, passes: 1, lanes: 1 };
    assert_eq!(code(CHEAPEST.check_new(low)), "passphrase-too-costly");
}

#[test]
fn what_may_be_spent_is_bounded_by_memory_and_by_work() {
    let default = KdfParams::default();
    let ask = |memory_kib, passes| {
        code(KdfParams { memory_kib, passes, lanes: 1 }.check_ceiling(KdfParams::CEILING))
    };
    assert_eq!(ask(1024 * 1024, 64), "passphrase-too-costly");
    assert_eq!(ask(4 * default.memory_kib + 1, 1), "passphrase-too-costly");
    assert_eq!(ask(4 * default.memory_kib, default.passes + 1), "passphrase-too-costly");
    assert_eq!(ask(default.memory_kib, 4 * default.passes + 1), "passphrase-too-costly");
    assert_eq!(ask(4 * default.memory_kib, default.passes), "ok");
    assert_eq!(ask(8, 1), "ok");
}

#[test]
fn a_passphrase_does_not_show() {
    let shown = format!("{:?}", Passphrase::new("AAAA").unwrap());
    assert!(!shown.contains("65") && !shown.contains("AAAA"));
}

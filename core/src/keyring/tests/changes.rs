//! Changes of keyrings.

use super::*;
use crate::seal::Epoch;

fn made(change: &Change, keyring: &Keyring) -> Result<Keyring> {
    let next = change.make(keyring, &Heads::default(), &environment())?;
    assert!(change.is_made(&next) && keyring.may_be_followed_by(&next));
    Ok(next)
}

fn epoch(keyring: &Keyring) -> u16 {
    keyring.epochs().newest().epoch().number()
}

#[test]
fn a_slot_that_was_added_opens_the_same_epoch() {
    let before = keyring(&[1]);
    let after = made(&Change::Add(slot(2)), &before).unwrap();
    assert_eq!((epoch(&before), epoch(&after)), (1, 1));
    let (read, unlocked) = opened(after.bytes(), &secret(2)).unwrap();
    assert!(Some(&unlocked.key) == before.newest_key());
    assert_eq!(read.slots().len(), 2);
    assert_eq!(code(opened(before.bytes(), &secret(2))), "wrong-key");
}

#[test]
fn a_slot_that_was_removed_opens_the_epochs_before_alone() {
    let added = slot(2);
    let before = Keyring::create(&[slot(1), added.clone()], &chain(), &environment()).unwrap();
    let after = made(&Change::Remove(added.id()), &before).unwrap();
    assert_eq!(epoch(&after), 2);
    assert_eq!(code(opened(after.bytes(), &secret(2))), "wrong-key");
    let (read, unlocked) = opened(after.bytes(), &secret(1)).unwrap();
    assert!(Some(&unlocked.key) != before.newest_key());
    // The ring has the key that was.
    let of = |keyring: &Keyring| keyring.epochs().of(Epoch::FIRST).is_some();
    assert!(of(&read) && of(&before));
    // The key of the epoch before does not open what came after.
    let locked = Locked::decode(after.bytes().clone()).unwrap();
    assert_eq!(code(locked.open(before.newest_key().unwrap())), "object-corrupt");
}

#[test]
fn the_last_slot_stays() {
    let keyring = keyring(&[1]);
    let id = keyring.slots()[0].id;
    assert_eq!(
        code(Change::Remove(id).make(&keyring, &Heads::default(), &environment())),
        "last-slot"
    );
    let by = slot(2);
    let change = Change::Replace { which: Which::One(id), by: by.clone() };
    let after = made(&change, &keyring).unwrap();
    assert_eq!(after.slots().iter().map(|slot| slot.id).collect::<Vec<_>>(), [by.id()]);
    assert_eq!(code(opened(after.bytes(), &secret(1))), "wrong-key");
    assert_eq!(code(opened(after.bytes(), &secret(2))), "ok");
    // Made again where somebody else had replaced it meanwhile.
    let other = Change::Replace { which: Which::One(id), by: slot(3) };
    assert_eq!(code(other.make(&after, &Heads::default(), &environment())), "slot-not-found");
}

#[test]
fn new_words_replace_all_that_were() {
    let words = |fill| drawn(&secret(fill), SlotKind::Words, "").slot;
    let before = Keyring::create(&[slot(1), words(2), words(3)], &chain(), &environment()).unwrap();
    let change = Change::Replace { which: Which::Kind(SlotKind::Words), by: words(4) };
    let after = made(&change, &before).unwrap();
    let codes = [1, 2, 3, 4].map(|fill| code(opened(after.bytes(), &secret(fill))));
    assert_eq!(codes, ["ok", "wrong-key", "wrong-key", "ok"]);
    // Where there were none it is one more.
    assert_eq!(code(made(&change, &keyring(&[1]))), "ok");
}

#[test]
fn a_change_knows_whether_it_was_made() {
    let (one, two) = (slot(1), slot(2));
    let before = Keyring::create(&[one.clone(), two.clone()], &chain(), &environment()).unwrap();
    let (add, remove) = (Change::Add(slot(3)), Change::Remove(two.id()));
    let replace = Change::Replace { which: Which::One(one.id()), by: slot(4) };
    for change in [&add, &remove, &replace] {
        assert!(!change.is_made(&before));
    }
    for change in [&add, &remove, &replace] {
        assert!(change.is_made(&made(change, &before).unwrap()));
    }
}

/// What a store sees of a change: salts of slots that were added, and nothing else that stays.
#[test]
fn slots_and_decoys_look_alike_from_keyring_to_keyring() {
    let (one, two) = (slot(1), slot(2));
    let first = Keyring::create(&[one, two.clone()], &chain(), &environment()).unwrap();
    let second = made(&Change::Add(slot(3)), &first).unwrap();
    let third = made(&Change::Remove(two.id()), &second).unwrap();
    let differing = |before: &Keyring, after: &Keyring| {
        let pairs = || before.slots.iter().zip(&after.slots);
        assert!(pairs().all(|(one, next)| one.wrapped.enc != next.wrapped.enc
            && one.wrapped.sealed != next.wrapped.sealed));
        pairs().filter(|(one, next)| one.head != next.head || one.seed != next.seed).count()
    };
    assert_eq!(differing(&first, &second), 1);
    assert_eq!(differing(&second, &third), 0);
}

#[test]
fn slots_are_doubled_up_to_256() {
    let mut keyring = keyring(&[0]);
    for number in 1..=255u8 {
        keyring =
            Change::Add(slot(number)).make(&keyring, &Heads::default(), &environment()).unwrap();
        let expected = (usize::from(number) + 1).next_power_of_two().max(8);
        assert_eq!(keyring.slots.len(), expected, "{number}");
    }
    assert!(keyring.bytes().len() as u64 <= KEYRING_BYTES_MAX);
    let refused = Change::Add(slot(0)).make(&keyring, &Heads::default(), &environment());
    assert_eq!(code(refused), "invalid-argument");
    for fill in [0, 100, 255] {
        assert_eq!(code(opened(keyring.bytes(), &secret(fill))), "ok");
    }
}

#[test]
fn epochs_end_with_the_last() {
    let mut keyring = keyring(&[1]);
    keyring.contents.first = Epoch::LAST;
    let id = keyring.slots()[0].id;
    let change = Change::Replace { which: Which::One(id), by: slot(2) };
    assert_eq!(code(change.make(&keyring, &Heads::default(), &environment())), "invalid-argument");
    assert_eq!(code(Change::Add(slot(2)).make(&keyring, &Heads::default(), &environment())), "ok");
}

#[test]
fn a_keyring_with_other_keys_or_fewer_epochs_does_not_follow() {
    let two = slot(2);
    let before = Keyring::create(&[slot(1), two.clone()], &chain(), &environment()).unwrap();
    let after = Change::Remove(two.id()).make(&before, &Heads::default(), &environment()).unwrap();
    assert!(before.may_be_followed_by(&after) && before.may_be_followed_by(&before));
    assert!(!after.may_be_followed_by(&before));
    assert!(!before.may_be_followed_by(&keyring(&[1])));
}

#[test]
fn labels_have_64_bytes() {
    let label = |length: usize| {
        let (label, environment) = ("x".repeat(length), environment());
        code(block_on(NewSlot::draw(
            &secret(1),
            SlotKind::Secret,
            &label,
            None,
            COST,
            &environment,
        )))
    };
    assert_eq!((label(64), label(65)), ("ok", "invalid-argument"));
}

/// Where a slot holds no seed there is noise in its place.
#[test]
fn a_slot_without_a_seed_gives_none() {
    let (opener, environment) = (secret(1), environment());
    let drawing = NewSlot::draw(&opener, SlotKind::Device, "", None, COST, &environment);
    let slot = block_on(drawing).unwrap().slot;
    let keyring = Keyring::create(&[slot], &chain(), &environment).unwrap();
    assert!(opened(keyring.bytes(), &opener).unwrap().1.seed.is_none());
}

#[test]
fn ids_of_slots_are_text_too() {
    let id = keyring(&[1]).slots()[0].id;
    assert_eq!(id.to_string().parse::<SlotId>().unwrap(), id);
    assert_eq!(SlotId::from_bytes(id.to_bytes()), id);
    for wrong in ["", "00", &id.to_string().to_uppercase(), &format!("{id}0")] {
        let is_same = *wrong == id.to_string();
        assert!(is_same || wrong.parse::<SlotId>().is_err(), "{wrong}");
    }
}

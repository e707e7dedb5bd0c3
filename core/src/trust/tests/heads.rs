//! Rows and heads: their bytes, what they cannot be, and what they are to each other.

use super::super::*;
use super::fixture::{chain, continued, history, root, session};

fn code<T>(outcome: RefusalResult<T>) -> &'static str {
    outcome.map(|_| "ok").unwrap_or_else(|refusal| refusal.code())
}

fn bytes(rows: &Rows) -> Vec<u8> {
    let mut bytes = Vec::new();
    rows.put(&mut bytes);
    bytes
}

const DEVICE: Author = Author::Device(0);

/// Heads after commits of devices and of sessions.
fn some() -> Heads {
    let authors = [DEVICE, session(2, 1), Author::Device(3), session(2, 2), session(0, 3), DEVICE];
    history(&chain(), &authors).last().unwrap().after().clone()
}

#[test]
fn what_is_written_is_read_and_there_is_one_spelling() {
    for heads in [Heads::default(), some()] {
        let bytes = bytes(heads.rows());
        assert_eq!(Heads::new(Rows::decode(&bytes).unwrap()).unwrap(), heads);
        for length in 0..bytes.len() {
            assert_eq!(code(Rows::decode(&bytes[..length])), "malformed");
        }
        assert_eq!(code(Rows::decode(&[&bytes[..], &[0]].concat())), "malformed");
    }
}

#[test]
fn rows_that_cannot_be_are_refused() {
    let row = |counter: u8, sequence: u8| [&[counter, sequence][..], &[7; 32]].concat();
    let devices = |rows: &[(u8, Vec<u8>)]| {
        let rows = rows.iter().flat_map(|(gap, row)| [&[*gap][..], &row[..]].concat());
        [0, rows.clone().count() as u8 / 35].into_iter().chain(rows).collect::<Vec<u8>>()
    };
    let outcome = |bytes: &[u8]| Rows::decode(bytes).and_then(Heads::new).map_err(|r| r.code());
    assert!(outcome(&devices(&[(0, row(1, 1))])).is_ok());
    assert!(outcome(&devices(&[(0, row(1, 3)), (2, row(2, 2))])).is_ok());
    for (what, bytes) in [
        ("no commit", devices(&[(0, row(0, 1))])),
        ("more commits than there were", devices(&[(0, row(2, 1))])),
        ("fewer commits than there were", devices(&[(0, row(1, 2))])),
        ("one commit of two", devices(&[(0, row(1, 2)), (0, row(1, 2))])),
        ("two commits where there is place for one", devices(&[(0, row(1, 1)), (0, row(2, 2))])),
        ("early commits too many", devices(&[(0, row(1, 1)), (0, row(2, 2)), (0, row(1, 4))])),
        ("more rows than follow", [&[0, 9][..], &devices(&[(0, row(1, 1))])[2..]].concat()),
    ] {
        assert_eq!(outcome(&bytes), Err("malformed"), "{what}");
    }
    let mut far = vec![0, 1];
    far.extend([0x80, 0x08]); // 1,024
    far.extend(row(1, 1));
    assert_eq!(outcome(&far), Err("malformed"));
    let shared = |past: &[(u8, u8)]| {
        let mut out = [&[1, 0, 3, 3][..], &[7; 32], &[1; 8], &[past.len() as u8]].concat();
        for (lane, less) in past {
            out.extend([&[*lane; 8][..], &[*less], &[0; 8]].concat());
        }
        [out, vec![0]].concat()
    };
    assert!(outcome(&shared(&[])).is_ok());
    assert!(outcome(&shared(&[(2, 0), (3, 0)])).is_ok());
    for (what, past) in [
        ("a lane twice", &[(2, 0), (2, 0)][..]),
        ("the last lane again", &[(1, 0)]),
        ("a commit before the first", &[(2, 2)]),
        ("more lanes than commits", &[(2, 0), (3, 0), (4, 0)]),
    ] {
        assert_eq!(outcome(&shared(past)), Err("malformed"), "{what}");
    }
    let mut many = shared(&[]);
    many[4 + 32 + 8] = LANES_MAX as u8;
    assert_eq!(outcome(&many), Err("malformed"));
}

#[test]
fn a_commit_advances_one_row_by_one() {
    let chain = chain();
    let mut last: Option<SignedRoot> = None;
    for author in [DEVICE, session(1, 1), DEVICE, session(1, 2), session(1, 1)] {
        let next = root(&chain, last.as_ref(), author, 0);
        let (before, after) = (next.before(), next.after());
        assert_eq!(after.commits(), before.commits() + 1);
        assert_eq!(before.relation(after), Relation::Before);
        assert_eq!(after.relation(before), Relation::After);
        assert_eq!(after.last_hash(), next.hash());
        assert_eq!(after.last(author.row()).unwrap().sequence, next.sequence());
        let others = after.rows().ids().filter(|id| *id != author.row());
        others.for_each(|id| assert_eq!(after.last(id), before.last(id)));
        assert_eq!(code(Heads::new(after.rows().clone())), "ok");
        last = Some(next);
    }
    assert_eq!(last.unwrap().after().last(RowId::Member(1)).unwrap().counter, 3);
}

#[test]
fn rows_rest_and_come_back() {
    let chain = chain();
    let mut roots = history(&chain, &[Author::Device(3), session(2, 1)]);
    roots.extend(continued(&chain, roots.last(), &vec![DEVICE; IDLE_COMMITS as usize], 0));
    let heads = roots.last().unwrap().after();
    let resting = heads.idle();
    assert_eq!(resting.ids().collect::<Vec<_>>(), [RowId::Member(2), RowId::Device(3)]);
    let earlier = roots[roots.len() - 2].after().idle();
    assert_eq!(earlier.ids().collect::<Vec<_>>(), [RowId::Device(3)]);
    let active = heads.active(&resting);
    assert_eq!(active.ids().collect::<Vec<_>>(), [RowId::Device(0)]);
    assert_eq!(&Heads::of(active.clone(), &resting).unwrap(), heads);
    // One of them is back.
    let back = root(&chain, roots.last(), Author::Device(3), 0);
    let active = back.after().active(&resting);
    assert_eq!(active.ids().collect::<Vec<_>>(), [RowId::Device(0), RowId::Device(3)]);
    assert_eq!(&Heads::of(active, &resting).unwrap(), back.after());
    // A row that rests is not carried as well, and is not older than it was.
    assert_eq!(code(Heads::of(heads.rows().clone(), &resting)), "malformed");
    assert_eq!(code(Heads::of(roots[0].after().rows().clone(), &resting)), "malformed");
    assert_eq!(code(Heads::of(heads.active(&resting), &Rows::default())), "malformed");
}

#[test]
fn sessions_that_share_a_row_are_told_apart() {
    let chain = chain();
    let begun = history(&chain, &[DEVICE, session(0, 1)]);
    let one = continued(&chain, begun.last(), &[session(0, 2)], 1);
    // Two others count further in another history, or the same session is used there.
    for others in [
        vec![session(0, 3)],
        vec![session(0, 3), session(0, 3)],
        vec![session(0, 3), session(0, 4), session(0, 1)],
    ] {
        let other = continued(&chain, begun.last(), &others, 2);
        let relation = |root: &SignedRoot| one[0].after().relation(root.after());
        assert_eq!(relation(other.last().unwrap()), Relation::Contradicts, "{others:?}");
    }
    let went_on = continued(&chain, one.last(), &[session(0, 1), session(0, 3)], 2);
    assert_eq!(one[0].after().relation(went_on[1].after()), Relation::Before);
    // A commit of a listed session that was never made.
    let less = continued(&chain, begun.last(), &[session(0, 2), session(0, 1)], 1);
    assert_eq!(went_on[0].after().relation(less[1].after()), Relation::Contradicts);
}

#[test]
fn so_many_sessions_are_listed_and_no_more() {
    let chain = chain();
    let first = root(&chain, None, session(0, 0), 0);
    let authors: Vec<_> = (1..=LANES_MAX as u8).map(|lane| session(0, lane)).collect();
    let roots = continued(&chain, Some(&first), &authors, 0);
    let state = |root: &SignedRoot, lane| root.after().author_state(session(0, lane));
    let (listed, full) = (&roots[LANES_MAX - 2], &roots[LANES_MAX - 1]);
    assert!(matches!(state(listed, 0), LaneState::At(1, _)));
    assert_eq!(state(full, 0), LaneState::Unknown(2));
    assert_eq!(state(&first, 1), LaneState::Never);
    // What is not listed any more is no contradiction.
    assert_eq!(first.after().relation(full.after()), Relation::Before);
    let other = continued(&chain, Some(&root(&chain, None, session(0, 99), 0)), &authors, 0);
    let relation = |root: &SignedRoot| first.after().relation(root.after());
    assert_eq!(relation(&other[LANES_MAX - 2]), Relation::Contradicts);
    assert_eq!(relation(&other[LANES_MAX - 1]), Relation::Before);
}

#[test]
fn the_last_sequence_number_is_the_last() {
    let end = 1u64 << 63;
    let mut bytes = vec![0, 1, 0];
    for _ in 0..2 {
        crate::codec::put_varint(&mut bytes, end - 1);
    }
    bytes.extend([1; 32]);
    let heads = Heads::new(Rows::decode(&bytes).unwrap()).unwrap();
    assert_eq!(heads.commits(), end - 1);
    assert_eq!(code(heads.advanced(DEVICE, RootHash::from_bytes([0; 32]))), "malformed");
}

/// Sessions that sign in two histories, as none does that is honest, are told by the commits of
/// others that the row lists.
#[test]
fn a_row_that_lists_other_commits_is_of_another_history() {
    let chain = chain();
    let begun = history(&chain, &[session(0, 1)]);
    let row = |authors: &[Author]| continued(&chain, begun.last(), authors, 0).pop().unwrap();
    let relation = |one: &SignedRoot, other: &SignedRoot| one.after().relation(other.after());
    let one = row(&[session(0, 2)]);
    // The same session, after somebody else.
    let other = row(&[session(0, 3), session(0, 2)]);
    assert_eq!(relation(&one, &other), Relation::Contradicts);
    // So many others that the list is full, while one that wrote earlier is still on it.
    let mut authors = vec![session(0, 50)];
    authors.extend((51..50 + LANES_MAX as u8 - 1).map(|lane| session(0, lane)));
    authors.push(session(0, 50));
    let full = row(&authors);
    assert_eq!(full.after().author_state(session(0, 2)), LaneState::Unknown(1));
    assert_eq!(relation(&one, &full), Relation::Contradicts);
}

#[test]
fn a_row_has_a_root_for_each_commit() {
    let row = |counter, sequence| Row { counter, sequence, hash: RootHash::from_bytes([1; 32]) };
    assert_eq!(row(1, 1).relation(&row(3, 3)), Relation::Before);
    assert_eq!(row(3, 3).relation(&row(1, 1)), Relation::After);
    assert_eq!(row(1, 2).relation(&row(3, 3)), Relation::Contradicts);
    assert_eq!(row(1, 5).relation(&row(2, 4)), Relation::Contradicts);
    assert_eq!(row(1, 5).relation(&row(1, 4)), Relation::Contradicts);
}

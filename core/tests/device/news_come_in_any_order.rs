//! Sessions learn of things in any order, and what cannot be both true is not remembered.

use bytes::Bytes;
use sealwood::Error;
use sealwood::internals::{DeviceRecord, News, SENT_MAX, STORES_MAX, StoreNote};

use crate::fixture::*;

fn store(identity: &str, seen_ms: u64, probed_ms: Option<u64>) -> News {
    let note = StoreNote { seen_ms, probed_ms };
    News { stores: [(identity.to_owned(), note)].into(), ..News::default() }
}

fn merged<'a>(news: impl IntoIterator<Item = &'a News>) -> DeviceRecord {
    news.into_iter().fold(DeviceRecord::default(), |record, news| record.merged(news).unwrap())
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let insert = |order: Vec<usize>| {
        (0..count).map(move |at| [&order[..at], &[count - 1], &order[at..]].concat())
    };
    orders(count - 1).into_iter().flat_map(insert).collect()
}

#[test]
fn whatever_the_order_the_same_is_remembered() {
    let roots = history(6);
    let news = [
        accepted(&roots[1]),
        News { sent: vec![sent(7, 1), sent(3, 2)], ..accepted(&roots[5]) },
        News { device: Some(2), sent: vec![sent(6, 3), sent(9, 4)], ..accepted(&roots[3]) },
        News { device: Some(1), ..store("s3://a", 5, Some(9)) },
        store("s3://a", 8, None),
        setting("name", "value"),
    ];
    let expected = merged(&news);
    assert_eq!(sequence(&expected), 6);
    assert_eq!(expected.device, Some(2));
    assert_eq!(expected.sent, [sent(7, 1), sent(9, 4)].into());
    assert_eq!(expected.stores["s3://a"], StoreNote { seen_ms: 8, probed_ms: Some(9) });
    for order in orders(news.len()) {
        assert_eq!(merged(order.iter().map(|at| &news[*at])), expected, "{order:?}");
    }
    // Twice is once.
    assert_eq!(merged(news.iter().chain(&news)), expected);
}

#[test]
fn two_histories_are_a_fork_and_the_first_one_stays() {
    let roots = history(6);
    let other = continued(roots[..3].to_vec(), 9, 1);
    let record = merged([&accepted(&roots[5])]);
    for (number, fork) in other.iter().enumerate().skip(3) {
        let error = record.clone().merged(&accepted(fork)).unwrap_err();
        let expected = number as u64 + 1;
        assert!(matches!(error, Error::Fork { sequence } if sequence == expected), "{error}");
    }
    // What both share is old news.
    assert_eq!(record.clone().merged(&accepted(&other[2])).unwrap(), record);
}

#[test]
fn the_line_that_was_taken_up_last_counts() {
    let (roots, others) = (history(6), continued(history(2), 9, 1));
    let on_line = |line, kept| {
        let mut news = accepted(kept);
        news.position.as_mut().unwrap().line = line;
        news
    };
    let record = merged([&on_line(0, &roots[5]), &on_line(1, &others[3])]);
    assert_eq!(sequence(&record), 4);
    let error = record.clone().merged(&on_line(0, &roots[5])).unwrap_err();
    assert!(matches!(error, Error::Conflict { reason: "fork", path: None }));
    assert_eq!(sequence(&record.merged(&on_line(1, &others[8])).unwrap()), 9);
}

#[test]
fn roots_on_their_way_and_stores_have_a_limit() {
    let many = |count: usize| News {
        sent: (0..count as u8).map(|hash| sent(9, hash)).collect(),
        ..News::default()
    };
    let full = merged([&many(SENT_MAX)]);
    assert_eq!(full.sent.len(), SENT_MAX);
    let error = full.clone().merged(&many(SENT_MAX + 1)).unwrap_err();
    assert!(matches!(error, Error::CommitContention { .. }));
    // The next root settles what was to be it.
    assert!(full.merged(&accepted(&history(9)[8])).unwrap().sent.is_empty());

    let one = |number| store(&format!("s3://{number}"), 50 - number, None);
    let record = merged(&(0..=STORES_MAX as u64).map(one).collect::<Vec<_>>());
    assert_eq!(record.stores.len(), STORES_MAX);
    assert!(!record.stores.contains_key(&format!("s3://{STORES_MAX}")), "the oldest one goes");
}

#[test]
fn a_setting_is_replaced_and_removed() {
    let record = merged([&setting("a", "1"), &setting("b", "2"), &setting("a", "3")]);
    let expected = [("a", "3"), ("b", "2")].map(|(a, b)| (a.to_owned(), Bytes::from(b)));
    assert_eq!(record.settings, expected.into());
    let none = News { settings: [("a".to_owned(), None)].into(), ..News::default() };
    assert_eq!(record.merged(&none).unwrap().settings.len(), 1);
}

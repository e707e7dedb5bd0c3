//! Random operations on one bucket and on a `BTreeMap`: what its pages hold is what was put.

use proptest::prelude::*;

use super::support::*;
use crate::frame::FrameKind;
use crate::index::bucket::{BUCKET_BYTES_MAX, Bucket};
use crate::index::codec::{decode_node, encode_bucket};
use crate::index::node::Content;

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<u8>, Owned),
    /// Puts another entry of the key at this fraction of all.
    Overwrite(u16, Owned),
    Remove(u16),
    RemoveRange(u16, u16),
    ShortenPrefix(u16),
    /// Goes on with the entries between these two alone.
    Extract(u16, u16),
    /// Goes on with what is joined of two halves.
    Join(u16),
    /// Goes on with what a frame of it says.
    Reread,
    /// Keeps a copy, which must stay as it is.
    Copy,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (suffix(), entry()).prop_map(|(suffix, owned)| Step::Put(suffix, owned)),
        6 => (any::<u16>(), entry()).prop_map(|(at, owned)| Step::Overwrite(at, owned)),
        4 => any::<u16>().prop_map(Step::Remove),
        1 => any::<(u16, u16)>().prop_map(|(from, to)| Step::RemoveRange(from, to)),
        1 => any::<u16>().prop_map(Step::ShortenPrefix),
        1 => any::<(u16, u16)>().prop_map(|(from, to)| Step::Extract(from, to)),
        1 => any::<u16>().prop_map(Step::Join),
        2 => Just(Step::Reread),
        1 => Just(Step::Copy),
    ]
}

/// The ends of keys, also of lengths around those that have a page of their own.
fn suffix() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..40),
        4 => (0..200u8).prop_map(|number| format!("IMG_{number:05}.jpeg").into_bytes()),
        1 => (any::<u8>(), 450..560usize).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn entry() -> impl Strategy<Value = Owned> {
    prop_oneof![
        6 => owned(),
        1 => (any::<u32>(), any::<u8>(), 300..4097usize)
            .prop_map(|(revision, byte, len)| Owned::inline(revision.into(), &vec![byte; len])),
    ]
}

/// A bucket and what it should hold, by whole keys.
#[derive(Clone)]
struct Bench {
    bucket: Bucket,
    model: Model,
}

impl Bench {
    /// A position, if there is any.
    fn position(&self, at: u16) -> Option<usize> {
        usize::from(at).checked_rem(self.model.len())
    }

    /// A range of positions, if there are any.
    fn range(&self, from: u16, to: u16) -> Option<std::ops::Range<usize>> {
        let (from, to) = (self.position(from)?, self.position(to)?);
        Some(from.min(to)..from.max(to) + 1)
    }

    fn key(&self, position: usize) -> Vec<u8> {
        self.model.keys().nth(position).unwrap().clone()
    }

    fn put(&mut self, key: Vec<u8>, owned: Owned) {
        self.bucket.put(&key[self.bucket.prefix().len()..], &owned.entry());
        self.model.insert(key, owned);
        // As in an index, where what is too large is split.
        while self.bucket.bytes() > BUCKET_BYTES_MAX && self.bucket.len() > 1 {
            self.keep(0..self.bucket.len().div_ceil(2));
        }
    }

    fn keep(&mut self, range: std::ops::Range<usize>) {
        let piece = self.bucket.extract(range.clone(), 0);
        let prefix = [self.bucket.prefix(), piece.prefix()].concat();
        self.bucket = piece;
        self.bucket.set_prefix(prefix.into());
        let kept = std::mem::take(&mut self.model).into_iter();
        self.model = kept.skip(range.start).take(range.len()).collect();
    }

    fn step(&mut self, step: Step, copies: &mut Vec<Bench>) {
        match step {
            Step::Put(suffix, owned) => {
                self.put([self.bucket.prefix(), &suffix].concat(), owned);
            }
            Step::Overwrite(at, owned) => {
                if let Some(position) = self.position(at) {
                    self.put(self.key(position), owned);
                }
            }
            Step::Remove(at) => {
                if let Some(position) = self.position(at) {
                    self.model.remove(&self.key(position)).unwrap();
                    self.bucket.remove(position);
                }
            }
            Step::RemoveRange(from, to) => {
                if let Some(range) = self.range(from, to) {
                    let keys: Vec<_> = range.clone().map(|position| self.key(position)).collect();
                    self.model.retain(|key, _| !keys.contains(key));
                    self.bucket.remove_range(range);
                }
            }
            Step::ShortenPrefix(at) => {
                let kept = usize::from(at) % (self.bucket.prefix().len() + 1);
                // Who does this looks first whether there is room for it.
                if self.bucket.bytes_with_prefix(kept) <= BUCKET_BYTES_MAX {
                    let bound = self.bucket.bytes_with_prefix(kept);
                    self.bucket.shorten_prefix(kept);
                    assert_eq!(self.bucket.prefix().len(), kept);
                    assert!(self.bucket.bytes() <= bound);
                }
            }
            Step::Extract(from, to) => {
                if let Some(range) = self.range(from, to) {
                    self.keep(range);
                }
            }
            Step::Join(at) => {
                let middle = self.position(at).unwrap_or(0);
                let mut joined = Bucket::new(&[]);
                for range in [0..middle, middle..self.bucket.len()] {
                    let piece = self.bucket.extract(range.clone(), 0);
                    let added = [self.bucket.prefix(), piece.prefix()].concat();
                    joined.append(&piece, 0..range.len(), 0, &added);
                }
                self.bucket = joined;
            }
            Step::Reread => {
                let mut body = Vec::new();
                encode_bucket(&mut body, &self.bucket);
                match decode_node(FrameKind::Bucket, &body) {
                    Ok(Content::Bucket(read)) => self.bucket = read,
                    read => assert!(read.is_err() && self.model.is_empty()),
                }
            }
            Step::Copy => copies.push(self.clone()),
        }
    }

    fn assert_same(&self) {
        let mut bytes = self.bucket.prefix().len();
        assert_eq!(self.bucket.len(), self.model.len());
        for (position, (key, owned)) in self.model.iter().enumerate() {
            let suffix = key.strip_prefix(self.bucket.prefix()).unwrap();
            assert!(self.bucket.suffix(position) == suffix, "another key");
            assert_eq!(self.bucket.search(suffix), Ok(position));
            assert_eq!(self.bucket.entry(position).map(Owned::of).as_ref(), Some(owned));
            bytes += self.bucket.entry_bytes(position);
        }
        assert_eq!(self.bucket.bytes(), bytes);
        assert!(self.bucket.capacity() >= bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_bucket_is_a_map(steps in proptest::collection::vec(step(), 1..300)) {
        let mut bench = Bench { bucket: Bucket::new(b"photos/2024/"), model: Model::new() };
        let mut copies = Vec::new();
        for step in steps {
            bench.step(step, &mut copies);
            bench.assert_same();
        }
        copies.iter().for_each(Bench::assert_same);
    }
}

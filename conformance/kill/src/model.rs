//! What must be there: the acknowledged changes of every thread, and those that may be there.
//!
//! Threads have keys of their own, so a thread's changes are in one order. Some are certain: a
//! crash leaves them. Those after them were acknowledged as less, or not at all, and a crash leaves
//! the first few of them, whichever number; each is whole or absent. Where a session could not say
//! what became of a change, both are followed.

use std::collections::{BTreeMap, VecDeque};

use crate::change::{Change, Tree, apply};
use crate::content::{Digest, Digests};
use crate::line::Answer;
use crate::operation::Covers;

/// What was found at a key or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of the content; none of a directory.
    pub(crate) digest: Option<Digest>,
    /// When it expires, in milliseconds since 1970; 0 is never.
    pub(crate) expires_at_ms: u64,
}

/// Everything that was found, and between which two times, in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) keys: BTreeMap<String, Seen>,
    pub(crate) from_ms: u64,
    pub(crate) to_ms: u64,
    /// Rows whose hash was found to be right.
    pub(crate) tracked_rows: u64,
}

/// What must be there.
#[derive(Debug, Default)]
pub(crate) struct Model {
    threads: Vec<Thread>,
    digests: Digests,
}

#[derive(Debug)]
struct Thread {
    /// What there may be for certain: more than one thing after changes that nobody can tell of.
    certain: Vec<Tree>,
    uncertain: VecDeque<Uncertain>,
    /// How many operations were done when the one under way began, by thread.
    done_before: Vec<u64>,
    done: u64,
}

#[derive(Debug)]
struct Uncertain {
    changes: Vec<Change>,
    /// Which of the thread's it is, counted over all that were done; none while it is under way.
    place: Option<u64>,
    /// What comes after it may be there without it.
    is_optional: bool,
}

impl Model {
    /// Nothing, by so many threads.
    pub(crate) fn new(threads: usize) -> Self {
        let threads = std::iter::repeat_with(Thread::new).take(threads).collect();
        Self { threads, digests: Digests::default() }
    }

    /// A thread begins something that makes these changes.
    pub(crate) fn begin(&mut self, thread: usize, changes: Vec<Change>) {
        let done_before = self.threads.iter().map(|thread| thread.done).collect();
        let thread = &mut self.threads[thread];
        thread.done_before = done_before;
        thread.uncertain.push_back(Uncertain { changes, place: None, is_optional: false });
    }

    /// What it began has ended. If it was done, it makes what it covers certain.
    pub(crate) fn end(&mut self, thread: usize, answer: Answer, covers: Covers, sessions: usize) {
        let own = &mut self.threads[thread];
        match answer {
            Answer::Nothing => {
                own.uncertain.pop_back();
                return;
            }
            Answer::Done | Answer::Unknown => {
                own.done += 1;
                let place = own.done;
                if let Some(last) = own.uncertain.back_mut() {
                    last.place = Some(place);
                    last.is_optional = answer == Answer::Unknown;
                }
            }
        }
        let covers = if answer == Answer::Done { covers } else { Covers::Nothing };
        let (place, done_before) = (own.done, own.done_before.clone());
        for (number, other) in self.threads.iter_mut().enumerate() {
            let covered = match covers {
                Covers::Nothing => false,
                Covers::Session => number % sessions == thread % sessions,
                Covers::Everything => true,
            };
            if covered {
                other.settle(if number == thread { place } else { done_before[number] });
            }
        }
    }

    /// After the process has ended: takes what was found for what is there from now on, and tells
    /// what of it must not be so. The rest of the model then follows what was found.
    pub(crate) fn resolve(&mut self, found: &Found) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut parts = vec![BTreeMap::new(); self.threads.len()];
        for (key, seen) in &found.keys {
            match owner(key).and_then(|owner| parts.get_mut(owner)) {
                Some(part) => {
                    part.insert(key.as_str(), *seen);
                }
                None => wrong.push(format!("{key}: nobody put it")),
            }
        }
        for (thread, part) in self.threads.iter_mut().zip(&parts) {
            wrong.extend(thread.resolve(part, found, &mut self.digests));
        }
        wrong
    }
}

impl Thread {
    fn new() -> Self {
        let (certain, uncertain) = (vec![Tree::new()], VecDeque::new());
        Self { certain, uncertain, done_before: Vec::new(), done: 0 }
    }

    /// What was done up to this place is certain.
    fn settle(&mut self, place: u64) {
        while let Some(first) = self.uncertain.front()
            && first.place.is_some_and(|first| first <= place)
            && let Some(first) = self.uncertain.pop_front()
        {
            self.certain = first.after(&self.certain);
        }
    }

    fn resolve(
        &mut self,
        part: &BTreeMap<&str, Seen>,
        found: &Found,
        digests: &mut Digests,
    ) -> Vec<String> {
        let mut nearest: Option<(Vec<String>, Tree)> = None;
        let mut candidates = std::mem::take(&mut self.certain);
        let mut rest = std::mem::take(&mut self.uncertain).into_iter();
        loop {
            for candidate in &candidates {
                let these = differences(candidate, part, found, digests);
                if nearest.as_ref().is_none_or(|(wrong, _)| these.len() < wrong.len()) {
                    nearest = Some((these, candidate.clone()));
                }
            }
            let is_found = nearest.as_ref().is_some_and(|(wrong, _)| wrong.is_empty());
            match rest.next() {
                Some(uncertain) if !is_found => candidates = uncertain.after(&candidates),
                _ => break,
            }
        }
        let (wrong, tree) = nearest.unwrap_or_default();
        self.certain = vec![tree];
        wrong
    }
}

impl Uncertain {
    /// What there may be once what comes later is there.
    fn after(&self, before: &[Tree]) -> Vec<Tree> {
        let mut after: Vec<Tree> = Vec::new();
        for tree in before {
            let mut changed = tree.clone();
            self.changes.iter().for_each(|change| apply(&mut changed, change));
            let unchanged = self.is_optional.then(|| tree.clone());
            for tree in [Some(changed), unchanged].into_iter().flatten() {
                if !after.contains(&tree) {
                    after.push(tree);
                }
            }
        }
        after
    }
}

/// The thread that a key belongs to: keys are `t3/...`, in an engine after a namespace and a colon.
fn owner(key: &str) -> Option<usize> {
    let path = key.split_once(':').map_or(key, |(_, path)| path);
    path.strip_prefix('t')?.split('/').next()?.parse().ok()
}

/// What is not as it should be.
fn differences(
    tree: &Tree,
    part: &BTreeMap<&str, Seen>,
    found: &Found,
    digests: &mut Digests,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut alive = 0;
    for (key, item) in tree {
        let expected = Seen {
            digest: item.content.map(|content| digests.of(content)),
            expires_at_ms: item.expires_at_ms,
        };
        let expires = item.expires_at_ms;
        let seen = part.get(key.as_str());
        alive += usize::from(seen.is_some());
        match seen {
            Some(seen) if *seen != expected => {
                wrong.push(format!("{key}: {seen:?} where there should be {expected:?}"));
            }
            Some(_) if expires != 0 && expires <= found.from_ms => {
                wrong.push(format!("{key}: it expired, and is there"));
            }
            None if expires == 0 || expires > found.to_ms => {
                wrong.push(format!("{key}: gone, where there should be {expected:?}"));
            }
            _ => {}
        }
    }
    if alive < part.len() {
        let surplus = part.keys().filter(|key| !tree.contains_key(**key));
        wrong.extend(surplus.map(|key| format!("{key}: it is there, and should not be")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Item;
    use crate::content::Content;
    use crate::random::Random;

    fn put(key: &str, expires_at_ms: u64) -> Change {
        let content = Some(Content::draw(&mut Random::new(key.len() as u64, &[])));
        Change::Put(key.to_owned(), Item { content, expires_at_ms })
    }

    fn done(model: &mut Model, thread: usize, changes: Vec<Change>, covers: Covers) {
        model.begin(thread, changes);
        model.end(thread, Answer::Done, covers, 2);
    }

    /// What there is after these changes, looked at between two times.
    fn found(changes: &[Change], from_ms: u64, to_ms: u64) -> Found {
        let mut tree = Tree::new();
        changes.iter().for_each(|change| apply(&mut tree, change));
        let mut digests = Digests::default();
        let mut seen = |item: Item| Seen {
            digest: item.content.map(|content| digests.of(content)),
            expires_at_ms: item.expires_at_ms,
        };
        let keys = tree.into_iter().map(|(key, item)| (key, seen(item))).collect();
        Found { keys, from_ms, to_ms, tracked_rows: 0 }
    }

    #[test]
    fn what_is_certain_has_to_be_there_and_the_rest_may_be_from_the_front() {
        let (one, two, three) = (put("a:t0/x", 0), put("a:t0/yy", 0), put("a:t0/zzz", 0));
        let model = || {
            let mut model = Model::new(2);
            done(&mut model, 0, vec![one.clone()], Covers::Everything);
            done(&mut model, 0, vec![two.clone()], Covers::Nothing);
            model.begin(0, vec![three.clone()]);
            model
        };
        let all = [one.clone(), two.clone(), three.clone()];
        for some in 1..=3 {
            assert!(model().resolve(&found(&all[..some], 0, 0)).is_empty(), "{some}");
        }
        assert_eq!(model().resolve(&found(&[], 0, 0)).len(), 1);
        assert_eq!(model().resolve(&found(&[one, three], 0, 0)).len(), 1);
    }

    #[test]
    fn what_is_done_is_certain_with_whatever_came_before_it() {
        let (one, two) = (put("a:t0/x", 0), put("a:t1/x", 0));
        let mut model = Model::new(2);
        done(&mut model, 0, vec![one.clone()], Covers::Nothing);
        done(&mut model, 1, vec![two.clone()], Covers::Everything);
        assert_eq!(model.resolve(&found(&[two], 0, 0)).len(), 1);
        // Of another session nothing is said.
        let mut model = Model::new(2);
        done(&mut model, 0, vec![one], Covers::Nothing);
        done(&mut model, 1, Vec::new(), Covers::Session);
        assert!(model.resolve(&found(&[], 0, 0)).is_empty());
    }

    #[test]
    fn what_nobody_can_tell_of_may_be_missing_before_what_is_certain() {
        let (one, two) = (put("a:t0/x", 0), put("a:t0/yy", 0));
        let wrong = |there: &[Change]| {
            let mut model = Model::new(1);
            model.begin(0, vec![one.clone()]);
            model.end(0, Answer::Unknown, Covers::Everything, 2);
            done(&mut model, 0, vec![two.clone()], Covers::Everything);
            model.resolve(&found(there, 0, 0)).len()
        };
        assert_eq!(wrong(&[one.clone(), two.clone()]), 0);
        assert_eq!(wrong(std::slice::from_ref(&two)), 0);
        assert_eq!(wrong(std::slice::from_ref(&one)), 1);
    }

    #[test]
    fn several_changes_of_one_operation_are_there_together() {
        let (one, two) = (put("a:t0/x", 0), put("a:t0/yy", 0));
        let mut model = Model::new(1);
        model.begin(0, vec![one.clone(), two]);
        assert_eq!(model.resolve(&found(&[one], 0, 0)).len(), 1);
    }

    #[test]
    fn what_was_deleted_or_refused_or_nobody_put_is_not_there() {
        let one = put("a:t0/x", 0);
        let mut model = Model::new(1);
        done(&mut model, 0, vec![one.clone()], Covers::Everything);
        done(&mut model, 0, vec![Change::Remove("a:t0/x".to_owned())], Covers::Everything);
        model.begin(0, vec![one.clone()]);
        model.end(0, Answer::Nothing, Covers::Everything, 2);
        assert_eq!(model.resolve(&found(&[one], 0, 0)).len(), 1);
        assert_eq!(model.resolve(&found(&[put("a:t7/x", 0)], 0, 0)).len(), 1);
    }

    #[test]
    fn keys_cease_to_be_at_their_time() {
        let expiring = put("a:t0/x", 100);
        let wrong = |there: &[Change], from_ms, to_ms| {
            let mut model = Model::new(1);
            done(&mut model, 0, vec![expiring.clone()], Covers::Everything);
            model.resolve(&found(there, from_ms, to_ms)).len()
        };
        let there = [expiring.clone()];
        assert_eq!((wrong(&there, 50, 60), wrong(&[], 50, 60)), (0, 1));
        assert_eq!((wrong(&there, 90, 110), wrong(&[], 90, 110)), (0, 0));
        assert_eq!((wrong(&there, 100, 110), wrong(&[], 100, 110)), (1, 0));
    }
}

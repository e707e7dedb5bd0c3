//! Devices and sessions before a store that does what it wants: it keeps every root that it was
//! ever sent, says of each what it likes, and shows anybody any of them. Whatever it does,
//!
//! * a root that goes on from what was accepted is never refused;
//! * a root that is accepted has all in its history that was seen before and counts: every commit
//!   that its author takes for done, and what that one was built on;
//! * a refusal is right: there was something newer, or another history, or the own last commit is
//!   not there;
//! * two roots of two histories are a proof.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::*;
use super::fixture::{key, label};

/// Rows rest after so few commits here.
const IDLE: u64 = 3;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A writer looks, and is shown this root of all.
    Look { writer: usize, root: usize },
    /// A writer commits on what it accepted last.
    Commit { writer: usize, answer: Answer },
    /// A session ends, and another one takes its place.
    Restart { writer: usize },
    /// So many sessions of a member commit one after the other that no earlier one is listed.
    Crowd { member: usize, root: usize },
    /// A session commits on a root, and a device looks; so many other sessions of its member commit
    /// on the same root, and the device looks again.
    Branch { member: usize, root: usize, device: usize, length: usize },
    /// The owner's first device commits a keyring: rows rest, and a device comes or goes.
    Keyring { change: Change },
}

/// What the store says to a commit.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Taken,
    Refused,
    Silence,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    AddDevice,
    RemoveDevice,
}

/// A root with what the store has of it, and what only the test knows.
struct Node {
    root: SignedRoot,
    chain: Chain,
    resting: Rows,
    parent: Option<usize>,
}

struct Writer {
    author: Author,
    key: SigningKey,
    kept: Option<Kept>,
    /// The node of `kept`.
    at: Option<usize>,
    sent: Vec<RootHash>,
    /// All nodes of its history by what it accepted.
    seen: BTreeSet<usize>,
    /// The last of its own commits that it takes for done.
    own: Option<usize>,
}

struct World {
    nodes: Vec<Node>,
    writers: Vec<Writer>,
    /// Nodes that their authors take for done.
    done: BTreeSet<usize>,
    lanes: u64,
    devices: u8,
    is_honest: bool,
}

fn first_chain() -> Chain {
    let mut chain = Chain::found(&key(1), [0; 16], label("owner")).unwrap();
    let grant = Grant::Writer(key(2).verifying());
    chain.append(&Record::AddMember { by: 0, grant, label: label("writer") }, &key(1)).unwrap();
    for (by, device, signer) in [(0, 10, 1), (0, 11, 1), (1, 12, 2), (1, 13, 2)] {
        let record = Record::CertifyDevice { by, key: key(device).verifying(), label: label("") };
        chain.append(&record, &key(signer)).unwrap();
    }
    chain
}

impl World {
    fn new(is_honest: bool) -> Self {
        let chain = first_chain();
        let writer = |author, key| Writer {
            author,
            key,
            kept: None,
            at: None,
            sent: Vec::new(),
            seen: BTreeSet::new(),
            own: None,
        };
        let devices = (0..4u8).map(|n| writer(Author::Device(n.into()), key(10 + n)));
        let sessions = (0..3u8).map(|n| {
            let member = u32::from(n % 2);
            let lane = Lane(u64::from(n).to_le_bytes());
            writer(Author::Session { member, lane }, key(1 + n % 2))
        });
        let writers = devices.chain(sessions).collect();
        let mut world = Self {
            nodes: Vec::new(),
            writers,
            done: BTreeSet::new(),
            lanes: 100,
            devices: 4,
            is_honest,
        };
        let statement = Statement {
            vault: chain.vault(),
            epoch: 0,
            author: Author::Device(0),
            chain: chain.mark().hash,
            content: ContentHash::from_bytes([0; 32]),
            heads: Heads::default(),
        };
        let root = statement.sign(&key(10)).unwrap();
        world.nodes.push(Node { root, chain, resting: Rows::default(), parent: None });
        world.took(0, 0);
        world
    }

    fn ancestors(&self, node: usize) -> BTreeSet<usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent).collect()
    }

    /// What of `seen` its author takes for done, with all that it builds on.
    fn counted(&self, seen: &BTreeSet<usize>) -> BTreeSet<usize> {
        self.done.intersection(seen).flat_map(|node| self.ancestors(*node)).collect()
    }

    /// A writer's commit was done, as far as it knows.
    fn took(&mut self, writer: usize, node: usize) {
        self.done.insert(node);
        self.writers[writer].own = Some(node);
        self.accepted(writer, node);
    }

    fn accepted(&mut self, writer: usize, node: usize) {
        let seen = self.ancestors(node);
        // Own roots of which nothing was known are done if they are there.
        let own = self.writers[writer].author;
        let found = seen.iter().filter(|node| self.nodes[**node].root.statement().author == own);
        if let Some(found) = found.max() {
            self.done.insert(*found);
            self.writers[writer].own = Some(*found);
        }
        let Node { root, chain, .. } = &self.nodes[node];
        let kept = Kept { root: root.clone(), chain: chain.mark() };
        let mut bytes = Vec::new();
        kept.put(&mut bytes);
        assert_eq!(Kept::decode(&bytes).unwrap(), kept);
        let writer = &mut self.writers[writer];
        writer.kept = Some(kept);
        writer.at = Some(node);
        writer.sent.clear();
        writer.seen = seen;
    }

    /// The root as a reader gets it: what it carries, over the rows that rest.
    fn read(&self, node: usize) -> SignedRoot {
        let Node { root, resting, chain, .. } = &self.nodes[node];
        let mut body = Vec::new();
        Carried::of(root, resting).put(&mut body);
        body.extend([1, 2, 3]);
        let (carried, rest) = Carried::read(&body).unwrap();
        assert_eq!(rest, [1, 2, 3]);
        let Statement { epoch, content, .. } = root.statement();
        let read = carried.signed(chain, *epoch, resting, *content).unwrap();
        assert_eq!(read, *root);
        read
    }

    fn look(&mut self, writer: usize, node: usize) {
        let looking = &self.writers[writer];
        let own = Own { author: looking.author, sent: looking.sent.clone() };
        let view = View { vault: None, kept: looking.kept.as_ref(), own: Some(&own) };
        let chain = {
            let accepted = looking.kept.as_ref().map(|kept| &kept.chain);
            Chain::read(self.nodes[node].chain.as_bytes(), accepted).unwrap()
        };
        let outcome = view.judge(self.read(node), &chain);
        let history = self.ancestors(node);
        let goes_on = looking.at.is_none_or(|at| history.contains(&at));
        assert!(outcome.is_ok() || !goes_on, "{outcome:?} of a root that goes on");
        match outcome {
            Ok(Accepted { ground, .. }) => {
                let (at, seen) = (looking.at, looking.seen.clone());
                match ground {
                    Ground::FirstContact => assert!(at.is_none()),
                    Ground::Same => {
                        assert_eq!(at, Some(node));
                        return;
                    }
                    Ground::Unproven { member } => {
                        assert!(self.sessions_of(member, &history) > LANES_MAX);
                        self.renew_lane(writer);
                    }
                    Ground::Follows => {
                        let counted = self.counted(&seen);
                        let lost: Vec<_> = counted.difference(&history).collect();
                        assert!(lost.is_empty(), "lost {lost:?}");
                    }
                }
                self.accepted(writer, node);
            }
            Err(refusal) => {
                assert!(!self.is_honest, "{refusal}");
                self.check_refusal(writer, node, &refusal);
            }
        }
    }

    fn check_refusal(&self, writer: usize, node: usize, refusal: &Refusal) {
        let looking = &self.writers[writer];
        let at = looking.at.unwrap();
        let (mine, found) = (&self.nodes[at], &self.nodes[node]);
        let is_other = !self.ancestors(node).contains(&at) && !self.ancestors(at).contains(&node);
        match refusal {
            Refusal::Rollback { .. } => assert!(found.root.sequence() < mine.root.sequence()),
            Refusal::OwnCommitMissing { .. } => {
                assert!(is_other && !self.ancestors(node).contains(&looking.own.unwrap()));
            }
            Refusal::Fork { .. } => assert!(is_other),
            other => panic!("{other}"),
        }
        if matches!(refusal, Refusal::Rollback { .. }) {
            return;
        }
        let side = |node: &Node| (node.root.clone(), node.chain.clone());
        let bytes = ForkProof::new(side(mine), side(found)).unwrap().to_bytes();
        let fork = ForkProof::verify(&bytes, mine.chain.vault()).unwrap();
        assert_eq!((&fork.first, &fork.second), (&mine.root, &found.root));
        assert!(!fork.rows.is_empty());
    }

    /// How many sessions of a member wrote to a history.
    fn sessions_of(&self, member: u32, history: &BTreeSet<usize>) -> usize {
        let authors = history.iter().map(|node| self.nodes[*node].root.statement().author);
        let lanes = authors.filter_map(|author| match author {
            Author::Session { member: of, lane } if of == member => Some(lane),
            _ => None,
        });
        lanes.collect::<BTreeSet<_>>().len()
    }

    fn renew_lane(&mut self, writer: usize) {
        self.lanes += 1;
        if let Author::Session { lane, .. } = &mut self.writers[writer].author {
            *lane = Lane(self.lanes.to_le_bytes());
            self.writers[writer].own = None;
        }
    }

    /// A root on what a writer accepted last, as the store has it from then on.
    fn sign(&mut self, writer: usize, keyring: Option<(Chain, Rows)>) -> Option<usize> {
        let content =
            ContentHash::from_bytes(*blake3::hash(&self.nodes.len().to_le_bytes()).as_bytes());
        let writer = &mut self.writers[writer];
        let parent = writer.at?;
        let before = &self.nodes[parent];
        let (chain, resting) =
            keyring.unwrap_or_else(|| (before.chain.clone(), before.resting.clone()));
        // Who was removed, as far as it knows, does not go on.
        let key = before.chain.members().writing_key(writer.author.row())?;
        assert_eq!(key, writer.key.verifying());
        let statement = Statement {
            vault: chain.vault(),
            epoch: 0,
            author: writer.author,
            chain: chain.mark().hash,
            content,
            heads: before.root.after().clone(),
        };
        let root = statement.sign(&writer.key).unwrap();
        writer.sent.push(root.hash());
        self.nodes.push(Node { root, chain, resting, parent: Some(parent) });
        Some(self.nodes.len() - 1)
    }

    fn commit(&mut self, writer: usize, answer: Answer, keyring: Option<(Chain, Rows)>) {
        let newest = self.newest();
        if self.is_honest && self.writers[writer].at != Some(newest) {
            // An honest store refuses it, and the writer looks and tries again.
            self.look(writer, newest);
        }
        let Some(node) = self.sign(writer, keyring) else { return };
        if self.is_honest || matches!(answer, Answer::Taken) {
            self.took(writer, node);
        }
    }

    fn newest(&self) -> usize {
        self.nodes.len() - 1
    }

    fn step(&mut self, step: Step) {
        let pick = |root: usize| match self.is_honest {
            true => self.newest(),
            false => root % self.nodes.len(),
        };
        match step {
            Step::Look { writer, root } => self.look(writer, pick(root)),
            Step::Commit { writer, answer } => self.commit(writer, answer, None),
            Step::Restart { writer } => {
                if matches!(self.writers[writer].author, Author::Session { .. }) {
                    self.renew_lane(writer);
                    let writer = &mut self.writers[writer];
                    (writer.kept, writer.at) = (None, None);
                    writer.sent.clear();
                    writer.seen.clear();
                }
            }
            Step::Crowd { member, root } => {
                let (mut node, writer) = (pick(root), 4 + member);
                for _ in 0..=LANES_MAX {
                    self.step(Step::Restart { writer });
                    self.look(writer, node);
                    self.commit(writer, Answer::Taken, None);
                    node = self.newest();
                }
            }
            Step::Branch { member, root, device, length } => {
                let (base, writer) = (pick(root), 4 + member);
                for commits in [1, length] {
                    let mut node = base;
                    for _ in 0..commits {
                        self.step(Step::Restart { writer });
                        self.look(writer, if self.is_honest { self.newest() } else { node });
                        self.commit(writer, Answer::Taken, None);
                        node = self.newest();
                    }
                    self.look(device, node);
                }
            }
            Step::Keyring { change } => {
                if self.is_honest {
                    self.look(0, self.newest());
                }
                let Some(at) = self.writers[0].at else { return };
                let mut chain = self.nodes[at].chain.clone();
                let record = match change {
                    Change::None => None,
                    Change::AddDevice => {
                        self.devices += 1;
                        let key = key(100 + self.devices).verifying();
                        Some(Record::CertifyDevice { by: 0, key, label: label("") })
                    }
                    Change::RemoveDevice => Some(Record::RemoveDevice { by: 0, device: 3 }),
                };
                if let Some(record) = record {
                    // It may be removed already.
                    let _ = chain.append(&record, &key(1));
                }
                let resting = self.nodes[at].root.after().idle_for(IDLE);
                self.commit(0, Answer::Taken, Some((chain, resting)));
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let answer = prop_oneof![Just(Answer::Taken), Just(Answer::Refused), Just(Answer::Silence)];
    let change = prop_oneof![
        4 => Just(Change::None),
        1 => Just(Change::AddDevice),
        1 => Just(Change::RemoveDevice),
    ];
    let step = prop_oneof![
        // Old roots and new ones.
        40 => (0usize..7, any::<prop::sample::Index>())
            .prop_map(|(writer, root)| Step::Look { writer, root: root.index(1 << 16) }),
        30 => (0usize..7, answer).prop_map(|(writer, answer)| Step::Commit { writer, answer }),
        4 => (4usize..7).prop_map(|writer| Step::Restart { writer }),
        1 => (0usize..2, any::<prop::sample::Index>())
            .prop_map(|(member, root)| Step::Crowd { member, root: root.index(1 << 16) }),
        3 => (0usize..2, any::<prop::sample::Index>(), 0usize..4, 1usize..5).prop_map(
            |(member, root, device, length)| {
                let root = root.index(1 << 16);
                Step::Branch { member, root, device, length }
            }
        ),
        3 => change.prop_map(|change| Step::Keyring { change }),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_store_makes_anybody_lose_what_they_saw(steps in steps()) {
        let mut world = World::new(false);
        for step in steps {
            world.step(step);
        }
    }

    #[test]
    fn an_honest_history_is_never_refused(steps in steps()) {
        let mut world = World::new(true);
        for step in steps {
            world.step(step);
        }
    }
}

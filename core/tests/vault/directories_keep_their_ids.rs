//! A directory has an id for life: kept by renames, equal in every session, replayed or read from
//! nodes, and no other directory's but below a copy.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_lite::future::block_on;
use futures_util::TryStreamExt;
use proptest::prelude::*;
use sealwood::Vault;
use sealwood::blob::MemoryStore;
use sealwood::vault::{DirectoryId, EntryKind};

use crate::common::*;

/// Which directory it is: the number of the change that made it, and how many names of the
/// change's path come behind its own. Directories below a copy are those that were copied.
type Made = (usize, usize);

type Tree = BTreeMap<String, Node>;

#[derive(Debug, Clone, PartialEq)]
enum Node {
    File,
    Directory(Made, Tree),
}

#[derive(Debug, Clone)]
enum Edit {
    Put(String),
    Mkdir(String),
    Remove(String),
    RemoveAll(String),
    Rename(String, String),
    Copy(String, String),
}

#[derive(Debug, Clone)]
enum Action {
    /// A put that waits for a flush.
    Deferred(String),
    /// Changes that are committed together, at once.
    Batch(Vec<Edit>),
    Flush,
    Refresh,
    /// Empties the tail.
    Spill,
    Reopen,
}

/// Changes that are made together, each with its number.
type Group = Vec<(usize, Edit)>;

impl Edit {
    /// Makes the change. Returns whether it is possible; if not, `tree` is spoiled.
    fn apply(&self, number: usize, tree: &mut Tree) -> bool {
        match self {
            Edit::Put(path) => {
                !matches!(find(tree, path), Some(Node::Directory(..)))
                    && insert(tree, path, number, Node::File)
            }
            Edit::Mkdir(path) => match find(tree, path) {
                Some(Node::Directory(..)) => true,
                Some(Node::File) => false,
                None => insert(tree, path, number, Node::Directory((number, 0), Tree::new())),
            },
            Edit::Remove(path) => {
                !matches!(find(tree, path), Some(Node::Directory(_, tree)) if !tree.is_empty())
                    && remove(tree, path).is_some()
            }
            Edit::RemoveAll(path) => remove(tree, path).is_some(),
            Edit::Rename(from, to) => {
                let Some(node) = find(tree, from) else { return false };
                from == to
                    || may_take_place(&node, from, to, tree)
                        && remove(tree, from).is_some()
                        && insert(tree, to, number, node)
            }
            Edit::Copy(from, to) => {
                let Some(node) = find(tree, from) else { return false };
                if from == to {
                    return true;
                }
                let copy = match node.clone() {
                    Node::Directory(_, below) => Node::Directory((number, 0), below),
                    Node::File => Node::File,
                };
                may_take_place(&node, from, to, tree) && insert(tree, to, number, copy)
            }
        }
    }
}

fn may_take_place(node: &Node, from: &str, to: &str, tree: &Tree) -> bool {
    let is_inside = to.starts_with(&format!("{from}/"));
    !is_inside
        && match (node, find(tree, to)) {
            (_, None) | (Node::File, Some(Node::File)) => true,
            (Node::Directory(..), Some(Node::Directory(_, tree))) => tree.is_empty(),
            _ => false,
        }
}

fn find(tree: &Tree, path: &str) -> Option<Node> {
    match path.split_once('/') {
        None => tree.get(path).cloned(),
        Some((name, rest)) => match tree.get(name)? {
            Node::Directory(_, below) => find(below, rest),
            Node::File => None,
        },
    }
}

fn insert(tree: &mut Tree, path: &str, number: usize, node: Node) -> bool {
    let Some((name, rest)) = path.split_once('/') else {
        tree.insert(path.to_owned(), node);
        return true;
    };
    let behind = rest.split('/').count();
    let made = || Node::Directory((number, behind), Tree::new());
    match tree.entry(name.to_owned()).or_insert_with(made) {
        Node::Directory(_, below) => insert(below, rest, number, node),
        Node::File => false,
    }
}

fn remove(tree: &mut Tree, path: &str) -> Option<Node> {
    match path.split_once('/') {
        None => tree.remove(path),
        Some((name, rest)) => match tree.get_mut(name)? {
            Node::Directory(_, below) => remove(below, rest),
            Node::File => None,
        },
    }
}

/// Applies a group wholly or not at all.
fn apply(group: &Group, tree: &mut Tree) -> bool {
    let mut changed = tree.clone();
    let is_possible = group.iter().all(|(number, edit)| edit.apply(*number, &mut changed));
    if is_possible {
        *tree = changed;
    }
    is_possible
}

/// The tree with all groups that are possible there. The others are dropped.
fn replay(queue: &mut Vec<Group>, tree: &Tree) -> Tree {
    let mut tree = tree.clone();
    queue.retain(|group| apply(group, &mut tree));
    tree
}

struct Session {
    vault: Vault,
    /// The tree as of the root it accepted last.
    known: Tree,
    queue: Vec<Group>,
}

struct World {
    store: Arc<MemoryStore>,
    committed: Tree,
    sessions: Vec<Session>,
    changes: usize,
    /// Which id stands for which directory, ever, and the other way round.
    ids: HashMap<Made, DirectoryId>,
    directories: HashMap<DirectoryId, Made>,
}

impl World {
    async fn new() -> Self {
        let (store, vault) = memory_vault().await;
        let session = |vault| Session { vault, known: Tree::new(), queue: Vec::new() };
        let sessions = vec![session(vault), session(open(store.clone()).await)];
        Self {
            store,
            committed: Tree::new(),
            sessions,
            changes: 0,
            ids: HashMap::new(),
            directories: HashMap::new(),
        }
    }

    async fn act(&mut self, at: usize, action: &Action) {
        match action {
            Action::Deferred(path) => {
                let group = self.numbered(&[Edit::Put(path.clone())]);
                let outcome = self.sessions[at].vault.put_with(path, "x", &deferred()).await;
                assert_eq!(outcome.is_ok(), self.joins(at, &group), "{outcome:?}");
            }
            Action::Batch(edits) => {
                let group = self.numbered(edits);
                let outcome = commit(&self.sessions[at].vault, edits).await;
                let is_committed = self.joins(at, &group) && self.commits(at).contains(&group[0].0);
                assert_eq!(outcome.is_ok(), is_committed, "{outcome:?}");
            }
            Action::Flush => {
                // It tells of deferred changes that became impossible.
                let _ = self.sessions[at].vault.flush().await;
                self.commits(at);
            }
            Action::Refresh => self.refresh(at).await,
            Action::Spill => {
                self.refresh(at).await;
                let _ = self.sessions[at].vault.link("").await;
                self.commits(at);
            }
            Action::Reopen => {
                let _ = self.sessions[at].vault.flush().await;
                self.commits(at);
                self.sessions[at].vault = open(self.store.clone()).await;
                self.sessions[at].known = self.committed.clone();
            }
        }
        self.check(at).await;
    }

    async fn refresh(&mut self, at: usize) {
        self.sessions[at].vault.refresh().await.unwrap();
        self.sessions[at].known = self.committed.clone();
    }

    fn numbered(&mut self, edits: &[Edit]) -> Group {
        let first = self.changes;
        self.changes += edits.len();
        (first..).zip(edits.iter().cloned()).collect()
    }

    /// Whether a group is possible for its caller, and waits now.
    fn joins(&mut self, at: usize, group: &Group) -> bool {
        let Session { known, queue, .. } = &mut self.sessions[at];
        let mut tree = replay(queue, known);
        let is_possible = apply(group, &mut tree);
        if is_possible {
            queue.push(group.clone());
        }
        is_possible
    }

    /// Commits what waits. Returns the numbers of the changes that were made.
    fn commits(&mut self, at: usize) -> Vec<usize> {
        let Session { known, queue, .. } = &mut self.sessions[at];
        replay(queue, known);
        if queue.is_empty() {
            return Vec::new();
        }
        self.committed = replay(queue, &self.committed);
        *known = self.committed.clone();
        queue.drain(..).flatten().map(|(number, _)| number).collect()
    }

    async fn check(&mut self, at: usize) {
        let Session { known, queue, vault } = &mut self.sessions[at];
        let expected = replay(queue, known);
        let vault = vault.clone();
        self.compare(&expected, &vault).await;
    }

    /// Whether a vault has just the directories and files of `expected`, each directory under an id
    /// that stands for it alone.
    async fn compare(&mut self, expected: &Tree, vault: &Vault) {
        let snapshot = vault.snapshot().await.unwrap();
        let entries = snapshot.list_recursive("").await.unwrap();
        let entries: Vec<_> = entries.try_collect().await.unwrap();
        let mut count = 0;
        for entry in entries {
            count += 1;
            let path = entry.path.as_str();
            match find(expected, path) {
                Some(Node::File) => assert_eq!(entry.kind, EntryKind::File, "{path}"),
                Some(Node::Directory(made, _)) => {
                    let id = entry.directory_id.unwrap();
                    assert_eq!(*self.ids.entry(made).or_insert(id), id, "{path}: another id");
                    let known = *self.directories.entry(id).or_insert(made);
                    assert_eq!(known, made, "{path}: the id of another directory");
                }
                None => panic!("{path} is there"),
            }
        }
        assert_eq!(count, size(expected), "{expected:?}");
    }

    async fn end(&mut self) {
        for at in 0..self.sessions.len() {
            self.act(at, &Action::Flush).await;
        }
        for at in 0..self.sessions.len() {
            self.act(at, &Action::Refresh).await;
        }
        let (committed, cold) = (self.committed.clone(), open(self.store.clone()).await);
        self.compare(&committed, &cold).await;
        cold.link("").await.unwrap();
        self.compare(&committed, &open(self.store.clone()).await).await;
    }
}

async fn commit(vault: &Vault, edits: &[Edit]) -> sealwood::Result<()> {
    let batch = vault.batch();
    for edit in edits {
        match edit {
            Edit::Put(path) => batch.put(path, "x").await?,
            Edit::Mkdir(path) => batch.mkdir(path)?,
            Edit::Remove(path) => batch.remove(path)?,
            Edit::RemoveAll(path) => batch.remove_all(path)?,
            Edit::Rename(from, to) => batch.rename(from, to)?,
            Edit::Copy(from, to) => batch.copy(from, to)?,
        }
    }
    batch.commit().await
}

fn size(tree: &Tree) -> usize {
    let below = |node: &Node| match node {
        Node::File => 0,
        Node::Directory(_, below) => size(below),
    };
    tree.values().map(|node| 1 + below(node)).sum()
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..=4)
        .prop_map(|names| names.join("/"))
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => path().prop_map(Edit::Put),
        3 => path().prop_map(Edit::Mkdir),
        1 => path().prop_map(Edit::Remove),
        1 => path().prop_map(Edit::RemoveAll),
        4 => (path(), path()).prop_map(|(from, to)| Edit::Rename(from, to)),
        3 => (path(), path()).prop_map(|(from, to)| Edit::Copy(from, to)),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => path().prop_map(Action::Deferred),
        8 => prop::collection::vec(edit(), 1..3).prop_map(Action::Batch),
        1 => Just(Action::Flush),
        2 => Just(Action::Refresh),
        1 => Just(Action::Spill),
        1 => Just(Action::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_two_sessions_do(history in prop::collection::vec((0..2usize, action()), 1..60)) {
        block_on(async {
            let mut world = World::new().await;
            for (at, action) in &history {
                world.act(*at, action).await;
            }
            world.end().await;
        });
    }
}

#[test]
fn a_file_has_no_id_and_neither_has_the_top() {
    block_on(async {
        let (_, vault) = memory_vault().await;
        put(&vault, "d/f", b"x").await.unwrap();
        assert_eq!(vault.stat("d/f").await.unwrap().directory_id, None);
        assert_eq!(vault.stat("").await.unwrap().directory_id, None);
        let id = vault.stat("d").await.unwrap().directory_id.unwrap();
        assert_eq!(id.to_string().len(), 32);
        vault.rename("d", "e").await.unwrap();
        assert_eq!(vault.stat("e").await.unwrap().directory_id, Some(id));
    });
}

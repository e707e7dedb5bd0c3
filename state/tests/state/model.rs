//! A store beside a map: whatever happens in whatever order, rows, hash and version are those of
//! the map, after every step.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::{Machine, NAMES, Rows, Running, assert_is, assert_unchanged, hash_of, set};

/// What happens to a key.
type KeyChange = (Vec<u8>, Option<Vec<u8>>);

#[derive(Debug, Clone)]
enum Step {
    Apply(usize, Vec<KeyChange>),
    Commit,
    Discard,
    /// So many versions.
    Rollback(u64),
    Import(Vec<(usize, KeyChange)>),
    /// The process ends and begins again.
    Restart,
    /// What is not durable is gone.
    PowerCut,
}

/// Mostly changes and commits.
fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        1 => Just(None),
        1 => Just(Some(Vec::new())),
        3 => vec(any::<u8>(), 1..30).prop_map(Some),
        1 => any::<u8>().prop_map(|byte| Some(vec![byte; 1500])),
    ];
    let change = (vec(0..3_u8, 0..3), value);
    let part = 0..NAMES.len();
    prop_oneof![
        8 => (part.clone(), vec(change.clone(), 0..6)).prop_map(|(part, it)| Step::Apply(part, it)),
        5 => Just(Step::Commit),
        1 => Just(Step::Discard),
        2 => (0..4_u64).prop_map(Step::Rollback),
        1 => vec((part, change), 0..8).prop_map(Step::Import),
        1 => Just(Step::Restart),
        2 => Just(Step::PowerCut),
    ]
}

/// The map.
#[derive(Default)]
struct Model {
    versions: BTreeMap<u64, Rows>,
    working: Rows,
    newest: u64,
    oldest: u64,
}

impl Model {
    fn new() -> Self {
        Self { versions: [(0, Rows::new())].into(), ..Self::default() }
    }

    fn apply(&mut self, part: usize, changes: &[KeyChange]) {
        for (key, value) in changes {
            match value {
                Some(value) => drop(self.working.insert((NAMES[part], key.clone()), value.clone())),
                None => drop(self.working.remove(&(NAMES[part], key.clone()))),
            }
        }
    }

    fn commit(&mut self) {
        self.newest += 1;
        self.versions.insert(self.newest, self.working.clone());
        self.oldest = self.oldest.max(self.newest.saturating_sub(2));
    }

    fn go_to(&mut self, version: u64) {
        self.newest = version;
        self.working = self.versions[&version].clone();
    }

    fn import(&mut self, version: u64, rows: Rows) {
        self.versions = [(version, rows)].into();
        self.oldest = version;
        self.go_to(version);
    }
}

fn check(steps: &[Step]) {
    let mut disks = Machine::new(&["legacy", "storage"]);
    let mut it = Some(disks.run());
    let mut model = Model::new();
    for step in steps {
        let mut running = it.take().unwrap();
        let store = &mut running.store;
        match step {
            Step::Apply(part, changes) => {
                let given: Vec<_> =
                    changes.iter().map(|(key, value)| (&key[..], value.as_deref())).collect();
                store.apply(NAMES[*part], &set(&given)).unwrap();
                model.apply(*part, changes);
                for (key, _) in changes {
                    let expected = model.working.get(&(NAMES[*part], key.clone()));
                    let found = store.get(NAMES[*part], key).unwrap();
                    assert_eq!(found.as_deref(), expected.map(Vec::as_slice));
                }
            }
            Step::Commit => {
                model.commit();
                store.commit(model.newest).unwrap();
                assert_unchanged(store);
            }
            Step::Discard => {
                store.discard().unwrap();
                model.go_to(model.newest);
            }
            Step::Rollback(by) => {
                let to = model.newest.saturating_sub(*by).max(model.oldest);
                store.rollback(to).unwrap();
                model.go_to(to);
            }
            Step::Import(changes) => {
                let Running { store, engines } = running;
                let version = model.newest + 10;
                let mut import = store.import(version).unwrap();
                let mut rows = Rows::new();
                for (part, (key, value)) in changes {
                    if let Some(value) = value {
                        import.put(NAMES[*part], key.clone(), value.clone()).unwrap();
                        rows.insert((NAMES[*part], key.clone()), value.clone());
                    }
                }
                running = Running { store: import.finish().unwrap(), engines };
                model.import(version, rows);
            }
            Step::Restart => {
                drop(running);
                disks = disks.reopen();
                running = disks.run();
                model.go_to(model.newest);
            }
            Step::PowerCut => {
                let cut = disks.cut();
                drop(running);
                disks = cut;
                running = disks.run();
                model.go_to(model.newest);
            }
        }
        let store = &running.store;
        assert_is(store, model.newest, &model.versions[&model.newest]);
        assert_eq!(store.oldest_version(), model.oldest);
        assert_eq!(store.working_hash().unwrap(), hash_of(&model.working));
        it = Some(running);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_store_holds_what_a_map_holds(steps in vec(step(), 1..40)) {
        check(&steps);
    }
}

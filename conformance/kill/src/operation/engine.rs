//! Writes to an engine, by one thread to keys of its own.

use sealwood::engine::{
    self, CommitOptions, DeleteOptions, Durability, Engine, Error, Namespace, NamespaceOptions,
    Precondition, PutOptions, Result,
};

use super::Covers;
use crate::change::{Change, Item};
use crate::content::Content;
use crate::line::Answer;
use crate::random::Random;

/// Where keys are put. Of the third, all but small values have files of their own.
const NAMESPACES: [&str; 3] = ["kept", FLEETING, LARGE];
/// The only one in which keys expire.
pub(crate) const FLEETING: &str = "fleeting";
const LARGE: &str = "large";

/// One write.
#[derive(Debug)]
pub(crate) enum EngineOperation {
    Put(Key, Put, PutStyle),
    Delete(Key, Durability),
    Expire(Key, Expiry),
    Batch(Vec<(Key, Option<Put>)>, Durability),
    Rename {
        namespace: &'static str,
        from: String,
        to: String,
    },
    /// To a namespace of the thread's own, which is made if it is missing.
    PutApart {
        namespace: String,
        key: String,
        content: Content,
    },
    /// Drops that namespace.
    Drop {
        namespace: String,
    },
    /// Makes everything durable.
    Sync,
}

/// A namespace and a key.
#[derive(Debug)]
pub(crate) struct Key(&'static str, String);

/// What is put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Put {
    content: Content,
    expiry: Expiry,
}

/// How it is put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PutStyle {
    precondition: Precondition,
    durability: Durability,
    /// The lengths of the pieces of an upload; whole if none.
    piece: Option<usize>,
}

/// In how many milliseconds a key expires, if it does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expiry(Option<u64>);

impl EngineOperation {
    /// The next write of a thread.
    pub(crate) fn draw(random: &mut Random, thread: usize) -> Self {
        let durability = draw_durability(random);
        let apart = || format!("apart-{thread}");
        match random.below(100) {
            0..=52 => {
                let key = Key::draw(random, thread);
                let put = Put::draw(random, &key);
                Self::Put(key, put, PutStyle::draw(random, durability))
            }
            53..=70 => Self::Delete(Key::draw(random, thread), durability),
            71..=76 => {
                let key = Key(FLEETING, draw_path(random, thread));
                Self::Expire(key, Expiry::draw(random))
            }
            77..=87 => {
                let mut changes = Vec::new();
                for _ in 0..random.magnitude(1, 40) {
                    let key = Key::draw(random, thread);
                    let put = (!random.once_in(3)).then(|| Put::draw(random, &key));
                    changes.push((key, put));
                }
                Self::Batch(changes, durability)
            }
            88..=92 => {
                let namespace = NAMESPACES[random.below(3) as usize];
                let from = draw_directory(random, thread);
                Self::Rename { namespace, from, to: draw_directory(random, thread) }
            }
            93..=96 => Self::PutApart {
                namespace: apart(),
                key: draw_path(random, thread),
                content: Content::draw(random),
            },
            97 => Self::Drop { namespace: apart() },
            _ => Self::Sync,
        }
    }

    /// What it changes, if it is done at this time.
    pub(crate) fn changes(&self, now_ms: u64) -> Vec<Change> {
        match self {
            Self::Put(key, put, _) => vec![put.change(key, now_ms)],
            Self::Delete(key, _) => vec![Change::Remove(key.full())],
            Self::Expire(key, expiry) => vec![Change::Expire(key.full(), expiry.at(now_ms))],
            Self::Batch(changes, _) => {
                let change = |(key, put): &(Key, Option<Put>)| match put {
                    Some(put) => put.change(key, now_ms),
                    None => Change::Remove(key.full()),
                };
                changes.iter().map(change).collect()
            }
            Self::Rename { namespace, from, to } => {
                vec![Change::Move(format!("{namespace}:{from}"), format!("{namespace}:{to}"))]
            }
            Self::PutApart { namespace, key, content } => {
                let item = Item { content: Some(*content), expires_at_ms: 0 };
                vec![Change::Put(format!("{namespace}:{key}"), item)]
            }
            Self::Drop { namespace } => vec![Change::RemoveBelow(format!("{namespace}:"))],
            Self::Sync => Vec::new(),
        }
    }

    /// Writes become durable in the order in which they were done, by whichever thread.
    pub(crate) fn covers(&self) -> Covers {
        let durability = match self {
            Self::Put(_, _, style) => style.durability,
            Self::Delete(_, durability) | Self::Batch(_, durability) => *durability,
            _ => Durability::Sync,
        };
        match durability {
            Durability::None => Covers::Nothing,
            Durability::Group | Durability::Sync => Covers::Everything,
        }
    }

    /// Does it.
    pub(crate) fn perform(&self, engine: &Engine, now_ms: u64) -> Result<Answer> {
        let done = match self {
            Self::Put(key, put, style) => return key.put(engine, *put, *style, now_ms),
            Self::Delete(key, durability) => {
                let namespace = key.namespace(engine)?;
                let options = DeleteOptions::new().durability(*durability);
                namespace.delete_with(key.1.as_bytes(), &options)?;
                true
            }
            Self::Expire(key, expiry) => {
                let (namespace, name) = (key.namespace(engine)?, key.1.as_bytes());
                match expiry.at(now_ms) {
                    0 => namespace.persist(name)?,
                    at => namespace.expire_at(name, engine::Expiry::at_ms(at))?,
                }
            }
            Self::Batch(changes, durability) => {
                let mut batch = engine.batch();
                for (key, put) in changes {
                    let (namespace, name) = (key.namespace(engine)?, key.1.as_bytes());
                    match put.map(|put| (put.content.bytes(), put.expiry.at(now_ms))) {
                        None => batch.delete(&namespace, name),
                        Some((bytes, 0)) => batch.put(&namespace, name, bytes),
                        Some((bytes, at)) => {
                            let options = PutOptions::new().expires_at(engine::Expiry::at_ms(at));
                            batch.put_with(&namespace, name, bytes, &options)
                        }
                    };
                }
                batch.commit_with(&CommitOptions::new().durability(*durability))?;
                true
            }
            Self::Rename { namespace, from, to } => {
                let namespace = open(engine, namespace)?;
                match namespace.rename_prefix(from.as_bytes(), to.as_bytes()) {
                    // Something has the name, or it is the same one.
                    Err(Error::PreconditionFailed | Error::InvalidArgument { .. }) => false,
                    renamed => renamed?,
                }
            }
            Self::PutApart { namespace, key, content } => {
                open(engine, namespace)?.put(key.as_bytes(), content.bytes())?;
                true
            }
            Self::Drop { namespace } => engine.drop_namespace(namespace)?,
            Self::Sync => {
                engine.sync()?;
                true
            }
        };
        Ok(if done { Answer::Done } else { Answer::Nothing })
    }
}

impl Key {
    fn draw(random: &mut Random, thread: usize) -> Self {
        Self(NAMESPACES[random.below(3) as usize], draw_path(random, thread))
    }

    fn full(&self) -> String {
        format!("{}:{}", self.0, self.1)
    }

    fn namespace(&self, engine: &Engine) -> Result<Namespace> {
        open(engine, self.0)
    }

    fn put(&self, engine: &Engine, put: Put, style: PutStyle, now_ms: u64) -> Result<Answer> {
        let (namespace, name) = (self.namespace(engine)?, self.1.as_bytes());
        let PutStyle { precondition, durability, piece } = style;
        let mut options = PutOptions::new().precondition(precondition).durability(durability);
        let expires_at_ms = Some(put.expiry.at(now_ms)).filter(|at| *at != 0);
        options.expires_at = expires_at_ms.map(engine::Expiry::at_ms);
        let bytes = put.content.bytes();
        let outcome = match piece {
            None => namespace.put_with(name, bytes, &options),
            Some(piece) => {
                let mut upload = namespace.upload_with(name, &options)?;
                for piece in bytes.chunks(piece) {
                    upload.write(piece)?;
                }
                upload.finish()
            }
        };
        match outcome {
            Err(Error::PreconditionFailed) if precondition != Precondition::None => {
                Ok(Answer::Nothing)
            }
            outcome => outcome.map(|_| Answer::Done),
        }
    }
}

impl Put {
    fn draw(random: &mut Random, key: &Key) -> Self {
        let expires = key.0 == FLEETING && random.once_in(2);
        let expiry = if expires { Expiry::draw(random) } else { Expiry(None) };
        let content = Content::draw(random);
        Self { content, expiry }
    }

    fn change(self, key: &Key, now_ms: u64) -> Change {
        let expires_at_ms = self.expiry.at(now_ms);
        Change::Put(key.full(), Item { content: Some(self.content), expires_at_ms })
    }
}

impl PutStyle {
    fn draw(random: &mut Random, durability: Durability) -> Self {
        let precondition = match random.below(8) {
            0 => Precondition::Absent,
            1 => Precondition::Present,
            _ => Precondition::None,
        };
        let piece = random.once_in(5).then(|| random.magnitude(100, 100_000) as usize);
        Self { precondition, durability, piece }
    }
}

impl Expiry {
    /// Never, at once, within the life of a process, or after all of this.
    fn draw(random: &mut Random) -> Self {
        Self(match random.below(4) {
            0 => None,
            1 | 2 => Some(random.magnitude(1, 500)),
            _ => Some(3_600_000),
        })
    }

    fn at(self, now_ms: u64) -> u64 {
        self.0.map_or(0, |after| now_ms + after)
    }
}

fn open(engine: &Engine, name: &str) -> Result<Namespace> {
    match name {
        LARGE => engine.namespace_with(name, &NamespaceOptions::default().separated_bytes_min(512)),
        _ => engine.namespace(name),
    }
}

fn draw_durability(random: &mut Random) -> Durability {
    match random.below(10) {
        0..=2 => Durability::None,
        3 => Durability::Sync,
        _ => Durability::Group,
    }
}

fn draw_directory(random: &mut Random, thread: usize) -> String {
    format!("t{thread}/d{}/", random.below(6))
}

fn draw_path(random: &mut Random, thread: usize) -> String {
    let directory = draw_directory(random, thread);
    format!("{directory}k{:02}", random.below(30))
}

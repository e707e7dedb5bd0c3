//! Who signed a root.

use super::refusal::{Reader, RefusalResult};
use super::rows::RowId;
use crate::codec::put_varint;
use crate::error::Result;
use crate::platform::Environment;

/// 8 random bytes that a session without kept state draws when it begins. What it commits, it
/// commits as one writer for as long as it lives; the lane tells its commits from those of the
/// other sessions that share its member's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane(pub [u8; 8]);

impl Lane {
    /// Draws a new one.
    pub fn draw(environment: &Environment) -> Result<Self> {
        Ok(Self(environment.random()?))
    }
}

/// Who signed a root: one who never forgets what they signed and accepted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    /// A device, which keeps state. It has a row of its own.
    Device(u32),
    /// A session that keeps none. It has its member's row, with others.
    Session {
        /// The member it signs for.
        member: u32,
        /// Which session.
        lane: Lane,
    },
}

impl Author {
    /// The row that its commits advance.
    pub fn row(&self) -> RowId {
        match self {
            Author::Device(number) => RowId::Device(*number),
            Author::Session { member, .. } => RowId::Member(*member),
        }
    }

    /// ```text
    /// 0, varint device  |  1, varint member, lane (8)
    /// ```
    pub fn put(&self, out: &mut Vec<u8>) {
        match self {
            Author::Device(number) => {
                out.push(0);
                put_varint(out, u64::from(*number));
            }
            Author::Session { member, lane } => {
                out.push(1);
                put_varint(out, u64::from(*member));
                out.extend_from_slice(&lane.0);
            }
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        match input.byte()? {
            0 => Ok(Author::Device(RowId::read_device(input)?)),
            1 => {
                let member = RowId::read_member(input)?;
                Ok(Author::Session { member, lane: Lane(input.array()?) })
            }
            _ => Err(input.malformed()),
        }
    }
}

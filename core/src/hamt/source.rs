//! Where nodes that are not resident come from.

use std::sync::Arc;

use super::node::Node;
use super::value::Value;
use crate::error::Result;
use crate::platform::{BoxFuture, MaybeSend, MaybeSync};
use crate::seal::Link;

/// Where nodes that are not resident come from.
pub trait NodeSource<V: Value>: MaybeSend + MaybeSync {
    /// Loads and checks the node at `link`.
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<V>>>>;

    /// Loads and checks nodes, in the order of `coming`. One after the other, unless the source
    /// knows better.
    fn load_many<'a>(&'a self, coming: &'a [Coming]) -> BoxFuture<'a, Result<Vec<Arc<Node<V>>>>> {
        Box::pin(async move {
            let mut nodes = Vec::with_capacity(coming.len());
            for node in coming {
                nodes.push(self.load(&node.link).await?);
            }
            Ok(nodes)
        })
    }
}

/// A node to load.
#[derive(Debug, Clone, Copy)]
pub struct Coming {
    /// Where it is.
    pub link: Link,
    /// About how many bytes the nodes below it take that are wanted next; 0 where none are. Those
    /// that were stored together with it lie right before it.
    pub below_bytes: u64,
}

//! A message of very many chunks, which the crate `blake3` hashes side by side itself, all but the
//! root.

use blake3::Hasher;
use blake3::hazmat::{HasherExt, left_subtree_len};

use crate::compression::{Mode, Root};
use crate::message::Message;

/// The root of a message of more than one chunk.
pub(super) fn root(mode: &Mode, message: &impl Message) -> Root {
    let mut left_rest = left_subtree_len(message.length());
    let [mut left, mut right] = [hasher(mode), hasher(mode)];
    right.set_input_offset(left_rest);
    for piece in message.pieces() {
        let cut = usize::try_from(left_rest).map_or(piece.len(), |rest| rest.min(piece.len()));
        left.update(&piece[..cut]);
        right.update(&piece[cut..]);
        left_rest -= cut as u64;
    }
    Root::of_subtrees(mode, &left.finalize_non_root(), &right.finalize_non_root())
}

fn hasher(mode: &Mode) -> Hasher {
    if mode.is_keyed() { Hasher::new_keyed(&mode.key()) } else { Hasher::new() }
}

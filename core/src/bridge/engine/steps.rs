//! Long work, a piece at a time.
//!
//! Between two pieces others have their turn, and work that nobody waits for any more ends.
//! Natively a piece is on a thread; where there are none, it is what the host waits for.

use crate::engine;
use crate::error::Result;
use crate::platform::{MaybeSend, let_others_work, run_blocking};

/// How many steps of the engine are a piece: some thousand rows, some milliseconds.
const STEPS_AT_ONCE: usize = 4;

/// Takes steps until one says that there are no more. Returns what they worked on.
pub(super) async fn in_steps<T: MaybeSend + 'static>(
    on: T,
    step: impl FnMut(&mut T) -> engine::Result<bool> + MaybeSend + 'static,
) -> Result<T> {
    in_steps_with(on, step, |_, _| ()).await
}

/// Takes steps, and tells what they work on after each piece, and whether there is more.
pub(super) async fn in_steps_with<T: MaybeSend + 'static>(
    mut on: T,
    mut step: impl FnMut(&mut T) -> engine::Result<bool> + MaybeSend + 'static,
    mut tell: impl FnMut(&T, More),
) -> Result<T> {
    loop {
        let taken = run_blocking(move || -> engine::Result<_> {
            let more = take_piece(|| step(&mut on))?;
            Ok((more, on, step))
        });
        let more;
        (more, on, step) = taken.await?;
        tell(&on, more);
        if more == More::No {
            return Ok(on);
        }
        let_others_work().await;
    }
}

/// Takes the steps of one piece.
pub(super) fn take_piece(mut step: impl FnMut() -> engine::Result<bool>) -> engine::Result<More> {
    for _ in 0..STEPS_AT_ONCE {
        if !step()? {
            return Ok(More::No);
        }
    }
    Ok(More::Yes)
}

/// Whether there is more to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use futures_lite::future::{block_on, poll_once};

    use super::*;

    #[test]
    fn who_polls_has_a_turn_between_two_pieces_that_are_done_at_once() {
        let mut turn = Box::pin(let_others_work());
        block_on(async {
            assert!(poll_once(&mut turn).await.is_none());
            assert!(poll_once(&mut turn).await.is_some());
        });
    }
}

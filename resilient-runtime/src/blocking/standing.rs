//! A clock that stands still: tokio's paused time, which only a runtime moves on.

use std::{
    pin::pin,
    task::{Context, Waker},
};
use tokio::time::{Instant, advance};

/// Moves the clock on to this time, if it stands still.
pub(super) fn moves_on_to(until: Instant) -> bool {
    if !stands_still() {
        return false;
    }
    let by = until.saturating_duration_since(Instant::now());
    // The first poll moves the clock, and the rest gives way to other tasks.
    let _ = pin!(advance(by)).poll(&mut Context::from_waker(Waker::noop()));
    true
}

/// Whether tokio's clock stands still while that of the system goes on.
fn stands_still() -> bool {
    let before = Instant::now();
    let begun = std::time::Instant::now();
    while begun.elapsed().is_zero() {
        std::hint::spin_loop();
    }
    Instant::now() == before
}

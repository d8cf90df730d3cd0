//! Other ways to share a limit, in the simulated fleets of these tests, beside that of this
//! library. `guide/fleet.rs` has the figures.

mod gcra;
mod hybrid;
mod table;
mod window;

use super::{MILLI, fleet::Way};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The state that all replicas of a way share.
struct Server<S> {
    state: Mutex<S>,
    trips: AtomicU64,
}

impl<S> Server<S> {
    fn new(state: S) -> Self {
        Self {
            state: Mutex::new(state),
            trips: AtomicU64::new(0),
        }
    }

    /// An operation, with the latency of the store of these tests.
    async fn operate<T>(&self, operation: impl FnOnce(&mut S) -> T) -> T {
        self.trips.fetch_add(1, Ordering::Relaxed);
        sleep(MILLI / 2).await;
        let answer = operation(&mut self.state.lock().unwrap());
        sleep(MILLI / 2).await;
        answer
    }

    fn trips(&self) -> u64 {
        self.trips.load(Ordering::Relaxed)
    }
}

/// A limiter that refuses: callers come again after the wait that it names.
trait Polled: Send + Sync + 'static {
    /// Takes a place. Otherwise the wait after which a caller is to ask again.
    fn ask(&self) -> impl Future<Output = Result<(), Duration>> + Send;
}

/// A limiter whose callers poll, and give up when they are told a wait beyond their patience.
struct Polling<L>(L);

impl<L: Polled> Way for Polling<L> {
    async fn send(&self, patience: Duration) -> Option<Instant> {
        let deadline = Instant::now() + patience;
        while let Err(wait) = self.0.ask().await {
            if Instant::now() + wait > deadline {
                return None;
            }
            sleep(wait).await;
        }
        Some(Instant::now())
    }
}

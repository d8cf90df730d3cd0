//! Failures at random in the place of runs of bodies, also outside of tests: on a test system, or
//! for a part of the traffic.
//!
//! | fault | the attempt |
//! |---|---|
//! | `503` | fails as with a 503 |
//! | `429` | fails as with a 429 that asks for a wait of 1 s |
//! | `reset` | fails as with a connection that the server has reset |
//! | `hang` | does not end, until its timeout; after 60 s it fails like `reset` |
//!
//! Each is a quarter of the failures. They count as any other: for the retry budget, the breaker
//! and the limits of an upstream, and the history of an error. The event `fault injected` says that
//! one is not real, and so does the message of the failure.

use crate::{
    Class, Classification, ServerWait, WaitOrigin,
    call::injection::{Inject, Injected, Injector},
    event::{self, EventKind, Origin},
    random,
    scope::{self, Spawned},
    timer,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinHandle;

/// Runs a future in which a share of all runs of bodies fails before it begins: `rate` is from 0 to
/// 1. The calls of a `seed` in the same order have the same failures.
///
/// It holds for calls that the future awaits, and for tasks that it starts with [`spawn`], but not
/// for those that are started otherwise. An error that holds no [`Rejection`](crate::Rejection)
/// has only its text.
///
/// ```
/// use resilient_runtime::{CallError, chaos, resilient};
/// # use std::io;
///
/// #[resilient(timeout = "2s")]
/// async fn ask(question: &str) -> Result<usize, CallError<io::Error>> {
///     Ok(question.len()) // instead of a request
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let answers = chaos(0.2, 7, async {
///     let mut answers = 0;
///     for _ in 0..100 {
///         answers += u32::from(ask("why?").await.is_ok());
///     }
///     answers
/// });
/// assert!(answers.await > 95);
/// # }
/// ```
///
/// # Panics
/// If `rate` is not from 0 to 1.
#[track_caller]
pub fn chaos<F: Future>(rate: f64, seed: u64, future: F) -> impl Future<Output = F::Output> {
    assert!(
        (0.0..=1.0).contains(&rate),
        "the rate of chaos has to be from 0 to 1, and is {rate}"
    );
    let chaos = Chaos {
        rate,
        seed,
        drawn: AtomicU32::new(0),
    };
    scope::within(|| Injector::new(Arc::new(chaos)), future)
}

/// Switches all failures off, or on again, in the whole process. They are on at the start.
pub fn set_enabled(enabled: bool) {
    ENABLED.store(enabled, Ordering::Relaxed);
}

/// Whether failures are switched on.
pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// Starts a task in which calls fail as they do here.
///
/// # Panics
/// Outside a tokio runtime.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    tokio::spawn(Spawned::here().run(future))
}

static ENABLED: AtomicBool = AtomicBool::new(true);

/// The longest hang: an attempt need not have a timeout.
const LONGEST_HANG: Duration = Duration::from_secs(60);

struct Chaos {
    rate: f64,
    seed: u64,
    /// The number of runs so far.
    drawn: AtomicU32,
}

impl Chaos {
    /// The fault of the next run, if it has one.
    fn draw(&self) -> Option<u8> {
        let run = self.drawn.fetch_add(1, Ordering::Relaxed);
        let number = random::seeded(self.seed, run);
        // The upper 32 bits as a share of all; the lower ones choose the fault.
        let share = f64::from((number >> 32) as u32) / (f64::from(u32::MAX) + 1.0);
        (share < self.rate).then_some((number & 3) as u8)
    }
}

impl Inject for Chaos {
    fn next(&self, call: &'static str) -> Option<Injected> {
        if !is_enabled() {
            return None;
        }
        let (fault, injected) = match self.draw()? {
            0 => ("503", failure(Classification::of_status(503))),
            1 => {
                let wait = ServerWait::new(Duration::from_secs(1), WaitOrigin::RetryAfter);
                ("429", failure(Classification::of_status(429).wait(wait)))
            }
            2 => ("reset", failure(Classification::new(Class::Network))),
            _ => ("hang", hang()),
        };
        if event::is_recording() {
            Origin::of(call).emit(EventKind::FaultInjected { fault });
        }
        Some(injected)
    }

    fn mistaken(&self, _: &str) {}

    fn describe(&self) -> String {
        "chaos".to_owned()
    }

    #[cfg(feature = "testing")]
    fn needs_class(&self) -> bool {
        false
    }
}

fn named(failure: Classification) -> Classification {
    failure.message("injected by chaos")
}

fn failure(failure: Classification) -> Injected {
    Injected::Failure(Box::new(named(failure)))
}

fn hang() -> Injected {
    Injected::Hang(Box::pin(async {
        timer::sleep(LONGEST_HANG).await;
        named(Classification::new(Class::Network))
    }))
}

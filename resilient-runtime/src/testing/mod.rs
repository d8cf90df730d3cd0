//! A kit for tests of code that makes resilient calls: fresh state for each test, no waits, other
//! policies, a record of what happened, outcomes in the place of a body ([`script()`]), and a
//! server on loopback that fails by script ([`FaultyServer`]). The feature `testing` is meant for
//! `[dev-dependencies]`: without it, nothing of this module is built.
//!
//! A setting around a future holds while that future is polled: for the code that it awaits, and
//! for tasks that it starts with [`spawn`]. It does not reach a task that is started otherwise, and
//! nothing of it is left when the future ends, is dropped or panics.
//!
//! ```
//! # mod app {
//! # use resilient_runtime::{CallError, resilient};
//! #[resilient]
//! pub async fn ask() -> Result<u32, CallError<std::io::Error>> {
//!     Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))?
//! }
//! # }
//! use resilient_runtime::testing::record;
//!
//! #[resilient_runtime::test(no_waits)]
//! async fn asks_five_times() {
//!     let (answer, trace) = record(app::ask()).await;
//!     assert!(answer.is_err());
//!     trace.assert_attempts(5);
//! }
//! ```

#[cfg(feature = "sharing")]
mod memory_store;
#[cfg(all(test, feature = "sharing"))]
mod memory_store_test;
pub mod script;
pub mod server;
mod step;
mod trace;

#[cfg(feature = "sharing")]
pub use memory_store::MemoryStore;
pub use script::script;
pub use server::FaultyServer;
pub use step::Step;
pub use trace::Trace;

use crate::{
    Class, Policy, Rule,
    event::Listener,
    policy::PolicyChange,
    scope::{self, Fresh, NoWaits, Spawned},
    upstream::WallTime,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};
use tokio::{task::JoinHandle, time::Instant};

/// Runs a test with fresh state: retry budgets, breakers, limits, gates, counts and latencies are
/// those of a program that has just started, also of a `static`. Tests of one process do not meet,
/// and a paused clock leaves nothing behind. Inside another isolated future, it starts anew.
///
/// [`macro@crate::test`] does it for a whole test.
///
/// Each upstream used inside costs a few kilobytes that are never freed.
///
/// ```
/// use resilient_runtime::{CallError, Upstream, testing::isolated};
///
/// static API: Upstream = Upstream::new("api").requests_per_minute(60);
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// for _ in 0..2 {
///     isolated(async {
///         let answer: Result<_, CallError<std::io::Error>> =
///             API.call("ask").run(async || Ok(42)).await;
///         assert_eq!(answer.unwrap(), 42);
///         assert_eq!(API.snapshot().counts.queued, 0);
///     })
///     .await;
/// }
/// # }
/// ```
pub fn isolated<F: Future>(future: F) -> impl Future<Output = F::Output> {
    scope::within(Fresh::default, future)
}

/// Runs a test in which waits take no time: those before a retry, also if the server names them,
/// those for a rate limit, for the retry budget and at the gate. What is limited there is let
/// through. Timeouts, deadlines, the concurrency limit and the break of an open circuit stay real,
/// so it works with real sockets, where a paused clock does not.
pub fn no_waits<F: Future>(future: F) -> impl Future<Output = F::Output> {
    scope::within(|| NoWaits, future)
}

/// Runs a test in which the calendar begins at this time, and goes on with tokio's clock: for caps,
/// whose windows are those of the calendar.
///
/// Without it, the calendar begins at the time of the system, and follows a paused clock too.
///
/// ```
/// use resilient_runtime::{CallError, Class, Classify, Upstream, testing::at_wall_time};
/// use std::time::{Duration, SystemTime};
/// use tokio::time::sleep;
///
/// static API: Upstream = Upstream::new("api").cap("1 requests/day");
///
/// async fn ask() -> Result<u32, CallError<std::io::Error>> {
///     API.call("ask").run(async || Ok(42)).await
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// // A minute before midnight.
/// let start = SystemTime::UNIX_EPOCH + Duration::from_secs(86_340);
/// at_wall_time(start, async {
///     assert!(ask().await.is_ok());
///     assert_eq!(ask().await.unwrap_err().classify().class, Class::CapReached);
///     sleep(Duration::from_secs(60)).await;
///     assert!(ask().await.is_ok());
/// })
/// .await;
/// # }
/// ```
pub fn at_wall_time<F: Future>(start: SystemTime, future: F) -> impl Future<Output = F::Output> {
    let calendar = move || WallTime {
        start,
        since: Instant::now(),
    };
    scope::within(calendar, future)
}

/// Runs a test in which a call makes at most this many attempts, also for classes with a number of
/// their own.
pub fn attempts_at_most<F: Future>(attempts: u32, future: F) -> impl Future<Output = F::Output> {
    let change = move |mut policy: Policy| {
        policy.attempts = policy.attempts.min(attempts);
        for class in Class::ALL {
            if policy.attempts_for(*class) > attempts {
                policy = policy.on(*class, Rule::new().attempts(attempts));
            }
        }
        policy
    };
    with_policy(change, future)
}

/// Runs a test with other policies: `change` gets that of each call, with all the arguments of its
/// attribute. Inside another one, the outer change comes last.
///
/// ```
/// # use resilient_runtime::{CallError, resilient};
/// # #[resilient] async fn ask() -> Result<u32, CallError<std::io::Error>> { Ok(42) }
/// use resilient_runtime::testing::with_policy;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// with_policy(|policy| policy.attempts(2), ask()).await.unwrap();
/// # }
/// ```
///
/// The number of attempts of a class, `on(rate_limited, attempts = 6)`, stays: it is another
/// setting. [`attempts_at_most`] bounds it too.
pub fn with_policy<F: Future>(
    change: impl Fn(Policy) -> Policy + Send + Sync + 'static,
    future: F,
) -> impl Future<Output = F::Output> {
    let change = || {
        let outer = scope::get::<PolicyChange>();
        PolicyChange(Box::new(move |policy| match &outer {
            Some(outer) => (outer.0)(change(policy)),
            None => change(policy),
        }))
    };
    scope::within(change, future)
}

/// Runs a test, and records what its calls do.
///
/// ```
/// use resilient_runtime::{CallError, GiveUp, Policy, testing::{no_waits, record}};
/// use std::io;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let busy = || io::Error::from(io::ErrorKind::ConnectionReset);
/// let calls = async {
///     Policy::DEFAULT
///         .call("ask")
///         .run(async || Err::<u32, CallError<io::Error>>(busy().into()))
///         .await
/// };
/// let (answer, trace) = no_waits(record(calls)).await;
/// assert!(answer.is_err());
/// trace.assert_attempts(5);
/// trace.assert_gave_up(GiveUp::AttemptsUsedUp);
/// # }
/// ```
pub fn record<F: Future>(future: F) -> impl Future<Output = (F::Output, Trace)> {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&steps);
    let listener = || {
        let outer = scope::get::<Listener>();
        Listener(Box::new(move |event| {
            let step = trace::Recorded::of(event);
            heard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(step);
            if let Some(outer) = &outer {
                (outer.0)(event);
            }
        }))
    };
    let future = scope::within(listener, future);
    async move {
        let output = future.await;
        let steps = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
        (output, Trace::of(steps))
    }
}

/// Runs a future to its end on this thread, in a test of blocking functions without a runtime. The
/// future may wait for nothing but resilient calls.
///
/// ```
/// # use resilient_runtime::{CallError, resilient};
/// #[resilient]
/// fn ask() -> Result<u32, CallError<std::io::Error>> {
///     Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))?
/// }
/// use resilient_runtime::testing::{block_on, no_waits, record};
///
/// let (answer, trace) = block_on(no_waits(record(async { ask() })));
/// assert!(answer.is_err());
/// trace.assert_attempts(5);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    crate::blocking::block_on(future)
}

/// Carries all of this into a thread, where it holds as it does here.
///
/// ```
/// # use resilient_runtime::{CallError, resilient, testing::{block_on, record}};
/// # #[resilient] fn ask() -> Result<u32, CallError<std::io::Error>> { Ok(42) }
/// use resilient_runtime::testing::carried;
/// use std::thread;
///
/// # let ((), trace) = block_on(record(async {
/// let asking = thread::spawn(carried(|| ask()));
/// assert_eq!(asking.join().unwrap().unwrap(), 42);
/// # }));
/// # trace.assert_attempts(1);
/// ```
pub fn carried<T>(code: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let here = Spawned::here();
    move || here.call(code)
}

/// Starts a task in which all of this holds as it does here.
///
/// # Panics
/// Outside a tokio runtime.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    tokio::spawn(Spawned::here().run(future))
}

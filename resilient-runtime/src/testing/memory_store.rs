//! A store in memory, for tests of upstreams that replicas share.

use crate::{
    clock::Moment,
    sharing::{
        Granted, Order, Placed, Report, Scope, Store, StoreError, StoreFuture, View,
        model::{State, step},
        numbers::{Answer, Input, Operation},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::sleep};

/// The time at which the clock of a store begins, since 1970.
const BEGIN: Duration = Duration::from_secs(1_700_000_000);

/// A [`Store`] in memory, for tests: it gives the answers of a store over Redis, fails when a test
/// says so, and counts operations.
///
/// Clones share their data: each takes the place of the connection of a replica. Its clock is
/// tokio's, so it works in paused time. It forgets nothing, where Redis removes a scope ten minutes
/// after its last operation.
///
/// ```
/// use resilient_runtime::{
///     sharing::{Limits, Order, Pace, Report, Scope, Store as _},
///     testing::MemoryStore,
/// };
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let store = MemoryStore::new();
/// let scope = Scope { upstream: "openai".to_owned(), key: None };
/// let a_second = Pace { amount: 1, period: Duration::from_secs(1), burst: 1 };
/// let limits = Limits { requests: Some(a_second), ..Limits::default() };
/// let report = Report { replica: 1, limits, ..Report::default() };
/// let order = Order { costs: vec![0, 0], latest: Duration::from_secs(10) };
///
/// let (placed, _) = store.order(&scope, &report, &order).await.unwrap();
/// assert_eq!(placed.waits, [Duration::ZERO, Duration::from_secs(1)]);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    data: Mutex<Data>,
    is_paused: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Data {
    scopes: HashMap<Scope, State>,
    /// The time by which the clock was set back.
    behind: Duration,
    latency: Duration,
    is_failing: bool,
    orders: u64,
    settlements: u64,
    beats: u64,
    probes: u64,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            data: Mutex::default(),
            is_paused: watch::Sender::new(false),
        }
    }
}

impl MemoryStore {
    /// An empty store that answers at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Operations get no answer until [`resume`](Self::resume). Those that are dropped meanwhile
    /// are not carried out.
    pub fn pause(&self) {
        self.0.is_paused.send_replace(true);
    }

    /// Ends [`pause`](Self::pause).
    pub fn resume(&self) {
        self.0.is_paused.send_replace(false);
    }

    /// Operations fail until [`recover`](Self::recover), and change nothing.
    pub fn fail(&self) {
        self.data().is_failing = true;
    }

    /// Ends [`fail`](Self::fail).
    pub fn recover(&self) {
        self.data().is_failing = false;
    }

    /// Forgets all scopes, as a server that was restarted without its data.
    pub fn flush(&self) {
        self.data().scopes.clear();
    }

    /// Sets the clock of the store back, as after a failover to a server whose clock is behind.
    pub fn set_back(&self, time: Duration) {
        let mut data = self.data();
        data.behind = data.behind.saturating_add(time);
    }

    /// The time of the clock of the store, since a moment that is the same for all stores of a
    /// process.
    pub fn now(&self) -> Duration {
        self.data().now()
    }

    /// The time of a round trip: half of it passes before an operation is carried out, and half
    /// after it. Zero by default.
    pub fn latency(&self, round_trip: Duration) {
        self.data().latency = round_trip;
    }

    /// The number of operations, with those that failed or got no answer.
    pub fn trips(&self) -> u64 {
        let data = self.data();
        [data.orders, data.settlements, data.beats, data.probes]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// The number of calls of [`Store::order`].
    pub fn orders(&self) -> u64 {
        self.data().orders
    }

    /// The number of calls of [`Store::settle`].
    pub fn settlements(&self) -> u64 {
        self.data().settlements
    }

    /// The number of calls of [`Store::beat`].
    pub fn beats(&self) -> u64 {
        self.data().beats
    }

    /// The number of calls of [`Store::probe`].
    pub fn probes(&self) -> u64 {
        self.data().probes
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        // No code of users runs inside.
        self.0.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(
        &self,
        scope: &Scope,
        report: &Report,
        operation: Operation,
    ) -> Result<Answer, StoreError> {
        let half = self.data().count(&operation);
        pass(half).await;
        let mut is_paused = self.0.is_paused.subscribe();
        // The sender is alive as long as the store.
        let _ = is_paused.wait_for(|is_paused| !is_paused).await;
        let answer = self.data().step(scope, report, &operation);
        pass(half).await;
        answer
    }
}

impl Data {
    fn now(&self) -> Duration {
        let clock = Moment::now().since(Moment::UNSET);
        BEGIN.saturating_add(clock).saturating_sub(self.behind)
    }

    /// Counts an operation. Returns half of the time that it takes.
    fn count(&mut self, operation: &Operation) -> Duration {
        let count = match operation {
            Operation::Order { .. } => &mut self.orders,
            Operation::Settle => &mut self.settlements,
            Operation::Beat => &mut self.beats,
            Operation::Probe => &mut self.probes,
        };
        *count = count.saturating_add(1);
        self.latency.checked_div(2).unwrap_or_default()
    }

    fn step(
        &mut self,
        scope: &Scope,
        report: &Report,
        operation: &Operation,
    ) -> Result<Answer, StoreError> {
        if self.is_failing {
            return Err(StoreError::new("the test says so"));
        }
        let now = self.now();
        let state = self.scopes.entry(scope.clone()).or_default();
        let input = Input::new(report);
        let clock = micros(now);
        step(state, clock, operation, &input).check(operation, &input)
    }
}

/// In whole microseconds, as a server tells its time.
fn micros(time: Duration) -> f64 {
    let seconds = Duration::from_secs(time.as_secs()).as_secs_f64();
    seconds * 1e6 + f64::from(time.subsec_micros())
}

async fn pass(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

impl Store for MemoryStore {
    fn order<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
        order: &'a Order,
    ) -> StoreFuture<'a, (Placed, View)> {
        Box::pin(async {
            let answer = self.run(scope, report, Operation::order(order)).await?;
            Ok((answer.placed(), answer.view()))
        })
    }

    fn settle<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View> {
        Box::pin(async { Ok(self.run(scope, report, Operation::Settle).await?.view()) })
    }

    fn beat<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View> {
        Box::pin(async { Ok(self.run(scope, report, Operation::Beat).await?.view()) })
    }

    fn probe<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
    ) -> StoreFuture<'a, (Granted, View)> {
        Box::pin(async {
            let answer = self.run(scope, report, Operation::Probe).await?;
            Ok((answer.granted(), answer.view()))
        })
    }
}

//! The messages between a replica and a store. All times are durations, so that no two clocks are
//! compared.

use std::{fmt, time::Duration};

/// The upstream, or one of its keys, whose state is shared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The name of the upstream.
    pub upstream: String,
    /// The key, if the state is that of one.
    pub key: Option<String>,
}

/// Without the key, which may identify a customer.
impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("upstream", &self.upstream)
            .field("has_key", &self.key.is_some())
            .finish()
    }
}

/// A rate limit as a bucket: `burst` units when full, refilled by `amount` in each `period`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The units that come back in each period; at least 1.
    pub amount: u64,
    /// The time in which `amount` units come back; at least a microsecond.
    pub period: Duration,
    /// The units of a full bucket; at least 1.
    pub burst: u64,
}

/// The limits of the upstream as this replica knows them. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The limit of requests, for all replicas together.
    pub requests: Option<Pace>,
    /// The limit of tokens, for all replicas together.
    pub tokens: Option<Pace>,
    /// The most attempts in flight, for all replicas together.
    pub permits: Option<u32>,
}

/// The state of a replica. Amounts are differences since its last report that was answered, and
/// the rest is its current state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Identifies the replica: a random number.
    pub replica: u64,
    /// The limits of the upstream.
    pub limits: Limits,
    /// Requests that were sent without a place in the line (positive), or places that were not used
    /// (negative).
    pub requests: i64,
    /// The same for tokens: a positive number also for those that were used beyond an estimate.
    pub tokens: i64,
    /// The pause that the server has asked for, from now on; zero for none.
    pub pause: Duration,
    /// The limit of requests that the server has told, if it is the lower one.
    pub requests_reading: Option<Reading>,
    /// The limit of tokens that the server has told, if it is the lower one.
    pub tokens_reading: Option<Reading>,
    /// Attempts in flight.
    pub held: u32,
    /// Attempts that wait for a permit.
    pub wanted: u32,
    /// The circuit breaker.
    pub circuit: CircuitReport,
    /// The use of each cap since the last report. All caps are listed, also those without use.
    pub caps: Vec<CapUse>,
    /// The retry budget, if it is shared.
    pub budget: Option<BudgetReport>,
}

/// The retry budget of a replica. Amounts are thousandths of a deposit of one success, and are
/// missing from a full balance. One deposit comes back in ten seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BudgetReport {
    /// Withdrawals of this replica since its last report; negative if it has deposited more.
    pub change: i64,
    /// The amount missing in its balance, for a store that has lost the one of all.
    pub missing: u64,
    /// The most that can be missing.
    pub most: u64,
}

/// A limit that the server has told in the headers of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The units that are left.
    pub left: u64,
    /// The time until the limit is whole again, at most an hour.
    pub resets: Duration,
}

/// The circuit breaker of a replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CircuitReport {
    /// Whether its window has enough calls to judge the upstream.
    pub has_calls: bool,
    /// The rest of the break of its own circuit, if that has opened by its own calls; otherwise
    /// zero. Each report has it until the break is over.
    pub break_left: Duration,
    /// Whether the break is for all replicas without a vote: the key is rejected, or its quota is
    /// exhausted.
    pub is_for_all: bool,
    /// The version of the shared circuit that its probes have closed.
    pub closes: Option<u64>,
    /// The version of the shared circuit in which a probe has failed. `break_left` is the next
    /// break.
    pub reopens: Option<u64>,
    /// Probes that were granted and not sent.
    pub unused_probes: u32,
    /// The most probes at a time.
    pub probes: u32,
    /// The time after which a probe without a result is given up.
    pub probe_timeout: Duration,
}

/// The use of a cap in its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapUse {
    /// The cap in words, for example `10000 requests/day`.
    pub cap: String,
    /// The begin of the window, in seconds since 1970.
    pub starts: i64,
    /// The time until the window ends.
    pub ends: Duration,
    /// The use since the last report; negative for requests that were not sent.
    pub used: i64,
    /// The use of all replicas, as last answered, for a store that has lost it.
    pub known: u64,
}

/// Places in the line of all replicas, for attempts that wait, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The tokens of each attempt: one to 64 attempts.
    pub costs: Vec<u64>,
    /// The longest wait of the first of them. A place that is later is not given.
    pub latest: Duration,
}

/// The answer to an [`Order`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The time until each attempt may be sent: for the first of the order, as many as got a place.
    pub waits: Vec<Duration>,
    /// The time until the next attempt could be sent, if there was no place for it.
    pub refused: Option<Duration>,
}

/// Whether a probe may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// The replica may send one probe.
    Yes,
    /// Others send their probes, or the break is not over: it may ask again after this time, which
    /// is zero if the circuit is closed.
    No {
        /// The time.
        wait: Duration,
    },
}

/// The state of an upstream over all replicas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Whether the store did not know this replica: it is new, was not heard of for ten seconds, or
    /// the store has lost its data.
    pub is_new: bool,
    /// Identifies the state: another one if the store has lost its data. A replica tells a new one
    /// what it has taken of the limits.
    pub state: u64,
    /// The replicas that were heard of in the last ten seconds, with this one.
    pub replicas: u32,
    /// The rest of the pause that a server has asked for; zero for none.
    pub pause: Duration,
    /// The permits of this replica, if the limits have any. Only [`beat`](super::Store::beat)
    /// changes them.
    pub permits: Option<u32>,
    /// The circuit.
    pub circuit: CircuitView,
    /// The use of each cap by all replicas, in the order of the report.
    pub caps: Vec<i64>,
    /// The amount missing from a full retry budget of all replicas, as in [`BudgetReport`].
    pub missing: u64,
}

/// The shared circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CircuitView {
    /// Goes up with each change. It begins with a large number, so that one from before the store
    /// lost its data is not met again.
    pub version: u64,
    /// The rest of the break, if the circuit is open. Zero: it is over, and probes may be sent.
    pub break_left: Option<Duration>,
}

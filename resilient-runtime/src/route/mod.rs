//! The route of a call: direct, or through an upstream.

mod direct;
mod failover;
mod hedge_allowance;
mod last_result;
mod policy_source;
mod upstream;

pub use crate::upstream::QueueTerms;
pub use direct::NoUpstream;
pub use failover::{Competition, FailoverHandle, FailoverRoute};
pub use hedge_allowance::{
    DirectHedgeAllowances, HedgeAllowance, HedgeAllowances, HedgeTerms, UpstreamHedgeAllowances,
};
pub use last_result::{Discard, LastResult, Retention, Store};
pub use policy_source::{
    CallPolicy, LayeredPolicy, PolicySource, UpstreamCallPolicy, UpstreamPolicy,
};
pub use upstream::UpstreamRoute;

use crate::{
    Class, Classification, Rejection,
    ambient::{AttemptLog, PollState},
    budget::{BudgetState, CallBudget},
    call_site::CallSite,
    clock::Moment,
    event::Origin,
    failure::Target,
    policy::decide::OtherTarget,
    upstream::HeldPermit,
};
use std::{
    borrow::Cow,
    fmt,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;

/// Admits an attempt, and accounts for its result.
pub trait Route: RetryAccounting {
    /// Whether its calls may have several targets.
    const HAS_TARGETS: bool = false;
    /// The place for the last result, in case no further attempt is made.
    type Last<R>: LastResult<R>;
    /// An attempt that waits for admission.
    type Queued: QueuedAttempt;
    /// The policy of the call.
    type Policy: CallPolicy;
    /// The policy of the call.
    fn policy(&self) -> Self::Policy;
    /// Makes the function known, if this is its first call.
    fn register(&self);
    /// The longest that the call may take, asked for when it starts.
    #[inline(always)]
    fn deadline(&self) -> Option<Duration> {
        // Its first call has the values of a configuration, too.
        #[cfg(feature = "config")]
        if crate::inspect::is_configured() {
            self.register();
        }
        self.policy().get().deadline()
    }
    /// Sends the first attempt of a call, if it need not wait and the upstream is not degraded.
    /// `poll_send` is for the others, and may be for the first call of a function to make it known.
    fn try_send(&mut self) -> bool;
    /// Ready when the attempt has been sent, or when it is refused.
    fn poll_send(
        &mut self,
        state: &mut RouteState,
        queued: &mut Self::Queued,
        sending: Sending,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>>;
    /// The attempt has succeeded, in its first poll if `at_once`. Does nothing and returns `false`
    /// if the upstream is degraded; [`RetryAccounting::succeeded`] is for that.
    fn try_succeed(&mut self, at_once: bool) -> bool;
    /// The state of enclosing calls during a poll.
    type PollState: PollState;
    /// The body is about to be polled.
    fn before_poll(&self) -> Self::PollState;
    /// Whether the body has recorded something in the poll that has just ended.
    fn has_recorded(&self) -> bool;
    /// The call has been running at least since then.
    fn started(&mut self, _: Instant) {}
    /// Starts the clock of the call, if it is not running yet.
    fn start_clock(&mut self) {}
    /// The source of allowances for hedged runs.
    type HedgeAllowances: HedgeAllowances;
    /// The allowances for hedged runs of the next attempt.
    fn hedge_allowances(&self, terms: HedgeTerms) -> Self::HedgeAllowances;
}

/// The part of a route for calls that wait, record something or have failed.
pub trait RetryAccounting {
    /// Whether the first attempt has taken time, or its end is recorded with the time.
    fn is_timed(&self) -> bool {
        true
    }
    /// Whether an attempt is in flight.
    fn is_in_flight(&self) -> bool;
    /// When the call started, as far as it is known before its first failure.
    fn start(&self) -> Moment;
    /// The retry budget that the call shares with others.
    fn budget(&self) -> SharedBudget<'_>;
    /// The retry has been sent with its release, since nothing else holds it up.
    fn sent(&mut self) {}
    /// The attempt has failed: what it held is returned, and the upstream takes note of it. The
    /// retry budget is updated separately.
    fn failed(
        &mut self,
        state: &mut RouteState,
        failure: &Classification,
        now: Moment,
    ) -> SharedConstraints;
    /// The attempt has succeeded, of a call with a record or of a degraded upstream.
    fn succeeded(&mut self, state: &mut RouteState, at_once: bool, now: Moment);
    /// The attempt has begun a stream: as [`succeeded`](Self::succeeded), but the stream takes what
    /// the attempt holds, and returns it when it ends.
    fn begin(&mut self, state: &mut RouteState, now: Moment) -> Option<HeldPermit>;
    /// The call is over: all that it still holds is returned.
    fn closed(&mut self, state: &mut RouteState);
    /// The place in the code that makes the call.
    fn site(&self) -> &'static CallSite;
    /// The class with which the call has failed.
    fn failed_with(&self) -> Option<Class>;
    /// The call has failed.
    fn set_failed_with(&mut self, class: Class);
    /// Counts a success at once for the statistics: of the function, the upstream and the key.
    fn count_at_once(&self);
    /// The call gave up while its retry was deferred.
    fn suppressed(&self) {}
    /// Whether the upstream is in shadow mode: nothing is held back.
    fn is_shadow(&self) -> bool {
        false
    }
    /// In shadow mode, the retry budget would hold the next attempt back.
    fn not_enforced(&self) {}
    /// The next attempt is refused before it is due.
    fn refused(&self) {}
    /// The retry budget cannot pay for the next attempt yet, so it waits.
    fn deferred(&self) {}
    /// For how long the circuit breaker lets nothing through, if it does not.
    fn circuit_open(&self, _: Moment) -> Option<Duration> {
        None
    }
    /// The target of the last attempt, if the call has several.
    fn target(&self) -> Option<Target> {
        None
    }
    /// The best other target after the last failure, if the call may move on to one.
    fn other_target(&self) -> Option<OtherTarget> {
        None
    }
    /// Whether a failure of this class, which is not retried at the same target, moves the call on
    /// to another one.
    fn may_leave(&self, _: Class) -> bool {
        false
    }
    /// The call waits for the present target, as the server has asked.
    fn stay(&mut self) {}
    /// The retry is due, and is about to ask the retry budget: of the target that it goes to.
    fn prepare_retry(&mut self, _: &mut RouteState, _: Moment) {}
    /// The next attempt goes to another target, after a failure of this class.
    fn move_on(&mut self, _: Class) {}
    /// The retry would wait for its budget. Returns whether it goes to another target instead.
    fn moves_instead_of_waiting(&mut self, _: Moment) -> bool {
        false
    }
    /// The upstream whose switch stops the call.
    fn halting_upstream(&self) -> Option<Cow<'_, str>> {
        self.origin().upstream
    }
    /// The call is answered by its fallback.
    fn fell_back(&self) {}
    /// Call site, upstream and key, as far as there are any, for events.
    fn origin(&self) -> Origin<'_>;
}

/// The part of a call in the state that it shares with others. Calls that succeed at once need
/// none.
#[derive(Default)]
pub struct RouteState {
    pub(crate) budget: CallBudget,
    /// The records of the body in this attempt.
    pub(crate) log: Option<Box<AttemptLog>>,
}

impl fmt::Debug for RouteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteState").finish_non_exhaustive()
    }
}

impl RouteState {
    /// Keeps the records that the body made in the poll that has just ended.
    #[cold]
    pub(crate) fn record(&mut self, new: Box<AttemptLog>) {
        match &mut self.log {
            None => self.log = Some(new),
            Some(log) => {
                log.tokens = new.tokens.or(log.tokens);
                log.limits = new.limits.or(log.limits);
            }
        }
    }

    fn take_log(&mut self) -> AttemptLog {
        self.log.take().map_or(AttemptLog::NOTHING, |log| *log)
    }
}

/// An attempt that waits for admission, or none.
pub trait QueuedAttempt: Default {
    /// Whether there is one.
    fn is_waiting(&self) -> bool;
}

impl QueuedAttempt for () {
    fn is_waiting(&self) -> bool {
        false
    }
}

/// An attempt that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// True for the first attempt of a call.
    pub(crate) is_first: bool,
    /// When the call has to be over.
    pub(crate) deadline: Moment,
    pub(crate) now: Moment,
}

/// The retry budget that a call shares with others.
#[derive(Clone, Copy, Debug)]
pub struct SharedBudget<'r> {
    pub(crate) state: &'r BudgetState,
    /// True if nothing else holds up a retry that it lets go.
    pub(crate) is_last_step: bool,
}

/// The constraints that the shared state puts on a call.
#[derive(Clone, Copy, Debug)]
pub struct SharedConstraints {
    pub(crate) circuit_open: Option<Duration>,
    /// Whether the call has several targets: see [`RetryAccounting::target`].
    pub(crate) has_targets: bool,
}

impl SharedConstraints {
    pub(crate) const NONE: Self = Self {
        circuit_open: None,
        has_targets: false,
    };
}

/// Creates the route when a call starts. `P` is the source of its policy.
pub trait Start<P> {
    /// The route of one call.
    type Route: Route;
    /// Starts a call at this place.
    fn start(self, site: &'static CallSite, policy: P) -> Self::Route;
}

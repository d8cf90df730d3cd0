//! Stage upstream: the route of a call through an upstream.

use super::{
    Budget, Failed, Last, PassageExtra, Route, Settle, Standing, Start, Until, Upstream,
    ledger::Ledger,
    shared::{Handle, Permit, Spent},
};
use crate::{
    Class, Limits, Rejection,
    ambient::{self, ToldOutside},
    clock::Moment,
    site::Site,
};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// What a call goes through: an upstream, by key and cost.
#[derive(Clone, Debug)]
pub struct Through<'u> {
    pub(super) upstream: &'u Upstream,
    pub(super) shared: Handle<'u>,
    pub(super) cost: u64,
}

impl<'u> Through<'u> {
    /// Through the state that all share who name no key.
    #[inline]
    pub fn of(upstream: &'u Upstream) -> Self {
        Self {
            upstream,
            shared: Handle::Whole(upstream.shared()),
            cost: 0,
        }
    }

    /// Through the state of this key.
    pub fn key<K: AsRef<str> + ?Sized>(self, key: &K) -> Self {
        Self {
            shared: Handle::Key(self.upstream.shared_by(key.as_ref())),
            ..self
        }
    }

    /// The tokens that each attempt is estimated to use.
    pub const fn cost(mut self, cost: u64) -> Self {
        self.cost = cost;
        self
    }

    #[inline]
    pub(super) fn try_admit(&self, now: Moment) -> Option<Permit> {
        self.shared.try_admit(self.upstream, self.cost, now)
    }
}

impl<'p, 'u> Start<'p> for Through<'u> {
    type Route = Passage<'u>;

    #[inline]
    fn start(self, _: &'p Site) -> Passage<'u> {
        Passage {
            through: self,
            ledger: Ledger::new(),
            spent: None,
            limits: None,
            stage: Stage::Outside,
        }
    }
}

/// The route of one call through an upstream.
///
/// Dropped while it waits to be let through, it leaves no trace. Dropped after an attempt was sent, it gives back its slot
/// and its probe; the request and its tokens stay spent, for the server may have counted them.
pub struct Passage<'u> {
    through: Through<'u>,
    ledger: Ledger,
    /// What the body has said in this attempt: that it spent, and what it has read of the quotas.
    spent: Option<u64>,
    limits: Option<Box<Limits>>,
    stage: Stage<'u>,
}

enum Stage<'u> {
    Outside,
    Waiting(Pin<Box<dyn Future<Output = Result<Permit, Rejection>> + Send + 'u>>),
    Inside(Permit),
}

impl Passage<'_> {
    /// The permit of the attempt that has ended, and what it spent.
    #[inline]
    fn leave(&mut self) -> Option<(Permit, Spent)> {
        let Stage::Inside(permit) = self.stage else {
            return None;
        };
        self.stage = Stage::Outside;
        let spent = Spent {
            estimated: self.through.cost,
            actual: self.spent.take(),
        };
        Some((permit, spent))
    }

    #[cold]
    fn wait(&mut self, deadline: Moment) {
        let Through {
            upstream,
            ref shared,
            cost,
        } = self.through;
        let shared = shared.clone();
        self.stage = Stage::Waiting(Box::pin(async move {
            shared.admit(upstream, cost, deadline).await
        }));
    }

    /// What the body has said while it was polled.
    #[cold]
    fn listen(&mut self) {
        let told = ambient::take_told();
        self.spent = told.spent.or(self.spent);
        if let Some(limits) = told.limits {
            self.limits = Some(Box::new(limits));
        }
    }

    /// What the attempt has read of the quotas counts when its tokens are settled: until then they are in flight.
    #[cold]
    fn learn(&mut self, limits: &Limits) {
        self.through.shared.learn(limits, Moment::now());
    }
}

impl<'u> Route for Passage<'u> {
    type Kept<R> = Option<Box<Last<R>>>;
    type Extra = PassageExtra<'u>;

    fn extra(&self, budget: Budget) -> PassageExtra<'u> {
        PassageExtra {
            through: self.through.clone(),
            budget,
        }
    }

    #[inline]
    fn poll_admitted(
        &mut self,
        deadline: Until,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        if !matches!(self.stage, Stage::Waiting(_)) {
            let now = Moment::now();
            let Some(permit) = self.through.try_admit(now) else {
                return self.poll_blocked(deadline.0, now, cx);
            };
            self.ledger.sent();
            self.stage = Stage::Inside(permit);
            return Poll::Ready(Ok(()));
        }
        self.poll_waiting(cx)
    }

    type Outside = ToldOutside;

    #[inline]
    fn before_poll(&self) -> ToldOutside {
        ambient::listen()
    }

    #[inline]
    fn after_poll(&mut self, outside: ToldOutside) {
        if ambient::is_told() {
            self.listen();
        }
        outside.restore();
    }

    #[inline]
    fn succeeded(&mut self, at_once: bool) {
        self.ledger.succeeded(&self.through.shared.account);
        if let Some((permit, spent)) = self.leave() {
            let Through {
                upstream, shared, ..
            } = &self.through;
            shared.succeeded(upstream, permit, spent, at_once);
        }
        if let Some(limits) = self.limits.take() {
            self.learn(&limits);
        }
    }
}

impl Passage<'_> {
    /// Not at once: either not at all or in its turn.
    #[cold]
    fn poll_blocked(
        &mut self,
        deadline: Moment,
        now: Moment,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        let Through {
            upstream,
            ref shared,
            ..
        } = self.through;
        if let Err(rejection) = shared.check_circuit(upstream, now) {
            shared.counts.refused.count();
            return Poll::Ready(Err(rejection));
        }
        self.wait(deadline);
        self.poll_waiting(cx)
    }

    #[cold]
    fn poll_waiting(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Rejection>> {
        let Stage::Waiting(waiting) = &mut self.stage else {
            return Poll::Pending;
        };
        let admitted = ready!(waiting.as_mut().poll(cx));
        self.stage = Stage::Outside;
        if admitted.is_err() {
            self.through.shared.counts.refused.count();
        }
        Poll::Ready(admitted.map(|permit| {
            self.ledger.sent();
            self.stage = Stage::Inside(permit);
        }))
    }
}

impl Settle for Passage<'_> {
    fn failed(&mut self, failed: Failed<'_>) -> Standing {
        let Failed {
            failure,
            cause,
            is_final,
            now,
            budget,
        } = failed;
        let ended = self.leave();
        let Through {
            upstream, shared, ..
        } = &self.through;
        // Those of the failure itself are as good, and later.
        self.limits = None;
        self.ledger
            .failed(&shared.account, budget, cause, is_final, now);
        if let Some((permit, spent)) = ended {
            shared.failed(upstream, permit, spent, failure, now);
        }
        Standing {
            budget_spent: !is_final && !shared.account.affords(budget, failure.class, now),
            circuit_open: upstream
                .circuit_breaker()
                .and_then(|_| shared.circuit_open(now)),
        }
    }

    fn suppressed(&self) {
        self.through.shared.counts.suppressed.count();
    }

    fn fell_back(&self) {
        self.through.shared.counts.fell_back.count();
    }

    fn retrying(&mut self, class: Class, budget: Budget, now: Until) {
        let account = &self.through.shared.account;
        self.ledger.retrying(account, budget, class, now.0);
    }
}

impl Drop for Passage<'_> {
    #[inline]
    fn drop(&mut self) {
        self.ledger.close(&self.through.shared.account);
        if let Some((permit, spent)) = self.leave() {
            self.through.shared.dropped(permit, spent);
        }
    }
}

impl fmt::Debug for Passage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passage")
            .field("upstream", &self.through.upstream.name())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Whole(_) => "Whole",
            Self::Key(_) => "Key",
        })
    }
}

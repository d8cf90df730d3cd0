//! Stage upstream: the route of a call through an upstream.

use crate::{
    Policy, Rejection,
    ambient::{self, Told, ToldOutside},
    budget::{Budget, CallBudget},
    call_site::Site,
    clock::Moment,
    route::{
        Asked, Asking, Failed, Last, Queue, Route, Settle, Standing, Start, Until,
        hedge_allowance::PassageExtra,
    },
    upstream::{Admission, Permit, Spent, Through},
};
use std::{
    fmt,
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

impl<'p, 'u> Start<'p> for Through<'u> {
    type Route = Passage<'u>;

    #[inline(always)]
    fn start(self, _: &'p Site) -> Passage<'u> {
        Passage {
            through: self,
            permit: None,
            aside: ManuallyDrop::new(None),
        }
    }
}

/// The route of one call through an upstream.
///
/// Dropped while it waits to be let through, it leaves no trace. Dropped after an attempt was sent, it gives back its slot
/// and its probe; the request and its tokens stay spent, for the server may have counted them.
pub struct Passage<'u> {
    through: Through<'u>,
    /// That of the attempt in flight.
    permit: Option<Permit>,
    /// What most calls have no use for. A call is moved a few times before it starts, so it is kept small.
    /// Dropped by hand: the compiler's own drop is a call even where there is nothing.
    aside: ManuallyDrop<Option<Box<Aside<'u>>>>,
}

type Admitted<'u> = Pin<Box<dyn Future<Output = Result<Permit, Rejection>> + Send + 'u>>;

#[derive(Default)]
struct Aside<'u> {
    waiting: Option<Admitted<'u>>,
    /// What the body has said in this attempt.
    told: Told,
    budget: CallBudget,
}

impl<'u> Passage<'u> {
    #[inline]
    fn enter(&mut self, permit: Permit) {
        self.permit = Some(permit);
        if self.through.shared.budget.is_degraded() {
            self.sent_degraded();
        }
    }

    #[cold]
    fn sent_degraded(&mut self) {
        let budget = &self.through.shared.budget;
        self.aside().budget.sent(budget);
    }

    /// After a wait or a failure, or with something told.
    #[cold]
    fn is_admitted_after_all(&mut self) -> bool {
        if self.aside().waiting.is_some() {
            return false;
        }
        let Some(permit) = self.through.try_admit(Moment::now()) else {
            return false;
        };
        self.enter_after_all(permit);
        true
    }

    fn enter_after_all(&mut self, permit: Permit) {
        self.permit = Some(permit);
        self.sent_degraded();
    }

    /// What the attempt has spent, and what it has read of the quotas.
    #[inline]
    fn take_told(&mut self) -> Told {
        match &mut *self.aside {
            None => Told::NOTHING,
            Some(aside) => std::mem::take(&mut aside.told),
        }
    }

    #[inline]
    fn spent(&self, told: &Told) -> Spent {
        Spent {
            estimated: self.through.cost,
            actual: told.spent,
        }
    }

    fn aside(&mut self) -> &mut Aside<'u> {
        self.aside.get_or_insert_default()
    }

    /// Lets the call's side of the budget do something, and keeps it if there is something to keep.
    fn with_budget(&mut self, act: impl FnOnce(&mut CallBudget)) {
        if let Some(aside) = &mut *self.aside {
            return act(&mut aside.budget);
        }
        let mut budget = CallBudget::new();
        act(&mut budget);
        if budget.is_used() {
            self.aside().budget = budget;
        }
    }

    /// What the body has said while it was polled.
    #[cold]
    fn listen(&mut self) {
        let new = ambient::take_told();
        let told = &mut self.aside().told;
        told.spent = new.spent.or(told.spent);
        told.limits = new.limits.or(told.limits);
    }
}

impl<'u> Route for Passage<'u> {
    type Kept<R> = Option<Box<Last<R>>>;
    const REFUSES: bool = true;
    type Extra = PassageExtra<'u>;
    type Outside = ToldOutside;

    fn extra(&self, budget: Budget) -> PassageExtra<'u> {
        PassageExtra {
            through: self.through,
            budget,
        }
    }

    #[inline(always)]
    fn is_admitted(&mut self) -> bool {
        if self.aside.is_some() {
            return self.is_admitted_after_all();
        }
        let Some(permit) = self.through.try_admit(Moment::now()) else {
            return false;
        };
        self.enter(permit);
        true
    }

    #[inline(always)]
    fn before_poll(&self) -> ToldOutside {
        ambient::listen(self.through.shared.id())
    }

    #[inline(always)]
    fn after_poll(&mut self, outside: ToldOutside) {
        if ambient::is_told() {
            self.listen();
        }
        drop(outside);
    }

    #[inline(always)]
    fn succeeded(&mut self, at_once: bool, policy: &Policy) {
        if self.aside.is_some() || !self.through.shared.budget.is_healthy() {
            return self.succeeded_after_all(at_once, policy);
        }
        let spent = self.spent(&Told::NOTHING);
        let permit = self.permit.take();
        let Through {
            upstream, shared, ..
        } = self.through;
        if let Some(permit) = permit {
            shared.succeeded(upstream, permit, spent, at_once);
        }
    }
}

impl Passage<'_> {
    /// After a wait or a failure, with something told, or of an upstream that is not healthy.
    #[cold]
    fn succeeded_after_all(&mut self, at_once: bool, policy: &Policy) {
        let budget = &self.through.shared.budget;
        self.with_budget(|call| call.succeeded(budget, policy));
        let told = self.take_told();
        let spent = self.spent(&told);
        let permit = self.permit.take();
        let Through {
            upstream, shared, ..
        } = self.through;
        if let Some(permit) = permit {
            shared.succeeded(upstream, permit, spent, at_once);
        }
        // When its tokens are settled: until then they are in flight.
        if let Some(limits) = told.limits {
            shared.learn(upstream, &limits, Moment::now());
        }
    }
}

impl Settle for Passage<'_> {
    fn poll_queue(
        &mut self,
        queue: Queue,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>> {
        let through = self.through;
        let waiting = &mut self.aside().waiting;
        let future =
            waiting.get_or_insert_with(|| Box::pin(Admission::new(through, queue).admit()));
        let admitted = ready!(future.as_mut().poll(cx));
        *waiting = None;
        if admitted.is_err() {
            through.shared.counts.refused.count();
        }
        Poll::Ready(
            admitted
                .map(|permit| self.enter_after_all(permit))
                .map_err(Box::new),
        )
    }

    fn failed(&mut self, failed: Failed<'_>) -> Standing {
        let Failed { failure, now, .. } = failed;
        // What it has read of the quotas: that of the failure itself is as good, and later.
        let told = self.take_told();
        let spent = self.spent(&told);
        let ended = self.permit.take();
        let Through {
            upstream, shared, ..
        } = self.through;
        self.with_budget(|call| call.failed(&shared.budget, &failed));
        if let Some(permit) = ended {
            shared.failed(upstream, permit, spent, failure, now);
        }
        Standing {
            circuit_open: self.circuit_open(Until(now)),
        }
    }

    fn ask(&mut self, asking: Asking, cx: &mut Context<'_>) -> Asked {
        let Asking { terms, now } = asking;
        let budget = &self.through.shared.budget;
        Asked(self.aside().budget.ask(budget, terms, now, cx))
    }

    fn circuit_open(&self, now: Until) -> Option<Duration> {
        let Through {
            upstream, shared, ..
        } = self.through;
        // A call inside a probe shares its place.
        let shares_probe = || ambient::is_inside(shared.id()) && shared.circuit.is_half_open(now.0);
        upstream
            .circuit_breaker()
            .and_then(|_| shared.circuit_open(now.0))
            .filter(|_| !shares_probe())
    }

    fn leave_queue(&mut self) {
        let budget = &self.through.shared.budget;
        self.aside().budget.leave_queue(budget);
    }

    fn suppressed(&self) {
        self.through.shared.counts.suppressed.count();
    }

    fn deferred(&self) {
        self.through.shared.counts.deferred.count();
    }

    fn fell_back(&self) {
        self.through.shared.counts.fell_back.count();
    }
}

impl Passage<'_> {
    /// The call ends in the middle of an attempt, or before one that was paid for.
    #[cold]
    fn cancel(&mut self) {
        let told = self.take_told();
        let spent = self.spent(&told);
        let shared = self.through.shared;
        if let Some(mut aside) = self.aside.take() {
            aside.budget.close(&shared.budget);
        }
        if let Some(permit) = self.permit.take() {
            shared.dropped(permit, spent);
        }
    }
}

impl Drop for Passage<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.permit.is_some() || self.aside.is_some() {
            self.cancel();
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

//! Parallel runs of one body.

use crate::{
    Classification, Processed, ServerWait, ambient,
    call::{FailedRun, Outcome, Runs},
    clock::Moment,
    event::EventKind,
    hedge::Hedge,
    route::{HedgeAllowance as _, HedgeAllowances},
    timer::Timer,
};
use pin_project_lite::pin_project;
use std::{
    borrow::Cow,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// The runs of a hedged attempt: they end with the first one that succeeds, or that fails
    /// finally, or else with the last one that fails. Dropping it drops all runs.
    #[must_use = "runs do nothing unless polled"]
    pub struct Race<'h, E: HedgeAllowances, B, F> {
        hedge: &'h Hedge,
        body: B,
        allowances: E,
        // The first run costs no allocation; few attempts have a second.
        #[pin]
        first: Option<F>,
        others: Vec<HedgedRun<E::HedgeAllowance, F>>,
        // The failure of the run that failed last, and when. In a box, as few attempts have one.
        failed: Option<Box<(Classification, Moment)>>,
        started: u32,
        start: Moment,
        // Until when a server's wait holds back further runs.
        held_until: Moment,
        #[pin]
        timer: Timer,
    }
}

/// A hedged run and its allowance.
struct HedgedRun<A, F> {
    future: Pin<Box<F>>,
    // Dropped after the future, so its end is reported when the run has been dropped. None for the
    // run that the attempt itself reports, which is the first one until it fails.
    allowance: Option<A>,
}

impl<'h, E: HedgeAllowances, B, F> Race<'h, E, B, F> {
    pub(super) fn new(hedge: &'h Hedge, allowances: E, body: B) -> Self {
        Self {
            hedge,
            body,
            allowances,
            first: None,
            others: Vec::new(),
            failed: None,
            started: 0,
            start: Moment::UNSET,
            held_until: Moment::UNSET,
            timer: Timer::new(),
        }
    }
}

/// A run that has ended.
struct EndedRun<A, R> {
    result: R,
    allowance: Option<A>,
}

impl<E, B, F> Runs for Race<'_, E, B, F>
where
    E: HedgeAllowances,
    B: FnMut() -> F,
    F: Future<Output: Outcome>,
{
    type Output = F::Output;

    fn poll_runs(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        judge: &mut dyn FnMut(&F::Output) -> Option<FailedRun>,
    ) -> Poll<F::Output> {
        let this = self.as_mut().project();
        if *this.started == 0 {
            *this.started = 1;
            *this.start = Moment::now();
            let first = (this.body)();
            self.as_mut().project().first.set(Some(first));
        }
        // Whether all runs but the last have just been polled.
        let mut is_polled = false;
        loop {
            if let Some(ended) = self.as_mut().poll_each(is_polled, cx) {
                if let Some(result) = self.as_mut().ended(ended, judge) {
                    return Poll::Ready(result);
                }
                // Another run may still succeed.
                is_polled = false;
                continue;
            }
            if !self.as_mut().poll_next(cx) {
                return Poll::Pending;
            }
            is_polled = self.as_mut().start();
        }
    }

    fn take_failed(self: Pin<&mut Self>) -> Option<Classification> {
        let (mut failure, at) = *self.project().failed.take()?;
        // The server may have processed another run.
        failure.processed = Processed::Maybe;
        failure.wait = failure.wait.and_then(|wait| {
            let left = wait.duration.checked_sub(Moment::now().since(at));
            Some(ServerWait {
                duration: left.filter(|left| !left.is_zero())?,
                ..wait
            })
        });
        Some(failure)
    }
}

impl<E, B, F> Race<'_, E, B, F>
where
    E: HedgeAllowances,
    B: FnMut() -> F,
    F: Future<Output: Outcome>,
{
    /// Polls all runs, or the last one only, until one ends.
    fn poll_each(
        self: Pin<&mut Self>,
        last_only: bool,
        cx: &mut Context<'_>,
    ) -> Option<EndedRun<E::HedgeAllowance, F::Output>> {
        let mut this = self.project();
        if !last_only {
            if let Some(first) = this.first.as_mut().as_pin_mut() {
                if let Poll::Ready(result) = first.poll(cx) {
                    this.first.set(None);
                    let allowance = None;
                    return Some(EndedRun { result, allowance });
                }
            }
        }
        let mut at = if last_only {
            this.others.len().saturating_sub(1)
        } else {
            0
        };
        while let Some(run) = this.others.get_mut(at) {
            if let Poll::Ready(result) = run.future.as_mut().poll(cx) {
                let run = this.others.swap_remove(at);
                let allowance = run.allowance;
                return Some(EndedRun { result, allowance });
            }
            at = at.saturating_add(1);
        }
        None
    }

    /// The result of the attempt, if the run decides it: a success, a final failure, or the last
    /// one.
    fn ended(
        self: Pin<&mut Self>,
        ended: EndedRun<E::HedgeAllowance, F::Output>,
        judge: &mut dyn FnMut(&F::Output) -> Option<FailedRun>,
    ) -> Option<F::Output> {
        let mut this = self.project();
        let EndedRun { result, allowance } = ended;
        let failed = judge(&result);
        let is_last = this.first.is_none() && this.others.is_empty();
        match failed {
            Some(failed) if !failed.is_final && !is_last => {
                let now = Moment::now();
                if let Some(wait) = failed.failure.wait {
                    *this.held_until = now.after(wait.duration).max(*this.held_until);
                }
                // Reported at once: the allowance of another run does it for one without, and that
                // run is then the one that the attempt reports.
                let other = || this.others.iter_mut().find_map(|run| run.allowance.take());
                if let Some(allowance) = allowance.or_else(other) {
                    allowance.failed(&failed.failure);
                }
                let (failure, _) = &**this.failed.insert(Box::new((failed.failure, now)));
                // Last, because a subscriber may panic.
                let failure = Cow::Borrowed(failure);
                this.allowances
                    .origin()
                    .emit_if_recorded(EventKind::RunFailed { failure });
                return None;
            }
            Some(_) => {}
            None => this.hedge.ended(Moment::now().since(*this.start)),
        }
        this.first.set(None);
        this.others.clear();
        Some(result)
    }

    /// True when a further run is due: its delay and a server's wait are over.
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let mut this = self.project();
        if *this.started > this.hedge.max {
            return false;
        }
        loop {
            if !this.timer.is_set() {
                let Some(delay) = this.hedge.delay() else {
                    return false;
                };
                this.timer.as_mut().set(Moment::now().after(delay));
            }
            if this.timer.as_mut().poll(cx).is_pending() {
                return false;
            }
            this.timer.as_mut().unset();
            // A server's wait holds back the next run.
            if this.held_until.is_unset() || Moment::now() >= *this.held_until {
                return true;
            }
            this.timer.as_mut().set(*this.held_until);
        }
    }

    /// Starts a further run, if it is allowed and the attempt is not over: polled late, it may be
    /// over before it is cut.
    fn start(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        *this.started = this.started.saturating_add(1);
        let end = ambient::deadline().earlier(ambient::attempt_end());
        if !end.is_unset() && Moment::now() >= end {
            return false;
        }
        let mut allowance = match this.allowances.start() {
            Ok(allowance) => allowance,
            Err(reason) => {
                let kind = EventKind::NotHedging { reason };
                this.allowances.origin().emit_if_recorded(kind);
                return false;
            }
        };
        let kind = EventKind::Hedging { run: *this.started };
        this.allowances.origin().emit_if_recorded(kind);
        // Not before, because a subscriber may panic.
        allowance.sent();
        let (future, allowance) = (Box::pin((this.body)()), Some(allowance));
        this.others.push(HedgedRun { future, allowance });
        true
    }
}

impl<E: HedgeAllowances, B, F> fmt::Debug for Race<'_, E, B, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Race")
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

//! Parallel runs of one body.

use crate::{
    call::Outcome,
    clock::Moment,
    event::{EventKind, Origin},
    hedge::Hedge,
    route::{HedgeAllowance as _, HedgeAllowances},
    timer::Timer,
};
use pin_project_lite::pin_project;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// The future of a hedged attempt: ready with the first run that succeeds, or with the last one
    /// that fails. Dropping it drops all runs.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Race<'h, E: HedgeAllowances, B, F> {
        hedge: &'h Hedge,
        body: B,
        allowances: E,
        // The first run costs no allocation; few attempts have a second.
        #[pin]
        first: Option<F>,
        first_ended: bool,
        others: Vec<HedgedRun<E::HedgeAllowance, F>>,
        started: u32,
        start: Moment,
        #[pin]
        timer: Timer,
    }
}

/// A hedged run and its allowance.
struct HedgedRun<A, F> {
    future: Pin<Box<F>>,
    // Dropped after the future, so its end is reported when the run has been dropped.
    allowance: A,
}

impl<'h, E: HedgeAllowances, B, F> Race<'h, E, B, F> {
    pub(super) fn new(hedge: &'h Hedge, allowances: E, body: B) -> Self {
        Self {
            hedge,
            body,
            allowances,
            first: None,
            first_ended: false,
            others: Vec::new(),
            started: 0,
            start: Moment::UNSET,
            timer: Timer::new(),
        }
    }
}

impl<E, B, F> Future for Race<'_, E, B, F>
where
    E: HedgeAllowances,
    B: FnMut() -> F,
    F: Future<Output: Outcome>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if *this.started == 0 {
            *this.started = 1;
            *this.start = Moment::now();
            this.first.set(Some((this.body)()));
        }
        // Whether all runs but the last have just been polled.
        let mut is_polled = false;
        loop {
            let mut ended = None;
            if let (false, Some(first)) = (is_polled, this.first.as_mut().as_pin_mut()) {
                if let Poll::Ready(result) = first.poll(cx) {
                    this.first.set(None);
                    ended = Some(result);
                }
            }
            let mut at = if is_polled {
                this.others.len().saturating_sub(1)
            } else {
                0
            };
            is_polled = false;
            while let (None, Some(run)) = (&ended, this.others.get_mut(at)) {
                match run.future.as_mut().poll(cx) {
                    Poll::Pending => at = at.saturating_add(1),
                    Poll::Ready(result) => {
                        let mut run = this.others.swap_remove(at);
                        run.allowance.ended(result.as_result().is_ok());
                        ended = Some(result);
                    }
                }
            }
            if let Some(result) = ended {
                let is_last = this.first.is_none() && this.others.is_empty();
                if result.as_result().is_ok() {
                    this.hedge.ended(Moment::now().since(*this.start));
                    this.first.set(None);
                    this.others.clear();
                    return Poll::Ready(result);
                }
                if is_last {
                    return Poll::Ready(result);
                }
                // Another run may still succeed.
                continue;
            }
            if *this.started > this.hedge.max {
                return Poll::Pending;
            }
            if !this.timer.is_set() {
                let Some(delay) = this.hedge.delay() else {
                    return Poll::Pending;
                };
                this.timer.as_mut().set(Moment::now().after(delay));
            }
            if this.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            this.timer.as_mut().unset();
            *this.started = this.started.saturating_add(1);
            if let Some(allowance) = this.allowances.start() {
                let kind = EventKind::Hedging { run: *this.started };
                Origin::default().emit(kind);
                let future = Box::pin((this.body)());
                this.others.push(HedgedRun { future, allowance });
                is_polled = true;
            }
        }
    }
}

impl<E: HedgeAllowances, B, F> fmt::Debug for Race<'_, E, B, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Race")
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

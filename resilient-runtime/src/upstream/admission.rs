//! Admission of an attempt that cannot be sent at once: waits in its turn and reports the wait.

use crate::{
    Rejection, ambient,
    clock::Moment,
    event::{EventKind, Origin, WaitsFor},
    upstream::{
        HeldPlace,
        concurrency::Full,
        handle::UpstreamHandle,
        permit::{Permit, Taken},
        queue_terms::QueueTerms,
        rate::Refused,
        turns::Turns,
    },
};
use std::{
    future::poll_fn,
    pin::pin,
    task::{Poll, ready},
    time::Duration,
};

/// An attempt that waits for admission.
pub(crate) struct Admission<'u> {
    pub(super) handle: UpstreamHandle<'u>,
    pub(super) queue: QueueTerms,
    /// Whether an enclosing attempt holds a permit of the same upstream. The inner attempt never
    /// waits for a permit then, which could deadlock: it takes a free one, or one beyond the limit.
    is_inner: bool,
    /// The latest moment of admission: the deadline, or the end of the longest wait.
    pub(super) latest: Moment,
    /// The first reason for a wait, and when that wait began.
    waited: Option<(WaitsFor, Moment)>,
}

impl<'u> Admission<'u> {
    pub(crate) fn new(handle: UpstreamHandle<'u>, queue: QueueTerms) -> Self {
        let max_wait = handle.shared.settings(handle.upstream.config()).max_wait;
        Self {
            handle,
            queue,
            is_inner: ambient::is_inside(handle.shared.id()),
            latest: Moment::now().after(max_wait).earlier(queue.deadline),
            waited: None,
        }
    }

    /// Waits for admission. Cancel safe: dropped before it is ready, it has taken nothing.
    ///
    /// # Errors
    /// The rejection, returned at once if the wait would exceed the deadline or the longest wait.
    pub(crate) async fn admit(mut self) -> Result<Permit, Rejection> {
        let shared = self.handle.shared;
        loop {
            shared.emit_ended_limits(self.handle.upstream);
            self.breaker().await?;
            let probe = self.probe().await?;
            self.handle.check_caps()?;
            let mut taken = Taken::new(self.handle.upstream, shared);
            self.limits(&mut taken).await?;
            let now = Moment::now();
            let deadline = self.queue.deadline;
            if !deadline.is_unset() && now >= deadline {
                // The deadline would cut it off at once.
                let limit = self
                    .waited
                    .map_or("admission", |(first, _)| first.in_words());
                return Err(self.throttled(limit, None));
            }
            let UpstreamHandle { upstream, cost, .. } = self.handle;
            let has_breaker = shared.settings(upstream.config()).breaker.is_some();
            if let (false, Err(wait)) = (has_breaker, shared.circuit.check(now)) {
                // Without a breaker it is not checked when the attempt enters.
                return Err(self.handle.open(wait));
            }
            taken.keep();
            match shared.enter(upstream, cost, now, shared.is_in_probe(now)) {
                Ok(permit) => {
                    probe.used();
                    if let Some((waits_for, since)) = self.waited {
                        let mut unsent = Taken::all(upstream, shared, permit.ticket, cost);
                        let waited = now.since(since);
                        let kind = EventKind::Admitted { waits_for, waited };
                        self.origin().emit(kind);
                        unsent.keep();
                    }
                    return Ok(permit);
                }
                // The circuit opened while the attempt waited.
                Err(wait) => self.waits_for_breaker(wait, now)?,
            }
        }
    }

    /// Takes all resources at one moment, and holds none of them over a wait: a permit in use is
    /// that of an attempt in flight, and a rate limit would refill while units taken from it wait.
    async fn limits(&mut self, taken: &mut Taken<'_>) -> Result<(), Rejection> {
        let UpstreamHandle {
            upstream,
            shared,
            cost,
        } = self.handle;
        if let Some(capacity) = shared.tokens.never(cost, Moment::now()) {
            return Err(self.too_costly(capacity));
        }
        let mut turns = Turns::new(self.is_inner);
        let mut place: Option<HeldPlace> = None;
        loop {
            let held = match place.take() {
                Some(held) if !held.is_outdated() => held,
                _ => {
                    turns.clear();
                    self.place(taken).await?
                }
            };
            let resources = &mut taken.resources;
            match shared.take_with_caps(upstream, resources, cost, Moment::now(), turns.ahead()) {
                Ok(()) => {
                    held.used(cost);
                    return Ok(());
                }
                Err(missing) => {
                    // It is given up over the wait for the end of a pause.
                    place = (missing != WaitsFor::Gate).then_some(held);
                    taken.put_back_units();
                    self.wait_for(missing, taken, &mut turns).await?;
                }
            }
        }
    }

    /// Waits for the missing resource. A permit is taken when it is granted; for a request or
    /// tokens the attempt gets its turn, and takes them afterwards.
    async fn wait_for(
        &mut self,
        missing: WaitsFor,
        taken: &mut Taken<'_>,
        turns: &mut Turns<'u>,
    ) -> Result<(), Rejection> {
        let UpstreamHandle { shared, cost, .. } = self.handle;
        let (latest, until) = (self.latest, self.latest.instant());
        match missing {
            // Its window may have ended since.
            WaitsFor::Cap => self.handle.check_caps()?,
            WaitsFor::Gate | WaitsFor::Breaker | WaitsFor::Budget => {
                turns.clear();
                let passed = self
                    .waiting(missing, taken, shared.gate.pass(latest))
                    .await?;
                passed.map_err(|wait| self.throttled(missing.in_words(), Some(wait)))?;
            }
            WaitsFor::Concurrency if self.is_inner => {
                shared.concurrency.acquire_beyond_limit();
                taken.resources.permit = true;
            }
            WaitsFor::Concurrency => {
                shared.tell_waiting(self.handle.upstream);
                let acquiring = shared.concurrency.acquire(until, !turns.is_empty());
                let acquired = self
                    .waiting(missing, taken, turns.kept_over(acquiring))
                    .await?;
                acquired.map_err(|full| self.full(full))?;
                taken.resources.permit = true;
            }
            WaitsFor::Requests => {
                let got = self
                    .waiting(missing, taken, turns.for_request(shared, until))
                    .await?;
                got.map_err(|refused| self.refused(missing, refused))?;
            }
            WaitsFor::Tokens => {
                let turn = turns.for_tokens(shared, cost, until);
                let got = self.waiting(missing, taken, turn).await?;
                got.map_err(|refused| self.refused(missing, refused))?;
            }
        }
        Ok(())
    }

    /// Awaits `future`, and reports the first wait of the attempt. A permit is returned when the
    /// attempt has its place in the queue: the next one may be about to join it.
    ///
    /// # Errors
    /// The rejection of a call that waits for anything else than the breaker, as soon as that
    /// opens.
    pub(super) async fn waiting<F: Future>(
        &mut self,
        waits_for: WaitsFor,
        taken: &mut Taken<'_>,
        future: F,
    ) -> Result<F::Output, Rejection> {
        let gate = &self.handle.shared.gate;
        // Registered before the first check, so that no change is missed.
        let mut changed = pin!(gate.changed());
        let mut is_changed = true;
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            taken.put_back();
            if self.waited.is_none() {
                self.waited = Some((waits_for, Moment::now()));
                self.handle.shared.counts.queued.count();
                let kind = EventKind::Queued { waits_for };
                self.origin().emit(kind);
            }
            self.handle.report_wait(waits_for);
            if waits_for == WaitsFor::Breaker {
                return Poll::Pending;
            }
            loop {
                if is_changed {
                    self.still_admitted()?;
                }
                is_changed = false;
                ready!(changed.as_mut().poll(cx));
                changed.set(gate.changed());
                is_changed = true;
            }
        })
        .await
    }

    /// # Errors
    /// The rejection, if a cap is reached, or if the circuit is open and the call does not wait for
    /// it. One that does keeps its place in the queue, and waits for the breaker afterwards.
    fn still_admitted(&self) -> Result<(), Rejection> {
        let shared = self.handle.shared;
        let now = Moment::now();
        match shared.circuit.check(now) {
            Err(wait) if !shared.is_in_probe(now) => self.waits_for_breaker(wait, now)?,
            _ => {}
        }
        self.handle.check_caps()
    }

    fn origin(&self) -> Origin<'u> {
        self.queue.site.events(self.handle.origin())
    }

    fn full(&self, full: Full) -> Rejection {
        match full {
            Full::Queue => {
                let name = self.handle.upstream.config().name.clone();
                Rejection::at_capacity(name, self.handle.shared.concurrency.limit())
            }
            Full::Time => self.throttled(WaitsFor::Concurrency.in_words(), None),
        }
    }

    fn throttled(&self, limit: &'static str, wait: Option<Duration>) -> Rejection {
        let name = self.handle.upstream.config().name.clone();
        Rejection::throttled(name, limit, wait)
    }

    fn too_costly(&self, capacity: u64) -> Rejection {
        let UpstreamHandle { upstream, cost, .. } = self.handle;
        Rejection::too_costly(upstream.config().name.clone(), cost, capacity)
    }

    pub(super) fn refused(&self, limit: WaitsFor, refused: Refused) -> Rejection {
        let limit = limit.in_words();
        match refused {
            Refused::Wait(wait) => self.throttled(limit, Some(wait)),
            Refused::Reading { next } => self.throttled(limit, next),
            Refused::Never { capacity } => self.too_costly(capacity),
        }
    }
}

//! The queue of a rate limit.

use crate::{
    clock::Moment,
    random,
    sync::Ordering,
    timer::{self, timeout_at},
    upstream::rate::{
        limit::RateLimit,
        local::{RateState, Refused},
    },
};
use std::{pin::pin, time::Duration};
use tokio::{sync::SemaphorePermit, time::Instant};

/// The longest sleep of the queue's head: its wait may shrink without a notification, as a
/// throttled rate recovers.
pub(crate) const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The shortest sleep of those that pass a head which is not polled.
const SHORTEST_SLEEP: Duration = Duration::from_millis(1);

/// A head of the queue that has not looked for so long is not polled. Then the others do not wait
/// for it.
const STALLED: Duration = Duration::from_secs(2);

/// The place of a call in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queueing {
    /// Behind those that have come before.
    InTurn,
    /// Behind nobody.
    Ahead,
}

/// The turn of a call that has waited until its cost fits: the right to take it ahead of the queue.
/// Nothing is taken yet, and another may be first where it is not taken at once.
pub(crate) struct Turn<'l> {
    limit: &'l RateLimit,
    place: Place<'l>,
    /// `None` for a call that is ahead of the queue, or passes a head that is not polled.
    head: Option<SemaphorePermit<'l>>,
}

/// A place in the queue, counted while it is held.
struct Place<'l> {
    state: &'l RateState,
    cost: u64,
    /// The units that those behind it count. A call above a limit that the server has lowered reads
    /// it again, and does not wait for units of it.
    counted: u64,
}

impl<'l> Place<'l> {
    fn new(state: &'l RateState, cost: u64) -> Self {
        let counted = if cost > state.capacity() { 1 } else { cost };
        state.enqueue(counted);
        Self {
            state,
            cost,
            counted,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.state.dequeue(self.counted);
    }
}

impl RateLimit {
    /// Waits for its turn, in FIFO order. One that had it before keeps its place.
    ///
    /// # Errors
    /// As soon as it is known that the wait would exceed `latest`, if given.
    pub(crate) async fn turn<'l>(
        &'l self,
        had: Option<Turn<'l>>,
        queueing: Queueing,
        cost: u64,
        latest: Option<Instant>,
    ) -> Result<Turn<'l>, Refused> {
        if let Some(turn) = had {
            match turn.fits(latest).await {
                // The limit was lowered meanwhile.
                Err(Refused::Reading { .. }) => {}
                ended => return ended.map(|()| turn),
            }
        }
        loop {
            // Registered before the check, so that no change is missed.
            let sooner = self.sooner.notified();
            let now = Instant::now();
            let refused = match queueing {
                Queueing::InTurn => self.state.refusal(cost, Moment::of(now)),
                Queueing::Ahead => self.state.fits_first(cost, Moment::of(now)).err(),
            };
            match refused {
                Some(Refused::Never { capacity }) => return Err(Refused::Never { capacity }),
                Some(Refused::Wait(wait)) if outlasts(now, wait, latest) => {
                    return Err(Refused::Wait(wait));
                }
                Some(Refused::Reading { next }) => {
                    let wait = next.unwrap_or_default();
                    if is_over(now, latest) || outlasts(now, wait, latest) {
                        return Err(Refused::Reading { next });
                    }
                    // Not queued, or cheaper calls would wait behind it.
                    timeout_at(timer::earlier(now, LONGEST_SLEEP, latest), sooner).await;
                }
                Some(Refused::Wait(_)) | None => {
                    let ended = match queueing {
                        Queueing::InTurn => self.turn_in_queue(cost, latest).await,
                        Queueing::Ahead => {
                            let place = Place::new(&self.state, cost);
                            self.turn_at_head(place, None, latest).await
                        }
                    };
                    match ended {
                        Err(Refused::Reading { .. }) => {}
                        ended => return ended,
                    }
                }
            }
        }
    }

    /// Waits as the head of the queue, or as if it were, when the head is not polled.
    async fn turn_in_queue(&self, cost: u64, latest: Option<Instant>) -> Result<Turn<'_>, Refused> {
        let place = Place::new(&self.state, cost);
        let mut head = pin!(self.head.acquire());
        // A head that is known to be stalled is not waited for again.
        let mut sleep = if self.is_head_stalled(Moment::now()) {
            Duration::ZERO
        } else {
            STALLED
        };
        loop {
            let look = timer::earlier(Instant::now(), sleep, latest);
            if let Some(head) = timeout_at(look, head.as_mut()).await {
                return self.turn_at_head(place, head.ok(), latest).await;
            }
            let now = Instant::now();
            let moment = Moment::of(now);
            if is_over(now, latest) {
                // Timed out in the queue: reports the wait of a call that comes now.
                drop(place);
                let refused = self.state.refusal(cost, moment);
                return Err(refused.unwrap_or(Refused::Wait(Duration::from_nanos(1))));
            }
            sleep = STALLED;
            if self.is_head_stalled(moment) {
                match self.state.fits_first(cost, moment) {
                    // All others look too: spread, they use every unit when it is there.
                    Err(Refused::Wait(wait)) => {
                        let longest = wait.saturating_mul(2).min(LONGEST_SLEEP);
                        sleep = random::part_of(longest).max(SHORTEST_SLEEP);
                    }
                    Err(refused) => return Err(refused),
                    Ok(()) => {
                        return Ok(Turn {
                            limit: self,
                            place,
                            head: None,
                        });
                    }
                }
            }
        }
    }

    async fn turn_at_head<'l>(
        &'l self,
        place: Place<'l>,
        head: Option<SemaphorePermit<'l>>,
        latest: Option<Instant>,
    ) -> Result<Turn<'l>, Refused> {
        let turn = Turn {
            limit: self,
            place,
            head,
        };
        turn.fits(latest).await.map(|()| turn)
    }

    /// Whether the head of the queue has not looked for so long that it cannot have been polled: it
    /// may be a branch of a `select!`, or one of several futures whose task does something else.
    fn is_head_stalled(&self, now: Moment) -> bool {
        let looked = Moment(self.looked.load(Ordering::Relaxed));
        now.since(looked) >= STALLED || now.is_behind(looked)
    }
}

impl Turn<'_> {
    /// Sleeps until the cost fits, checking again after each sleep and each change.
    async fn fits(&self, latest: Option<Instant>) -> Result<(), Refused> {
        let limit = self.limit;
        loop {
            // Registered before the check, so that no change is missed.
            let sooner = limit.sooner.notified();
            let now = Instant::now();
            self.mark_polled(Moment::of(now));
            let wait = match limit.state.fits_first(self.place.cost, Moment::of(now)) {
                Err(Refused::Wait(wait)) => wait,
                ended => return ended,
            };
            if outlasts(now, wait, latest) {
                return Err(Refused::Wait(wait));
            }
            timeout_at(timer::after(now, wait.min(LONGEST_SLEEP)), sooner).await;
        }
    }

    /// To be called at least every [`LONGEST_SLEEP`], or others no longer wait for this call.
    pub(crate) fn mark_polled(&self, now: Moment) {
        if self.head.is_some() {
            self.limit.looked.store(now.0, Ordering::Relaxed);
        }
    }
}

fn is_over(now: Instant, latest: Option<Instant>) -> bool {
    latest.is_some_and(|latest| now >= latest)
}

fn outlasts(now: Instant, wait: Duration, latest: Option<Instant>) -> bool {
    latest.is_some_and(|latest| timer::after(now, wait) > latest)
}

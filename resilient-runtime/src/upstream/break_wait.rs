//! The wait of an attempt for the end of a break.

use crate::{
    Rejection,
    clock::Moment,
    event::WaitsFor,
    random,
    upstream::{admission::Admission, gate::Gate, permit::Taken},
};
use std::time::Duration;
use tokio::sync::futures::Notified;

/// Callers that waited for the end of a break are spread over this time.
const SPREAD: Duration = Duration::from_secs(1);

impl Admission<'_> {
    /// Waits for the circuit breaker, if the call is configured to wait for it.
    pub(super) async fn breaker(&mut self) -> Result<(), Rejection> {
        let shared = self.handle.shared;
        loop {
            let changed = shared.gate.changed();
            let now = Moment::now();
            let Err(wait) = shared.circuit.check(now) else {
                return Ok(());
            };
            if shared.is_in_probe(now) {
                return Ok(());
            }
            self.break_ends(wait, changed).await?;
        }
    }

    /// Waits for the end of a break, if the call does.
    ///
    /// # Errors
    /// The rejection.
    pub(super) async fn break_ends(
        &mut self,
        wait: Duration,
        changed: Notified<'_>,
    ) -> Result<(), Rejection> {
        let now = Moment::now();
        self.waits_for_breaker(wait, now)?;
        let spread = random::part_of(SPREAD.min(wait));
        let at = now.after(wait).after(spread).earlier(self.latest);
        let mut nothing = Taken::new(self.handle.upstream, self.handle.shared);
        let sleep = Gate::sleep_until(at, changed);
        self.waiting(WaitsFor::Breaker, &mut nothing, sleep).await
    }

    /// # Errors
    /// The rejection, unless the call waits for the breaker and the break ends in time.
    pub(super) fn waits_for_breaker(&self, wait: Duration, now: Moment) -> Result<(), Rejection> {
        let is_isolated = wait == Duration::MAX;
        let is_waited_for =
            self.queue.waits_for_breaker || self.handle.item_waits_for_breaker(self.queue.site);
        if !is_waited_for || is_isolated || now.after(wait) > self.latest {
            return Err(self.handle.open(wait));
        }
        Ok(())
    }
}

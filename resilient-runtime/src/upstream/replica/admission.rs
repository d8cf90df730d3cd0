//! The part of an admission that asks the other replicas.

use crate::{
    Rejection,
    clock::Moment,
    event::WaitsFor,
    upstream::{
        admission::Admission,
        permit::Taken,
        replica::{HeldPlace, ProbeLease, waiting::Waiting},
    },
};

impl Admission<'_> {
    /// Waits for the place of the attempt in the line of all replicas. It holds nothing meanwhile.
    ///
    /// # Errors
    /// The rejection, as soon as it is known that the wait would be too long.
    pub(in crate::upstream) async fn place(
        &mut self,
        taken: &mut Taken<'_>,
    ) -> Result<HeldPlace, Rejection> {
        let handle = self.handle;
        let Some(replica) = handle.shared.replica(handle.upstream) else {
            return Ok(HeldPlace::NONE);
        };
        let now = Moment::now();
        if let Ok(place) = replica.place_at_once(handle.shared, handle.upstream, handle.cost, now) {
            return Ok(place);
        }
        taken.put_back();
        let (upstream, shared, cost) = (handle.upstream, handle.shared, handle.cost);
        let mut waiting = Waiting::new(replica, upstream, shared, cost, self.latest);
        let placed = match waiting.answer().await {
            Some(placed) => placed,
            None => {
                let limit = self.limit_of_place();
                self.waiting(limit, taken, waiting.due()).await?
            }
        };
        placed.map_err(|refused| {
            if waiting.has_lost_store() {
                Rejection::store_lost(upstream.config().name.clone())
            } else {
                self.refused(self.limit_of_place(), refused)
            }
        })
    }

    /// The limit that is named as the reason of a wait.
    fn limit_of_place(&self) -> WaitsFor {
        if self.handle.shared.requests.is_limited() {
            WaitsFor::Requests
        } else {
            WaitsFor::Tokens
        }
    }

    /// Asks for the right to send a probe, if the circuit of all replicas is open.
    ///
    /// # Errors
    /// The rejection, if others send theirs and the call does not wait for the breaker.
    pub(in crate::upstream) async fn probe(&mut self) -> Result<ProbeLease, Rejection> {
        let handle = self.handle;
        loop {
            // Before the answer, so that no change is missed.
            let changed = handle.shared.gate.changed();
            let now = Moment::now();
            let Some(replica) = handle.shared.replica(handle.upstream) else {
                return Ok(ProbeLease::NONE);
            };
            if !replica.needs_probe(handle.shared, now) || handle.shared.is_in_probe(now) {
                return Ok(ProbeLease::NONE);
            }
            match replica.probe().await {
                Ok(lease) => return Ok(lease),
                Err(wait) => {
                    self.break_ends(wait, changed).await?;
                }
            }
        }
    }
}

//! The turns of an attempt that waits for rate limits.

use crate::{
    clock::Moment,
    event::WaitsFor,
    timer,
    upstream::{
        permit::Resources,
        rate::{LONGEST_SLEEP, Refused, Turn},
        state::UpstreamState,
    },
};
use std::pin::pin;
use tokio::time::{Instant, timeout_at};

/// The turns of an attempt in the queues of the rate limits. It keeps them while it waits for the
/// rest of what it needs: others do not take its units meanwhile.
///
/// An attempt that has its turn for requests never waits for that for tokens, only the other way
/// round, or two attempts could wait for each other.
#[derive(Default)]
pub(super) struct Turns<'u> {
    requests: Option<Turn<'u>>,
    tokens: Option<Turn<'u>>,
}

impl<'u> Turns<'u> {
    pub(super) const fn is_empty(&self) -> bool {
        self.requests.is_none() && self.tokens.is_none()
    }

    /// Takes all resources that are not taken yet, at one moment. What the attempt has its turn for
    /// is taken ahead of the queue; with the tokens, a request is.
    ///
    /// # Errors
    /// The first resource that the attempt has to wait for. The concurrency limit comes last: a
    /// permit is only taken by an attempt that is sent.
    pub(super) fn take(
        &self,
        shared: &UpstreamState,
        resources: &mut Resources,
        cost: u64,
        now: Moment,
    ) -> Result<(), WaitsFor> {
        if shared.gate.is_closed(now) {
            return Err(WaitsFor::Gate);
        }
        let request = if self.is_empty() {
            shared.requests.try_take(1, now)
        } else {
            shared.requests.take_first(1, now)
        };
        if request.is_err() {
            return Err(WaitsFor::Requests);
        }
        resources.request = true;
        let tokens = if self.tokens.is_none() {
            shared.tokens.try_take(cost, now)
        } else {
            shared.tokens.take_first(cost, now)
        };
        if tokens.is_err() {
            return Err(WaitsFor::Tokens);
        }
        resources.tokens = Some(cost);
        if !resources.permit && !shared.concurrency.try_acquire() {
            return Err(WaitsFor::Concurrency);
        }
        resources.permit = true;
        Ok(())
    }

    /// Waits for the turn to take a request.
    pub(super) async fn for_request(
        &mut self,
        shared: &'u UpstreamState,
        latest: Option<Instant>,
    ) -> Result<(), Refused> {
        let turn = shared.requests.turn(self.requests.take(), 1, latest);
        self.requests = Some(self.kept_over(turn).await?);
        Ok(())
    }

    /// Waits for the turn to take tokens.
    pub(super) async fn for_tokens(
        &mut self,
        shared: &'u UpstreamState,
        cost: u64,
        latest: Option<Instant>,
    ) -> Result<(), Refused> {
        self.requests = None;
        let turn = shared.tokens.turn(self.tokens.take(), cost, latest);
        self.tokens = Some(turn.await?);
        Ok(())
    }

    /// Awaits the future. The others in the queues see that this attempt is polled.
    pub(super) async fn kept_over<F: Future>(&self, future: F) -> F::Output {
        if self.is_empty() {
            return future.await;
        }
        let mut future = pin!(future);
        loop {
            let now = Instant::now();
            for turn in [&self.requests, &self.tokens].into_iter().flatten() {
                turn.is_polled(Moment::of(now));
            }
            if let Ok(output) = timeout_at(timer::after(now, LONGEST_SLEEP), future.as_mut()).await
            {
                return output;
            }
        }
    }
}

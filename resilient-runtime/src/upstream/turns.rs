//! The turns of an attempt that waits for rate limits.

use crate::{
    clock::Moment,
    timer,
    upstream::{
        permit::Ahead,
        rate::{LONGEST_SLEEP, Queueing, Refused, Turn},
        state::UpstreamState,
    },
};
use std::pin::pin;
use tokio::time::Instant;

/// The turns of an attempt in the queues of the rate limits. It keeps them while it waits for the
/// rest of what it needs: newcomers do not overtake it.
///
/// An attempt that has its turn for requests never waits for that for tokens, only the other way
/// round, or two attempts could wait for each other.
pub(super) struct Turns<'u> {
    queueing: Queueing,
    requests: Option<Turn<'u>>,
    tokens: Option<Turn<'u>>,
}

impl<'u> Turns<'u> {
    /// The inner attempt of one with a permit waits behind nobody: one that is ahead may wait for
    /// that permit.
    pub(super) const fn new(is_inner: bool) -> Self {
        Self {
            queueing: if is_inner {
                Queueing::Ahead
            } else {
                Queueing::InTurn
            },
            requests: None,
            tokens: None,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.requests.is_none() && self.tokens.is_none()
    }

    /// An attempt takes ahead of the queue what it has its turn for, and a request with its tokens.
    pub(super) fn ahead(&self) -> Ahead {
        let is_inner = self.queueing == Queueing::Ahead;
        Ahead {
            requests: is_inner || !self.is_empty(),
            tokens: is_inner || self.tokens.is_some(),
        }
    }

    /// Gives them up.
    pub(super) fn clear(&mut self) {
        self.requests = None;
        self.tokens = None;
    }

    /// Waits for the turn to take a request: behind nobody, if it has its turn for tokens.
    pub(super) async fn for_request(
        &mut self,
        shared: &'u UpstreamState,
        latest: Option<Instant>,
    ) -> Result<(), Refused> {
        let had = self.requests.take();
        let queueing = if self.tokens.is_some() {
            Queueing::Ahead
        } else {
            self.queueing
        };
        let turn = shared.requests.turn(had, queueing, 1, latest);
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
        let had = self.tokens.take();
        let turn = shared.tokens.turn(had, self.queueing, cost, latest);
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
                turn.mark_polled(Moment::of(now));
            }
            let look = timer::after(now, LONGEST_SLEEP);
            if let Some(output) = timer::timeout_at(look, future.as_mut()).await {
                return output;
            }
        }
    }
}

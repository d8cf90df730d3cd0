//! What a body can know about the attempt it runs in.

use crate::{Class, Limits, ambient, clock::Moment, random};
use std::{fmt, time::Duration};

/// The attempt that a body runs in, bound by `context = name`.
///
/// ```
/// # use resilient_runtime::{CallError, resilient};
/// # async fn send(_: &str, _: &str) -> std::io::Result<()> { Ok(()) }
/// #[resilient(context = attempt)]
/// async fn pay(order: &str) -> Result<(), CallError<std::io::Error>> {
///     // The same in every attempt, so the server can tell a repetition from a new payment.
///     let key = attempt.idempotency_key().to_string();
///     Ok(send(order, &key).await?)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AttemptContext {
    pub(crate) number: u32,
    pub(crate) attempts: u32,
    pub(crate) previous: Option<Class>,
    pub(crate) deadline: Moment,
    pub(crate) key: IdempotencyKey,
}

impl AttemptContext {
    /// The number of the attempt, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// All tries that the policy permits, the first included. The rule of a class may set another number.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What the attempt before failed with; none in the first.
    pub fn previous(&self) -> Option<Class> {
        self.previous
    }

    /// The time left before the deadline of the call, or of a resilient call around it; none without one.
    pub fn time_left(&self) -> Option<Duration> {
        (!self.deadline.is_unset()).then(|| self.deadline.since(Moment::now()))
    }

    /// Says how many tokens this attempt has used: [`spent`].
    pub fn spent(&self, tokens: u64) {
        spent(tokens);
    }

    /// A random key that is the same in every attempt of one call and different in every call.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        self.key
    }
}

/// Says how many tokens the attempt around the code that runs now has used, so that its [`Upstream`](crate::Upstream) can
/// correct the estimate of `cost`: what was not used is given back to its limit, what was used beyond is owed. Said again,
/// the last word counts.
///
/// It is for the body itself and what that awaits: a task that it spawns has no attempt around it. Without an upstream, it
/// does nothing.
pub fn spent(tokens: u64) {
    ambient::log(|log| log.spent = Some(tokens));
}

/// Says what the headers of a good answer tell of the quotas, so that the [`Upstream`](crate::Upstream) of the attempt around
/// can go by them. `into_api_result` and `send_checked` say it by themselves, and so does the classification of a failure.
///
/// Where it counts and where not: as for [`spent`].
pub fn quotas(limits: &Limits) {
    ambient::log(|log| log.limits = Some(*limits));
}

/// 128 random bits, written as a [version 4 UUID](https://www.rfc-editor.org/rfc/rfc9562#section-5.4): what
/// APIs take in an `Idempotency-Key` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(u128);

impl IdempotencyKey {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0x2 << 62;
    const RANDOM: u128 = !((0xf << 76) | (0x3 << 62));

    #[doc(hidden)]
    pub fn random() -> Self {
        let bits = (u128::from(random::random(0)) << 64) | u128::from(random::random(1));
        Self(bits & Self::RANDOM | Self::VERSION | Self::VARIANT)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            (bits >> 80) & 0xffff,
            (bits >> 64) & 0xffff,
            (bits >> 48) & 0xffff,
            bits & 0xffff_ffff_ffff,
        )
    }
}

//! The context of an attempt, for its body.

use crate::{
    Class, ServerLimits, Tokens,
    ambient::{self, Kept},
    clock::Moment,
    random,
};
use std::{fmt, time::Duration};

/// The attempt that a body runs in: bound by `context = name`, or given by
/// [`CallBuilder::run_with`](crate::CallBuilder::run_with).
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

    /// All tries that the policy permits, the first included. The rule of a class may set another
    /// number.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The class of the failure before; `None` in the first attempt.
    pub fn previous(&self) -> Option<Class> {
        self.previous
    }

    /// The time left before the deadline of the call, or of a resilient call around it; none
    /// without one.
    pub fn time_left(&self) -> Option<Duration> {
        (!self.deadline.is_unset()).then(|| self.deadline.since(Moment::now()))
    }

    /// Records the tokens that this attempt has used: [`record_tokens`].
    pub fn record_tokens(&self, tokens: Tokens) {
        record_tokens(tokens);
    }

    /// Keeps a value for the function of `resume`, which is called if the stream of this attempt
    /// breaks after its first content: [`Kept`](crate::Kept). The last value counts; of an attempt
    /// that is made again, only that of the new one.
    ///
    /// Call it in the body, or in the stream while it is polled. Elsewhere, it has no effect. The
    /// function takes the value: if it is called a second time, nothing is kept.
    pub fn keep<T: Send + 'static>(&self, value: T) {
        ambient::keep(Kept::of(value));
    }

    /// A random key that is the same in every attempt of one call and different in every call.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        self.key
    }
}

/// Records the tokens that the attempt around the running code has used, so that its
/// [`Upstream`](crate::Upstream) can correct the estimate of `cost`: unused tokens go back to its
/// limit, additional ones are owed. The last record counts.
///
/// Call it in the body or in a future that the body awaits: a spawned task is in no attempt.
/// Without an upstream, it does nothing.
///
/// ```
/// use resilient_runtime::{Tokens, record_tokens};
///
/// record_tokens(Tokens { input: 900, output: 150 });
/// ```
pub fn record_tokens(tokens: Tokens) {
    ambient::log(|log| log.tokens = Some(tokens));
}

/// Records the limits that the headers of a successful answer tell, so that the
/// [`Upstream`](crate::Upstream) of the attempt around the running code goes by them.
/// `into_api_result` and `send_checked` do it by themselves, and so does the classification of a
/// failure.
///
/// It has an effect in the same places as [`record_tokens`].
pub fn record_server_limits(limits: &ServerLimits) {
    ambient::log(|log| log.limits = Some(*limits));
}

/// 128 random bits, written as a [version 4
/// UUID](https://www.rfc-editor.org/rfc/rfc9562#section-5.4): what APIs take in an
/// `Idempotency-Key` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(u128);

impl IdempotencyKey {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0x2 << 62;
    const RANDOM: u128 = !((0xf << 76) | (0x3 << 62));

    #[doc(hidden)]
    pub fn random() -> Self {
        let bits = random::unique();
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

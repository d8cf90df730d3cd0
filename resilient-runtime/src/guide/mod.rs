//! A page for each pattern: why, use, defaults, events, and what it will not do.
//!
//! | pattern | in a line | by default |
//! |---|---|---|
//! | [Retry](retry) | what can heal is tried again, after a wait by a schedule or as the server asks | on |
//! | [Timeout and deadline](timeout) | a bound for each attempt, and one for the whole call and the calls inside it | timeout on, deadline off |
//! | [Retry budget](budget) | successes pay for the retries that fail | on |
//! | [Circuit breaker](breaker) | an API that is down is left alone, and then tried with a few probes | off |
//! | [Rate limits](rate) | requests and tokens are paced before the server has to refuse them | off |
//! | [Gate](gate) | a server's wait holds back all callers | only where the server says that nothing is left of a quota |
//! | [Concurrency limit](concurrency) | so many attempts at one time, fixed or as the server can do | off |
//! | [Hedge](hedge) | an attempt that takes long is run once more beside itself | off |
//! | [Fallback](fallback) | another answer where the call has failed | off |
//! | [State by key](keys) | what is shared, for each tenant, model or host apart | off: one state for all |
//!
//! # How they compose
//!
//! An attempt of a call through an [`Upstream`](crate::Upstream#how-an-attempt-is-let-through) passes its breaker, its
//! gate, its concurrency limit, its limits of requests and of tokens, and its breaker once more, in this order; the key
//! says whose state that is. Then the body runs, within the timeout of the attempt, and a hedge may run it again
//! beside. After a failure policy and retry budget say whether there is another attempt, which passes all of that
//! again. The deadline holds from the start of the call to its end, waits for limits included. When the call has
//! failed, its fallback is called.

pub mod breaker;
pub mod budget;
pub mod concurrency;
pub mod fallback;
pub mod gate;
pub mod hedge;
pub mod keys;
pub mod rate;
pub mod retry;
pub mod timeout;

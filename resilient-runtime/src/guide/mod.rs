//! A page for each pattern, and pages with tables.
//!
//! | pattern | in one sentence | by default |
//! |---|---|---|
//! | [Retry](retry) | retries transient failures, after a wait by schedule or as the server asks | on |
//! | [Timeout and deadline](timeout) | time limits of an attempt, and of the whole call with its nested calls | timeout on, deadline off |
//! | [Streams](streams) | a stream is retried until its first content; then stalls, breaks and early ends are its last item | on for functions that return one |
//! | [Resume](resume) | a stream that broke in the middle goes on with another one | off |
//! | [Retry budget](budget) | limits retries that fail, across all callers | on |
//! | [Circuit breaker](breaker) | fails fast while an API is down, then sends a few probes | off |
//! | [Rate limits](rate) | paces requests and tokens, so that the server does not refuse them | off |
//! | [Gate](gate) | shared pause: the wait that a server asks for holds back all callers | only if the server reports an exhausted quota |
//! | [Concurrency limit](concurrency) | limits concurrent attempts, fixed or adaptive | off |
//! | [Caps](caps) | the most requests, tokens or money in an hour, day, week or month | off |
//! | [Hedge](hedge) | starts a slow attempt a second time, in parallel | off |
//! | [Fallback](fallback) | another result if the call has failed | off |
//! | [Failover](failover) | targets that stand in for each other: models, regions, providers, keys | off |
//! | [Blocking functions](blocking) | the same call of a plain `fn`, on the thread of its caller | off: by the function |
//! | [Jobs](until) | polls a job until it is ready; "not yet" is no failure | off |
//! | [Bulk work](bulk) | many items, each with its call, all of which get done | off: a feature |
//! | [Batches that split](split) | halves a batch that fails, so that one bad item fails alone | off |
//! | [Journal](journal) | a second run of bulk work skips what is done | off: a feature |
//! | [Gathering](batcher) | single loads of many tasks become calls for many items | off |
//! | [Beyond one machine](sharing) | limits, pauses, breakers and caps that all replicas share | off: a feature |
//! | [Adapters](adapters) | resilient calls of services of tower, for clients that cannot carry an attribute | off: a feature |
//! | [Middleware](middleware) | resilient requests in a stack of `reqwest-middleware` | off: a feature |
//! | [Shadow mode](shadow) | counts what breaker, limits and budget would hold back, and holds nothing back | off |
//! | [State by key](keys) | separate state for each tenant, model or host | off: one state for all |
//! | [Settings in effect](inspect) | shows the policy and the limits of a function, each value with its source | on |
//! | [Configuration](config) | numbers from a file and from environment variables, while the program runs | off: a feature |
//! | [Observers](observe) | every event of every call as a value, for counters and alerts of your own | off: an observer is registered |
//! | [Statistics](statistics) | how the calls of each function, upstream and key have turned out | off: they are started |
//! | [Schedule](explain) | shows when each attempt is made, and how long a call can take | on |
//! | [Steer](steer) | switches retries, hedges or an upstream off; ends all waits at a shutdown | all on |
//! | [Metrics](metrics) | counts and times of all calls, for Prometheus and OpenTelemetry | off: a feature, and an observer |
//! | [Chaos](chaos) | failures at random in the place of requests | off: a feature |
//! | [Tests](testing) | fresh state, no waits and scripted servers for tests | off: a feature |
//! | [Scripted outcomes](script) | outcomes in the place of the body of a function, in a test | off: a feature |
//!
//! | tables | content |
//! |---|---|
//! | [Classes](classes) | the classes of failures, with the advice for each |
//! | [How a failure is judged](judgement) | what is examined in which order, and how to change the result |
//! | [Secrets](secrets) | what is shown of requests and answers, what is blanked, and what cannot be promised |
//! | [Cost](cost) | instructions and allocations of a call |
//! | [Settings of a configuration](settings) | every key of the file, with its kind of value |
//! | [Storm](storm) | simulations of an API that is down |
//! | [Fleets](fleet) | simulations of replicas that share a limit, in this way and in others |
//!
//! # How they compose
//!
//! An attempt through an [`Upstream`](crate::Upstream#how-an-attempt-is-let-through) passes the
//! circuit breaker, the caps, the gate, the concurrency limit, the limits of requests and tokens,
//! and the caps and the circuit breaker again, in this order. An attempt that waits for one of them
//! holds none of the others; after each wait, the gate is checked again. `key` selects the state.
//! Then the body runs within the timeout of the attempt; a hedge may start it again in parallel.
//! After a failure, the policy and the retry budget decide whether and when to make the next
//! attempt, which passes all of these again. The deadline covers the whole call, including waits
//! for limits. If the call fails, its fallback is called.
//!
//! # Arguments of repeated functions
//!
//! An argument by value is cloned for each attempt, or lent if it is not `Clone`. An `impl Into` is
//! converted once, and the items of an iterator are kept for all attempts. A `&mut` is borrowed
//! again, with the changes of the attempts before: what a body takes out of it (`mem::take`) or out
//! of a lent value with inner state (a `File`, the receiver of a channel) is missing later. The
//! value that the function was given lives until the call ends.
//!
//! # How to choose a policy
//!
//! The defaults suit a call in the background. For other calls, set:
//!
//! | the call | settings |
//! |---|---|
//! | A user waits for it | a [`deadline`](timeout), fewer [`attempts`](retry), and a [`hedge`] against slow responses |
//! | It belongs to a batch | more [`attempts`](retry), [`on(circuit_open, retry = true)`](breaker), and a [`concurrency`] limit |
//! | It must not happen twice | [`idempotent = false`](retry), and the [idempotency key](crate::AttemptContext::idempotency_key) in the request |

#[cfg(any(doc, feature = "tower"))]
pub mod adapters;
pub mod batcher;
pub mod blocking;
pub mod breaker;
pub mod budget;
#[cfg(any(doc, feature = "bulk"))]
pub mod bulk;
pub mod caps;
#[cfg(any(doc, feature = "chaos"))]
pub mod chaos;
pub mod classes;
pub mod concurrency;
#[cfg(any(doc, feature = "config"))]
pub mod config;
pub mod cost;
pub mod explain;
pub mod failover;
pub mod fallback;
pub mod fleet;
pub mod gate;
pub mod hedge;
pub mod inspect;
#[cfg(any(doc, feature = "journal"))]
pub mod journal;
pub mod judgement;
pub mod keys;
#[cfg(any(doc, feature = "metrics"))]
pub mod metrics;
#[cfg(any(doc, feature = "reqwest-middleware-05"))]
pub mod middleware;
pub mod observe;
pub mod rate;
pub mod resume;
pub mod retry;
#[cfg(any(doc, feature = "testing"))]
pub mod script;
pub mod secrets;
pub mod settings;
pub mod shadow;
pub mod sharing;
pub mod split;
pub mod statistics;
pub mod steer;
pub mod storm;
pub mod streams;
#[cfg(any(doc, feature = "testing"))]
pub mod testing;
pub mod timeout;
pub mod until;

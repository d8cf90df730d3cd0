//! The macros of `resilient-runtime`, which re-exports them: depend on that crate, not on this one.
//!
//! The attribute is expanded in three stages: `args` reads and checks its arguments, `function`
//! reads the function, and `expand` writes the result. The stages of the derive are in `derive`.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::print_stderr,
        reason = "tests fail by panicking"
    )
)]

use proc_macro::TokenStream;

mod args;
mod derive;
mod doc;
mod expand;
mod function;
mod resilient;
mod test;
#[cfg(test)]
mod tests;
mod text;

/// Makes an async function resilient: it classifies failures, retries transient ones, and limits
/// the time of each attempt and of the whole call.
///
/// The documentation of the crate `resilient_runtime` has the introduction. The body is one
/// attempt. The future is `Send` if that of the body is; with an `upstream`, or with an `impl
/// Trait` in the result, the result has to be `Send` too.
///
/// # Functions
///
/// The attribute takes an `async fn`, or a function that returns `impl Future<Output = Result<_,
/// E>>`, `Pin<Box<dyn Future<Output = Result<_, E>>>>` or a `BoxFuture`. The type has to be written
/// out. This includes the methods that `#[async_trait]` generates. Any other `fn` [blocks its
/// thread](#blocking-functions). `self` may have any form. The result is a `Result` or an alias of
/// one. Its error type implements `Classify` (or `classify` is given) and `FromRejection`, which
/// `From<Rejection>` implies.
///
/// - An argument passed by value, also `self`, is cloned for each attempt if it is `Clone`;
///   otherwise it is lent, and the body has a reference to it. An `impl Trait` or type parameter
///   `T` is lent also where the body moves it, if `&T` has all of its traits, and these have no
///   arguments. An `impl Into<T>` or `impl tonic::IntoRequest<T>` is converted once, before the
///   first attempt; each attempt has a clone of the result. The items of an `impl Iterator` or
///   `impl IntoIterator` are kept when an attempt takes them, and cloned for the attempts after it.
///   The same holds within an `Option`. The parts of a tuple pattern count as arguments, unless
///   there is a fallback. What cannot be repeated, such as an `impl Stream`, an `impl FnOnce`, or
///   any other value that is not `Clone` and that the body moves or a `mut` variable takes, is
///   reported at its type.
/// - A lent `x` of type `T` is a `&T` or `&mut T` in the body, so `&x` does not do for a function
///   that is generic over what it refers to: name `x` in `by_ref`, or let `T` be `Clone`. The same
///   for a method that takes `self` by value and whose name does not say so (`into_..` does).
/// - An `impl IntoIterator` is collected before the first attempt if its `IntoIter` has bounds of
///   its own, or is not `Send` although the argument is. A lent value with inner state, such as a
///   `File` or the receiver of a channel, is used up by the first attempt that reads it: read it
///   before, and pass what was read. The value that the function was given lives until the call
///   ends, so a sender is dropped, and its channel closed, only then.
/// - All attempts share a `&T`. Each attempt reborrows a `&mut T` or `&mut self`, also within an
///   `Option` or a `Pin`, and sees the changes of the attempts before it: a body that takes a value
///   out of such a borrow (`mem::take`, `.take()`) does not find it again at the second attempt, so
///   it should clone the value, or take it after the request. The function cannot return a borrow
///   of one, since the next attempt needs it again.
/// - What is lent is shared if it is known to be `Sync`, and otherwise lent exclusively, so that
///   the future stays `Send`; a function that the body passes on, and what a hedge or the attribute
///   borrows, is shared all the same. `by_ref` borrows an argument in place and never clones it.
/// - A function that is not `async` borrows its arguments for as long as its future lives, so the
///   future is not `'static` if an argument is borrowed.
///
/// # Arguments
///
/// All are optional. Each may be given once, `on` once per class.
///
/// | argument | meaning | default |
/// |---|---|---|
/// | `attempts = 5` | maximum number of attempts, including the first | 5 |
/// | `timeout = "30s"`, `"none"` | time limit of each attempt | `"60s"` |
/// | `deadline = "2m"`, `"none"` | time limit of the whole call, with all attempts and waits | `"none"` |
/// | `first = "180s"`, `"none"` | of a stream: time limit of an attempt until the first content; `timeout` limits its opening | `"180s"` |
/// | `idle = "120s"`, `"none"` | of a stream: longest gap between two items with content, while the consumer waits | `"120s"` |
/// | `content = Delta::has_text` | of a stream: `fn(&T) -> bool`, which items are content; until the first, a failure is retried | every item |
/// | `last = Delta::is_final` | of a stream: `fn(&T) -> bool`, which item ends it; an end without one is a failure | any end is one |
/// | `usage = Delta::usage` | of a stream: `fn(&T) -> Option<Tokens>`, the tokens that an item says were used | none |
/// | `resume = path::to::function`, `resume(path::to::function, max = 2)` | of a stream: gives another one after it has broken; takes the arguments, the error and what was kept | none; once |
/// | `stream = true`, `stream = false` | whether the function gives a stream, if an alias hides it; with `false`, only its opening is retried | by the return type |
/// | `backoff(initial = "1s", factor = 2, max = "32s", jitter = "full")` | waits between attempts; settings that are not given keep their value | as shown |
/// | `backoff(kind = "fixed", initial = "1s")` | kind of backoff: `"exponential"`, `"linear"`, `"fixed"` or `"decorrelated"` | `"exponential"` |
/// | `backoff = expr` | custom schedule of waits | |
/// | `on(rate_limited, attempts = 8, initial = "2s")` | settings for one class: `retry`, `attempts`, and those of `backoff(..)` | |
/// | `max_retry_after = "2m"` | longest `Retry-After` that is honoured; if the server asks for more, the call fails at once | `"120s"` |
/// | `idempotent = false` | retries only requests that the server did not process | `true` |
/// | `repeat_nested = true` | also retries failures that a nested resilient call has retried already | `false` |
/// | `budget = "20%"`, `"none"` | failed retries against an overloaded server are limited to this percentage of the successful calls | `"20%"` |
/// | `upstream = expr` | shared limits, circuit breaker and retry budget; its policy is the base of this one. A static, an `Arc<Upstream>` or a `&Upstream`, also in a field | none |
/// | `failover = expr` | targets that stand in for each other, each with an upstream and a key: a static `Failover`. With `context = attempt`, `attempt.target()` is the one to send the request to | none |
/// | `key = expr` | text; the upstream keeps separate state for each key. With `failover`, the caller who stays at one target | none |
/// | `cost = expr` | estimated tokens of an attempt, as `u64` | 0 |
/// | `breaker`, `breaker(failure_ratio = 0.5, window = "10s", min_calls = 20, consecutive = 5, slow = "10s", slow_ratio = 0.8, break_duration = "5s", max_break_duration = "1m", factor = 2, half_open_probes = 3, probe_timeout = "1m")` | circuit breaker for this function; settings that are not given have the defaults of `Breaker` | none |
/// | `requests = "10/s"`, `requests("500/min", burst = 20)` | limit of the requests of this function; units `/s`, `/m` or `/min`, `/h`, `/day` | none |
/// | `tokens = "200000/min"` | limit of the tokens of this function, counted by `cost` | none |
/// | `concurrency = 8`, `concurrency(8, queue = 100)`, `concurrency(min = 4, max = 64)` | limit of concurrent attempts; with `min` and `max` it adapts to the server; `queue` limits waiting attempts | none |
/// | `hedge(after = "800ms", max = 1)`, `hedge(after = "p95")` | if an attempt has not finished after this time, or after the time of 95 % of the attempts, another one is started in parallel; the first success wins; `max` is at most 8 | none |
/// | `fallback = function` | called after the last failure; takes the arguments, then the error by value; returns the result or a future of it | none |
/// | `fallback(overloaded = f, other = g)` | one fallback per class, and one for all other classes | none |
/// | `split`, `split = items` | for a batch `Vec<T>` to `Result<Vec<R>, E>`: also makes the function `.._each`, which returns one result for each item and halves a batch that fails; without a name, the items are the first `Vec` | none |
/// | `until = Job::is_ready` | `fn(&T) -> bool`: polls a job until its state is ready, after waits of the `backoff`; "not yet" is no failure and no attempt; the `deadline` is that of all polls | none |
/// | `policy = expr` | base policy: a `Policy`, a `&Policy` or an `Arc<Policy>`, also in an argument or a field | the built-in one |
/// | `classify = function` | classifies errors | `Classify` |
/// | `classify_ok = function` | classifies successes that are failures in fact | for responses: by status |
/// | `body = true` | read the body of a returned `reqwest::Response` in the attempt, into memory: timeout, retry and permit include it; that of a failure up to 64 KiB and for at most 2 s, and then it is judged by it | `false` |
/// | `context = name` | variable of the body with the number of the attempt, the class of the last failure, the time left and an idempotency key | |
/// | `by_ref(a, self)` | arguments that are borrowed and never cloned, although they are `Clone` | |
/// | `name = "openai.chat"` | name of the call in the log | module path and function |
/// | `level = "debug"` | level of the span: `"trace"`, `"debug"`, `"info"`, `"warn"`, `"error"` | `"info"` |
/// | `fields(model = %model)` | fields of the span; other arguments are never logged | none |
/// | `crate = path` | path of the re-exported `resilient_runtime` | `::resilient_runtime` |
///
/// A duration is a string of one number and one unit (`ns`, `us`, `ms`, `s`, `m` or `min`, `h`,
/// `d`), such as `"1.5s"`, or an expression of type `Duration`. Numbers may be expressions too.
/// They have to be constant, such as `Self::TRIES`, unless there is a `policy` or an `upstream`.
/// `requests` and `tokens` may be a constant of type `Rate`, and a `budget` one of type `Budget`.
///
/// The expressions of `policy`, `upstream`, `failover`, `key`, `cost`, `classify`, `classify_ok`,
/// `backoff` and `fields` are evaluated once per call, before the first attempt. Those of
/// `breaker`, `requests`, `tokens`, `concurrency` and `hedge` have to be constant and cannot use
/// `Self`: all calls of the function share one state, whatever its type parameters.
///
/// The classes are `invalid_request`, `context_length`, `content_filter`, `authentication`,
/// `permission`, `not_found`, `conflict`, `rate_limited`, `quota_exhausted`, `payment_refused`,
/// `server_error`, `bad_gateway`, `overloaded`, `gateway_timeout`, `timeout`, `connect`,
/// `cannot_connect`, `dns`, `network`, `decode`, `stream_broken` and `unknown`. The classes of
/// failures in the process itself (`throttled`, `at_capacity`, `cap_reached`, `deadline`,
/// `cancelled`) are never retried and take no rule. With `on(circuit_open, retry = true)` a call
/// waits while the circuit breaker is open; otherwise it fails at once.
///
/// # Streams
///
/// A function returns a stream as `Result<impl Stream<Item = Result<T, E>>, E>`, as a boxed one
/// (`Pin<Box<dyn Stream<..> + Send>>`, `BoxStream`) or as `Resilient<S>`. A failure before its
/// first content is retried like any other. A failure after it is the last item, of class
/// `stream_broken`. The deadline includes the whole stream, and the permit is held until its end or
/// drop.
///
/// # Blocking functions
///
/// A plain `fn` is called like any other, and its thread sleeps while the call waits: for a retry,
/// a limit or the retry budget. It needs no runtime. In a task, it holds up the other tasks of its
/// thread. An attempt that runs cannot be cut: `timeout` is refused, that of a base policy has no
/// effect, and the deadline limits waits and further attempts. Hedges, streams and `body` need an
/// async function. The fallback is a plain `fn` too.
///
/// # Hedges
///
/// Parallel runs of the body share its borrows. A function with a hedge therefore takes no `&mut
/// self` and no `&mut` argument, and its future is `Send` only if all arguments are `Sync`.
/// Arguments passed by value, including `self`, are cloned or lent for each run.
///
/// # Fallbacks
///
/// The fallback is called when the call has failed for good, for any reason. It takes `self` first,
/// then all arguments with the values that the function was given (a pattern as one argument), then
/// the error by value. Its result is the result of the function. A closure has to name the types of
/// arguments whose methods it calls.
///
/// # Checks at compile time
///
/// Arguments that cannot work do not compile. All mistakes are reported at once, each at its own
/// words: zero attempts, zero time, a first wait above the longest, a factor below 1, a timeout or
/// `max_retry_after` above the deadline, settings without an effect, such as a backoff with one
/// attempt, and limits that admit no request, such as a `cost` above the `tokens`.
///
/// # Generated code
///
/// The function gets a loop around its body. This example is generated from
///
/// ```text
#[doc = include_str!("../snapshots/plain.in.rs")]
/// ```
///
/// ```text
#[doc = include_str!("../snapshots/plain.out.rs")]
/// ```
///
/// If the function is documented, a section "Resilience" with its settings and the longest time of
/// a call is added.
#[proc_macro_attribute]
pub fn resilient(attr: TokenStream, item: TokenStream) -> TokenStream {
    resilient::expand(attr.into(), item.into(), cfg!(feature = "injection")).into()
}

/// A test with fresh state: `#[tokio::test]` around `resilient_runtime::testing::isolated`. A test
/// that is not `async`, for blocking functions, is a `#[test]` and needs no runtime.
///
/// With `no_waits`, waits take no time. Other arguments are those of `#[tokio::test]`.
#[proc_macro_attribute]
pub fn test(attr: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(attr.into(), item.into()).into()
}

/// Implements `Classify` for an enum or a struct. Attributes above each variant, or above the
/// struct, set the class of the failure and the fields with details.
///
/// ```text
/// #[derive(Debug, thiserror::Error, Classify)]
/// enum ApiError {
///     #[error("too many requests")]
///     #[classify(rate_limited, retry_after = wait, request_id = id)]
///     Busy { wait: Option<Duration>, id: String },
///     #[error("status {status}")]
///     #[classify(status = status, code = code)]
///     Status { status: u16, code: Option<String> },
///     #[error(transparent)]
///     #[classify(delegate)]
///     Transport(#[from] reqwest::Error),
///     #[error(transparent)]
///     #[classify(rejection)]
///     Rejected(Rejection),
/// }
/// ```
///
/// A crate with many error types needs two lines for each: the derive, and `delegate` above the
/// variant that holds the error with the class. An error that a function with the attribute returns
/// has a variant for a `Rejection` too, or implements `FromRejection` by the nested one.
///
/// ```text
/// #[derive(Debug, thiserror::Error, Classify)]
/// enum UploadError {
///     #[error("the file cannot be sent")]
///     #[classify(delegate)]
///     Send(#[from] ApiError),
///     #[error("the file is empty")]
///     #[classify(invalid_request)]
///     Empty,
/// }
/// ```
///
/// # Class
///
/// Each variant has one of these:
///
/// | word | class |
/// |---|---|
/// | `rate_limited`, or another class in snake case | this class |
/// | `status = field`, without a class | the class of an HTTP status; `unknown` if the field is `None` |
/// | `delegate`, `delegate = field` | that of the error in the only field, or in this one, which also receives the history of the call (`Classify::attach`) |
/// | `rejection` | that of the `Rejection` in the only field; also implements `FromRejection`, unless the field has `#[from]` of another derive, which implies it |
///
/// There is no default: a variant that fits no class is `#[classify(unknown)]`.
///
/// # Details
///
/// | word | type of the field |
/// |---|---|
/// | `retry_after = field` | `Duration`: the wait that the server asked for |
/// | `status = field` | `u16`, `http::StatusCode` (feature `http`) |
/// | `code = field`, `kind = field` (the provider's error type), `message = field`, `param = field` (the invalid part of the request), `request_id = field` | any `Display`; redacted and shortened before it is logged |
///
/// Each may also be an `Option`. A field of a tuple is named by its index: `retry_after = 0`.
///
/// # Path of the runtime
///
/// `#[classify(crate = path)]` above the enum or the struct sets the path of a re-exported
/// `resilient_runtime`.
///
/// # Generics
///
/// The implementation has the bounds of the type. If a field that depends on a type parameter
/// delegates, the bound `FieldType: Classify` is added.
#[proc_macro_derive(Classify, attributes(classify))]
pub fn classify(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}

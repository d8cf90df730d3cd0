//! The macros of `resilient-runtime`, which re-exports them: depend on that crate, not on this one.
//!
//! The attribute goes from tokens to tokens in four stages: `args` (what did they write?), `target` (on what did they
//! write it?), `policy` (what does it mean?), `expand` (what do we write?). The derive has its
//! own stages in `derive`.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::print_stderr,
        reason = "a test that panics has failed, which is what it is for"
    )
)]

use proc_macro::TokenStream;

mod args;
mod derive;
mod doc;
mod expand;
mod function;
mod resilient;
#[cfg(test)]
mod tests;
mod text;

/// Makes an async function resilient: its failures are classified, what can heal is retried at the
/// right moment, every attempt and the whole call is bounded in time.
///
/// ```text
/// #[resilient(attempts = 5, timeout = "30s", deadline = "2m")]
/// async fn chat(&self, prompt: String) -> Result<Reply, ApiError> {
///     let response = self.http.post(self.url()).json(&body(&prompt)).send().await?;
///     Ok(response.into_api_result().await?.json().await?)
/// }
/// ```
///
/// The body is one attempt: `?` and `return` end the attempt, not the function. The signature stays
/// as it is, and the future is `Send` exactly when that of the body is; through an upstream, or with an `impl Trait` in its
/// result, the result has to be so too. Nothing is allocated.
///
/// # What it goes on
///
/// An `async fn` with or without `self` in any form, or a function that returns
/// `impl Future<Output = Result<_, E>>`, `Pin<Box<dyn Future<Output = Result<_, E>>>>` or a
/// `BoxFuture`, written out, which is also what `#[async_trait]` makes of a method. It returns a
/// `Result`, under whatever name, whose error type is `Classify` (or `classify` is given) and
/// `From<Rejection>`.
///
/// - Arguments taken by value, `self` too, are cloned for each attempt, so the body may move them.
///   `by_ref` exempts those that the body only borrows.
/// - `&T` is shared by all attempts. `&mut T` and `&mut self` are borrowed again for each: what an
///   attempt has changed, the next one sees. A borrow that is returned cannot come from one of these,
///   since the next attempt would need it again.
/// - A function that is not `async` borrows its arguments for as long as its future lives, so the
///   future cannot be `'static` if an argument is borrowed.
///
/// # Arguments
///
/// Each at most once, `on` once per class. None is needed.
///
/// | argument | meaning | default |
/// |---|---|---|
/// | `attempts = 5` | all tries, the first included | 5 |
/// | `timeout = "30s"`, `"none"` | the longest that one attempt may take | `"60s"` |
/// | `deadline = "2m"`, `"none"` | the longest that the whole call may take: attempts and waits | `"none"` |
/// | `backoff(initial = "1s", factor = 2, max = "32s", jitter = "full")` | the waits between attempts; what is left out stays as it is | as shown |
/// | `backoff(kind = "fixed", initial = "1s")` | another kind: `"exponential"`, `"linear"`, `"fixed"`, `"decorrelated"` | `"exponential"` |
/// | `backoff = expr` | a schedule of your own | |
/// | `on(rate_limited, attempts = 8, initial = "2s")` | what is different for one class: `retry`, `attempts`, and all that `backoff(..)` takes | |
/// | `max_retry_after = "2m"` | a server that asks for a longer wait ends the call | `"120s"` |
/// | `idempotent = false` | retry only what was surely not processed | `true` |
/// | `repeat_nested = true` | retry although a resilient call inside has retried already | `false` |
/// | `budget = "20%"`, `"none"` | how many failed retries of an overloaded server a hundred successes pay for | `"20%"` |
/// | `upstream = expr` | what calls share: limits, breaker, budget; its policy is the layer below: a static, an `Arc<Upstream>`, a `&Upstream`, of a field too | none |
/// | `key = expr` | a text; each has a state of the upstream of its own | none |
/// | `cost = expr` | a `u64`: the tokens that an attempt is estimated to use | 0 |
/// | `breaker`, `breaker(failure_ratio = 0.5, window = "10s", min_calls = 20, consecutive = 5, slow = "10s", slow_ratio = 0.8, pause = "5s", max_pause = "1m", factor = 2, probes = 3, lease = "1m")` | a circuit breaker of this function's own; what is left out stays as it is in `Breaker` | none |
/// | `rate = "10/s"`, `rate("500/min", burst = 20)` | the requests that this function sends; also `/h` and `/day` | none |
/// | `tokens = "200000/min"` | the tokens that it uses, by `cost` | none |
/// | `concurrency = 8`, `concurrency(8, queue = 100)`, `concurrency(min = 4, max = 64)` | its attempts at one time; between two bounds, as the server can do; `queue` bounds how many more may wait | none |
/// | `hedge(after = "800ms", max = 1)`, `hedge(after = "p95")` | what takes longer, than that time or than 95 % of the attempts, is run once more beside it; up to 8 times | none |
/// | `fallback = function` | called with the same arguments and the error when the call has failed; gives the result, or a future of it | none |
/// | `fallback(overloaded = f, other = g)` | one for each class, and for all others | none |
/// | `policy = expr` | the policy below all this: a `Policy`, a `&Policy` or an `Arc<Policy>`, of an argument or a field too | the built-in one |
/// | `classify = function` | what kind of failure an error is, where its type does not say | `Classify` |
/// | `classify_ok = function` | what kind of failure a success is, if any | of a response: that of its status |
/// | `context = name` | a variable of the body: number of the attempt, class of the one before, time left, idempotency key | |
/// | `by_ref(a, self)` | arguments that are not cloned, since the body only borrows them | |
/// | `name = "openai.chat"` | the name for the log | module path and function |
/// | `level = "debug"` | the level of the call's span: `"trace"`, `"debug"`, `"info"`, `"warn"`, `"error"` | `"info"` |
/// | `fields(model = %model)` | fields of the span; arguments are never logged otherwise | none |
/// | `crate = path` | where `resilient_runtime` is re-exported | `::resilient_runtime` |
///
/// A duration is a string of one number and one unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d`), such as
/// `"1.5s"`, or an expression of type `Duration`. Numbers may be expressions too: constant ones, such as
/// `Self::TRIES`, unless there is a `policy` or an `upstream`. The expressions of `policy`, `upstream`, `key`, `cost`,
/// `classify`, `classify_ok`, `backoff` and `fields` are evaluated once a call, before the first attempt. Those of
/// `breaker`, `rate`, `tokens`, `concurrency` and `hedge` are constants, and not of `Self`: all calls of the function
/// share one state, whatever their type parameters are.
///
/// A `rate`, and what `tokens` takes, may be a constant of type `Rate` too, and a `budget` one of type `Budget`.
///
/// The classes: `invalid_request`, `context_length`, `content_filter`, `authentication`, `permission`,
/// `not_found`, `conflict`, `rate_limited`, `quota_exhausted`, `server_error`, `bad_gateway`,
/// `overloaded`, `gateway_timeout`, `timeout`, `connect`, `dns`, `network`, `decode`, `stream_broken`,
/// `unknown`. The library's own (`limited`, `at_capacity`, `deadline`, `cancelled`) are never retried and take no
/// rule. With `on(circuit_open, retry = true)` a call waits while the circuit breaker is open, and is let through
/// with or after its probes; without it, such a call fails at once.
///
/// # Hedges
///
/// Several runs of the body at one time share what it borrows, so there may be no `&mut self` and no `&mut`
/// argument, and the future is `Send` only where all arguments are `Sync`. Arguments taken by value, `self` too, are
/// cloned for each run.
///
/// # Fallbacks
///
/// It is called when the call has failed for good, whatever the reason, with `self` first, then all arguments as the
/// function was given them (those in patterns as a whole), then the error. What it gives is what the function gives. A
/// closure has to name the types of the arguments whose methods it calls.
///
/// # Checked when compiling
///
/// What cannot work does not compile, with the caret on the word and all mistakes at once: no attempt, no
/// time, a first wait above the longest, a factor below 1, a timeout or a server's wait above the deadline,
/// whatever can never take effect, such as a backoff where there is one attempt, and whatever lets nothing
/// through, such as a `cost` above the `tokens`.
///
/// # What is generated
///
/// The function with a loop around its body:
///
/// ```text
/// static SITE: Site = Site::new(concat!(module_path!(), "::chat"));
/// let policy = const { &checked(Policy::DEFAULT.attempts(5)) };
/// let mut call = Returns::<Result<Reply, ApiError>>::new().plan().start(&SITE, policy);
/// loop {
///     let prompt_of_attempt = clone_of(&prompt);
///     match call.attempt(async { let prompt = prompt_of_attempt; BODY }).await {
///         ControlFlow::Break(result) => return result,
///         ControlFlow::Continue(()) => {}
///     }
/// }
/// ```
///
/// If the function is documented, a section "Resilience" is added to that: attempts, times, rules, and the
/// longest that a call can take.
#[proc_macro_attribute]
pub fn resilient(attr: TokenStream, item: TokenStream) -> TokenStream {
    resilient::expand(attr.into(), item.into()).into()
}

/// Implements `Classify` for an enum or a struct: what is written above a variant (or above the struct) says what
/// kind of failure it is and which fields tell more about it.
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
/// # What kind of failure it is
///
/// Each variant says one of these:
///
/// | word | meaning |
/// |---|---|
/// | `rate_limited`, or another class in snake case | this class |
/// | `status = field`, without a class | the class of an HTTP status; `unknown` where the field holds none |
/// | `delegate`, `delegate = field` | what the error in the only field, or in this one, says; it is also given the history of the call (`Classify::attach`) |
/// | `rejection` | what the `Rejection` in the only field says; `From<Rejection>` is implemented too, unless `#[from]` on the field lets another derive do so |
///
/// There is no silent default: a variant that fits nothing is `#[classify(unknown)]`.
///
/// # What fields tell more
///
/// | word | from |
/// |---|---|
/// | `retry_after = field` | `Duration`: the wait that the server asked for |
/// | `status = field` | `u16`, `http::StatusCode` (feature `http`) |
/// | `code = field`, `kind = field` (the provider's type of the failure), `message = field`, `param = field` (what in the request is wrong), `request_id = field` | anything that is `Display`; redacted and bounded before it is logged |
///
/// Each may be an `Option` too. A field of a tuple is named by its index: `retry_after = 0`.
///
/// # Above the enum or the struct
///
/// `#[classify(crate = path)]` names where `resilient_runtime` is re-exported.
///
/// # Generics
///
/// The implementation has the bounds of the type. Where a field that depends on a type parameter delegates, the
/// bound `FieldType: Classify` is added.
#[proc_macro_derive(Classify, attributes(classify))]
pub fn classify(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}

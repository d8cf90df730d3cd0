//! Makes the call.

use super::{CallBuilder, NoHedge};
use crate::{
    AttemptContext, IdempotencyKey, Policy,
    call::{
        fallback::CallEnd,
        or_injected,
        plan::{ClassifyError, ClassifyOk, FromRejection, Waits},
    },
    route::Start,
};

/// The future of a call: `$attempt` is the future of an attempt of `$call`.
macro_rules! make_call {
    ($built:ident, $call:ident, $attempt:expr) => {
        async move {
            // Of what the call needed, nothing is stored while the fallback is awaited.
            let answer = {
                let plan = $built.plan.with_route(|_| &$built.target);
                let mut $call = plan.start_at($built.level, $built.site, $built.policy);
                let result = $crate::__attempts!($call, attempt_runs, $attempt);
                match $built.fallback.end($call, result) {
                    Ok(result) => return result,
                    Err(answer) => answer,
                }
            };
            answer.await
        }
    };
}
pub(crate) use make_call;

// The bounds are those of the methods, so that the compiler names the one that is missing.
impl<T, E, U, C, O, W, F> CallBuilder<'_, T, E, U, C, O, W, NoHedge, F> {
    /// Makes the call: runs the closure once for each attempt. The closure may change what it
    /// captures.
    ///
    /// The future of a closure that borrows its environment cannot be spawned on a multi-threaded
    /// runtime, because the compiler cannot prove it `Send`; [`call!`](crate::call!) has no such
    /// limit.
    ///
    /// Cancel safe: dropping the future leaves nothing behind but the requests that were sent.
    ///
    /// # Errors
    /// The error of the last attempt, or a [`Rejection`](crate::Rejection) converted to one. With a
    /// fallback, its error.
    ///
    /// # Panics
    /// If a timer is needed and there is no tokio runtime with time enabled, as with the attribute.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` would store the closure and the settings twice"
    )]
    pub fn run<B>(self, mut body: B) -> impl Future<Output = Result<T, E>>
    where
        B: AsyncFnMut() -> Result<T, E>,
        E: FromRejection,
        for<'a, 'q> &'a U: Start<&'q Policy>,
        C: ClassifyError<E>,
        O: ClassifyOk<T>,
        W: Waits,
        F: CallEnd<Result<T, E>>,
    {
        make_call!(self, call, or_injected(self.site, body()))
    }

    /// As [`run`](Self::run), and gives each attempt its context, as `context = name` does.
    ///
    /// ```
    /// use resilient_runtime::{AttemptContext, CallError, Policy};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// # async fn pay(key: &str, fails: bool) -> std::io::Result<()> { if fails { Err(std::io::ErrorKind::ConnectionRefused.into()) } else { Ok(()) } }
    /// let mut keys = Vec::new();
    /// let paid: Result<(), CallError<std::io::Error>> = Policy::DEFAULT
    ///     .call("pay")
    ///     .run_with(async |attempt: AttemptContext| {
    ///         // The same in every attempt, so the server can detect a repeated request.
    ///         let key = attempt.idempotency_key().to_string();
    ///         keys.push(key.clone());
    ///         Ok(pay(&key, attempt.number() == 1).await?)
    ///     })
    ///     .await;
    /// paid.unwrap();
    /// assert_eq!(keys[0], keys[1]);
    /// # });
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_with<B>(self, mut body: B) -> impl Future<Output = Result<T, E>>
    where
        B: AsyncFnMut(AttemptContext) -> Result<T, E>,
        E: FromRejection,
        for<'a, 'q> &'a U: Start<&'q Policy>,
        C: ClassifyError<E>,
        O: ClassifyOk<T>,
        W: Waits,
        F: CallEnd<Result<T, E>>,
    {
        let key = IdempotencyKey::random();
        make_call!(self, call, or_injected(self.site, body(call.context(key))))
    }
}

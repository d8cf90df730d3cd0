//! Calls of closures with hedged attempts.

use crate::{
    AttemptContext, Hedge, IdempotencyKey, Policy,
    call::{
        CallBuilder, CallEnd, ClassifyError, ClassifyOk, FromRejection, NoHedge, Waits, make_call,
        or_injected,
    },
    route::Start,
};

impl<'p, T, E, U, C, O, W, F> CallBuilder<'p, T, E, U, C, O, W, NoHedge, F> {
    /// Hedges slow attempts. The closure may then run several times at once, so it cannot change
    /// what it captures. See the [guide](crate::guide::hedge).
    ///
    /// The [`Hedge`] is a `static`, or lives as long as the client: it measures the latency of all
    /// its calls.
    ///
    /// ```
    /// use resilient_runtime::{CallError, Hedge, Policy};
    ///
    /// static HEDGE: Hedge = Hedge::quantile(0.95, 1);
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # async fn fetch() -> std::io::Result<u32> { Ok(7) }
    /// let answer: Result<u32, CallError<std::io::Error>> = Policy::DEFAULT
    ///     .call("fetch")
    ///     .hedge(&HEDGE)
    ///     .run(async || Ok(fetch().await?))
    ///     .await;
    /// assert_eq!(answer.unwrap(), 7);
    /// # });
    /// ```
    pub fn hedge(self, hedge: &Hedge) -> CallBuilder<'p, T, E, U, C, O, W, &Hedge, F> {
        self.with_hedge(hedge)
    }
}

// The bounds are those of the methods, so that the compiler names the one that is missing.
impl<T, E, U, C, O, W, F> CallBuilder<'_, T, E, U, C, O, W, &Hedge, F> {
    /// Makes the call with hedged attempts: as without a hedge, but the closure may run several
    /// times at once.
    ///
    /// Cancel safe: dropping the future drops all runs, and leaves nothing behind but the requests
    /// that were sent.
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
    pub fn run<B>(self, body: B) -> impl Future<Output = Result<T, E>>
    where
        B: AsyncFn() -> Result<T, E>,
        E: FromRejection,
        for<'a, 'q> &'a U: Start<&'q Policy>,
        C: ClassifyError<E>,
        O: ClassifyOk<T>,
        W: Waits,
        F: CallEnd<Result<T, E>>,
    {
        make_call!(
            self,
            call,
            self.hedge
                .race(call.hedge_allowances(), || or_injected(self.site, body()))
        )
    }

    /// As [`run`](Self::run), and gives each run the context of its attempt, as `context = name`
    /// does.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_with<B>(self, body: B) -> impl Future<Output = Result<T, E>>
    where
        B: AsyncFn(AttemptContext) -> Result<T, E>,
        E: FromRejection,
        for<'a, 'q> &'a U: Start<&'q Policy>,
        C: ClassifyError<E>,
        O: ClassifyOk<T>,
        W: Waits,
        F: CallEnd<Result<T, E>>,
    {
        let key = IdempotencyKey::random();
        make_call!(self, call, {
            let (context, body, site) = (call.context(key), &body, self.site);
            self.hedge.race(call.hedge_allowances(), move || {
                or_injected(site, body(context))
            })
        })
    }
}

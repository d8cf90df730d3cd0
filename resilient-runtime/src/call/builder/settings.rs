//! The settings of a call.

use super::{CallBuilder, Through};
use crate::{
    Classification, Policy, Schedule, Upstream,
    call::{
        IntoFallback,
        fallback::CallFallback,
        plan::{By, ByPolicy, ByTrait, IntoClassification, Own, TrustSuccess},
    },
    call_site::CallSite,
    event::Level,
    route::NoUpstream,
    upstream::{KeyHandle, key_handle},
};

impl<'p, T, E, C, O, W, H, F> CallBuilder<'p, T, E, NoUpstream, C, O, W, H, F> {
    /// Goes through an upstream. The policy stays the one that the call was started with.
    ///
    /// ```
    /// use resilient_runtime::{CallError, Policy, Upstream};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let (once, search) = (Policy::new().attempts(1), Upstream::new("search"));
    /// let found: Result<u32, CallError<std::io::Error>> =
    ///     once.call("find").upstream(&search).cost(8).run(async || Ok(7)).await;
    /// assert_eq!((found.unwrap(), search.snapshot().usage.estimated), (7, 8));
    /// # });
    /// ```
    pub fn upstream<'u>(
        self,
        upstream: &'u Upstream,
    ) -> CallBuilder<'p, T, E, Through<'u>, C, O, W, H, F> {
        self.with_target(|NoUpstream { .. }| Through::to(upstream))
    }
}

impl<'p, 'u, T, E, N, C, O, W, H, F> CallBuilder<'p, T, E, Through<'u, (), N>, C, O, W, H, F> {
    /// Sets the key, such as a tenant or a model: the upstream keeps separate state for each. It
    /// is looked up at once.
    ///
    /// ```
    /// use resilient_runtime::{CallError, Upstream};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let models = Upstream::new("models");
    /// let answer: Result<u32, CallError<std::io::Error>> =
    ///     models.call("ask").key("small").run(async || Ok(7)).await;
    /// assert_eq!(answer.unwrap(), 7);
    /// assert!(models.snapshot_by("small").is_some());
    /// # });
    /// ```
    #[expect(clippy::type_complexity, reason = "one parameter for each setting")]
    pub fn key(
        self,
        key: impl AsRef<str>,
    ) -> CallBuilder<'p, T, E, Through<'u, (KeyHandle,), N>, C, O, W, H, F> {
        self.with_target(|target| Through {
            key: (key_handle(target.upstream, &key),),
            upstream: target.upstream,
            cost: target.cost,
        })
    }
}

impl<'p, 'u, T, E, K, C, O, W, H, F> CallBuilder<'p, T, E, Through<'u, K>, C, O, W, H, F> {
    /// Sets the estimated tokens of an attempt, which the token limit of the upstream counts.
    pub fn cost(self, cost: u64) -> CallBuilder<'p, T, E, Through<'u, K, u64>, C, O, W, H, F> {
        self.with_target(|target| Through {
            cost,
            upstream: target.upstream,
            key: target.key,
        })
    }
}

impl<'p, T, E, U, C, O, W, H, F> CallBuilder<'p, T, E, U, C, O, W, H, F> {
    /// Sets the policy, in place of the upstream's or of an earlier one. The policy has to outlive
    /// the builder: if the builder is kept in a variable, keep the policy in one too.
    pub fn policy(self, policy: &'p Policy) -> Self {
        Self { policy, ..self }
    }

    /// Sets the level of the span of the call; INFO by default. For fields of your own, put the
    /// call in a span with [`Instrument`](https://docs.rs/tracing/latest/tracing/trait.Instrument.html).
    ///
    /// ```
    /// use resilient_runtime::{CallError, Level, Policy};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let answer: Result<u32, CallError<std::io::Error>> =
    ///     Policy::DEFAULT.call("ask").level(Level::Debug).run(async || Ok(7)).await;
    /// assert_eq!(answer.unwrap(), 7);
    /// # });
    /// ```
    pub fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }
}

impl<'p, T, E, U, O, W, H, F> CallBuilder<'p, T, E, U, ByTrait, O, W, H, F> {
    /// Classifies errors by a function, in place of [`Classify`](crate::Classify). It returns a
    /// [`Classification`] or a [`Class`](crate::Class).
    ///
    /// ```
    /// use resilient_runtime::{Class, Policy, Rejection};
    ///
    /// #[derive(Debug, PartialEq)]
    /// struct Busy;
    ///
    /// impl From<Rejection> for Busy {
    ///     fn from(_: Rejection) -> Self {
    ///         Busy
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let mut attempts = 0;
    /// let answer = Policy::DEFAULT
    ///     .call("ask")
    ///     .classify(|Busy: &Busy| Class::Overloaded)
    ///     .run(async || {
    ///         attempts += 1;
    ///         if attempts < 3 { Err(Busy) } else { Ok(7) }
    ///     })
    ///     .await;
    /// assert_eq!((answer, attempts), (Ok(7), 3));
    /// # });
    /// ```
    pub fn classify<G, K>(self, classify: G) -> CallBuilder<'p, T, E, U, By<G>, O, W, H, F>
    where
        G: Fn(&E) -> K,
        K: IntoClassification,
    {
        self.with_plan(|plan| plan.classify(classify))
    }
}

impl<'p, T, E, U, C, W, H, F> CallBuilder<'p, T, E, U, C, TrustSuccess, W, H, F> {
    /// Classifies successes that are failures in fact; `None` is a success. If the call gives up,
    /// it returns the last one as `Ok`.
    pub fn classify_ok<G>(self, classify: G) -> CallBuilder<'p, T, E, U, C, By<G>, W, H, F>
    where
        G: Fn(&T) -> Option<Classification>,
    {
        self.with_plan(|plan| plan.classify_ok(classify))
    }
}

impl<'p, T, E, U, C, O, H, F> CallBuilder<'p, T, E, U, C, O, ByPolicy, H, F> {
    /// Sets the schedule of waits, in place of the one of the policy: a
    /// [`Backoff`](crate::Backoff), [`Delays`](crate::Delays) of an iterator, or another
    /// [`Schedule`].
    pub fn backoff<S: Schedule>(self, schedule: S) -> CallBuilder<'p, T, E, U, C, O, Own<S>, H, F> {
        self.with_plan(|plan| plan.schedule(schedule))
    }
}

impl<'p, T, E, U, C, O, W, H> CallBuilder<'p, T, E, U, C, O, W, H> {
    /// Sets the fallback: called with the error after the last failure, it returns the result or a
    /// future of it. To handle only some classes, return the other errors as they are. See the
    /// [guide](crate::guide::fallback).
    ///
    /// ```
    /// use resilient_runtime::{CallError, Policy};
    /// use std::io;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let answer: Result<u32, CallError<io::Error>> = Policy::new()
    ///     .attempts(1)
    ///     .call("ask")
    ///     .fallback(async |_: CallError<io::Error>| Ok(7))
    ///     .run(async || Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    ///     .await;
    /// assert_eq!(answer.unwrap(), 7);
    /// # });
    /// ```
    #[expect(clippy::type_complexity, reason = "one parameter for each setting")]
    pub fn fallback<G, V, K>(
        self,
        fallback: G,
    ) -> CallBuilder<'p, T, E, U, C, O, W, H, CallFallback<G, V, K>>
    where
        G: FnOnce(E) -> V,
        V: IntoFallback<Result<T, E>, K>,
    {
        CallBuilder {
            site: CallSite::named_with_fallback(self.site.name()),
            policy: self.policy,
            level: self.level,
            target: self.target,
            plan: self.plan,
            hedge: self.hedge,
            fallback: CallFallback::new(fallback),
        }
    }
}

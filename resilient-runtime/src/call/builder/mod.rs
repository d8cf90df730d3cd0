//! Calls of closures: the builder that [`Policy::call`] and [`Upstream::call`] return.

mod run;
mod settings;
mod target;

pub(crate) use run::make_call;
pub(crate) use target::Through;

use crate::{
    Policy, Upstream,
    call::{
        fallback::NoFallback,
        plan::{ByPolicy, ByTrait, Plan, TrustSuccess},
    },
    call_site::CallSite,
    event::Level,
    route::NoUpstream,
};
use std::fmt;

/// A resilient call of an async closure, for code without the attribute.
///
/// [`Policy::call`] and [`Upstream::call`] start it. The settings have the names and the meaning of
/// the arguments of `#[resilient]`. They follow in any order, each at most once, except that a
/// `policy` replaces an earlier one; `key` and `cost` need an upstream. [`run`](Self::run) makes
/// the call, [`run_with`](Self::run_with) with the context of each attempt. Until then nothing is
/// sent.
///
/// ```
/// use resilient_runtime::{CallError, Hedge, Policy, Upstream};
/// use std::{io, time::Duration};
///
/// static OPENAI: Upstream = Upstream::new("openai").tokens_per_minute(200_000);
/// static HEDGE: Hedge = Hedge::after(Duration::from_millis(800), 1);
///
/// type Answer = Result<String, CallError<io::Error>>;
///
/// async fn ask(tenant: &str, question: &str) -> Answer {
///     OPENAI
///         .call("ask")
///         .key(tenant)
///         .cost(800)
///         .policy(&Policy::new().attempts(3))
///         .hedge(&HEDGE)
///         .fallback(|error: CallError<io::Error>| Err::<String, _>(error))
///         .run(async || Ok(send(question).await?))
///         .await
/// }
/// # async fn send(question: &str) -> io::Result<String> { Ok(question.to_owned()) }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert_eq!(ask("acme", "why?").await.unwrap(), "why?");
/// assert_eq!(OPENAI.snapshot_by("acme").unwrap().usage.estimated, 800);
/// # });
/// ```
///
/// `breaker`, `requests`, `tokens` and `concurrency` are settings of an [`Upstream`]; `attempts`,
/// `timeout`, `idempotent`, `budget` and the like are settings of a [`Policy`]. Successes are not
/// checked by status, unless [`classify_ok`](Self::classify_ok) does. For a call that borrows
/// in a spawned task, use [`call!`](crate::call!): the compiler cannot prove that the future of a
/// closure that borrows is `Send`.
#[must_use = "a call is not made until `run`, whose future has to be awaited"]
pub struct CallBuilder<
    'p,
    T,
    E,
    U = NoUpstream,
    C = ByTrait,
    O = TrustSuccess,
    W = ByPolicy,
    H = NoHedge,
    F = NoFallback,
> {
    pub(crate) site: &'static CallSite,
    pub(crate) policy: &'p Policy,
    pub(crate) level: Level,
    pub(crate) target: U,
    pub(crate) plan: Plan<Result<T, E>, C, O, W>,
    pub(crate) hedge: H,
    pub(crate) fallback: F,
}

/// A call without hedged attempts.
#[derive(Debug)]
pub struct NoHedge;

impl Policy {
    /// Starts a resilient call of a closure with this policy. `name` is for the log, and calls of
    /// one name share a retry budget, unless there is an [`upstream`](CallBuilder::upstream); those
    /// with a fallback have one of their own.
    ///
    /// ```
    /// use resilient_runtime::{CallError, Policy};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # async fn fetch() -> std::io::Result<u32> { Ok(7) }
    /// let policy = Policy::new().attempts(3);
    /// let answer: Result<u32, CallError<std::io::Error>> =
    ///     policy.call("fetch").run(async || Ok(fetch().await?)).await;
    /// assert_eq!(answer.unwrap(), 7);
    /// # });
    /// ```
    pub fn call<T, E>(&self, name: &'static str) -> CallBuilder<'_, T, E> {
        CallBuilder::new(name, self, NoUpstream::NEW)
    }
}

impl Upstream {
    /// Starts a resilient call of a closure through this upstream, with the policy of the upstream
    /// unless [`policy`](CallBuilder::policy) sets another. `name` is for the log.
    ///
    /// ```
    /// use resilient_runtime::{CallError, Upstream};
    ///
    /// static PAYMENTS: Upstream = Upstream::new("payments").requests_per_minute(500);
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # async fn fetch() -> std::io::Result<u32> { Ok(7) }
    /// let answer: Result<u32, CallError<std::io::Error>> =
    ///     PAYMENTS.call("fetch").run(async || Ok(fetch().await?)).await;
    /// assert_eq!(answer.unwrap(), 7);
    /// # });
    /// ```
    pub fn call<T, E>(&self, name: &'static str) -> CallBuilder<'_, T, E, Through<'_>> {
        CallBuilder::new(name, &self.config().policy, Through::to(self))
    }
}

impl<'p, T, E, U> CallBuilder<'p, T, E, U> {
    fn new(name: &'static str, policy: &'p Policy, target: U) -> Self {
        Self {
            site: CallSite::named(name),
            policy,
            level: Level::Info,
            target,
            plan: Plan::new(),
            hedge: NoHedge,
            fallback: NoFallback,
        }
    }
}

impl<'p, T, E, U, C, O, W, H, F> CallBuilder<'p, T, E, U, C, O, W, H, F> {
    fn with_target<V>(self, with: impl FnOnce(U) -> V) -> CallBuilder<'p, T, E, V, C, O, W, H, F> {
        CallBuilder {
            site: self.site,
            policy: self.policy,
            level: self.level,
            target: with(self.target),
            plan: self.plan,
            hedge: self.hedge,
            fallback: self.fallback,
        }
    }

    fn with_plan<D, P, X>(
        self,
        with: impl FnOnce(Plan<Result<T, E>, C, O, W>) -> Plan<Result<T, E>, D, P, X>,
    ) -> CallBuilder<'p, T, E, U, D, P, X, H, F> {
        CallBuilder {
            site: self.site,
            policy: self.policy,
            level: self.level,
            target: self.target,
            plan: with(self.plan),
            hedge: self.hedge,
            fallback: self.fallback,
        }
    }
}

impl<'p, T, E, U, C, O, W, F> CallBuilder<'p, T, E, U, C, O, W, NoHedge, F> {
    pub(crate) fn with_hedge<H>(self, hedge: H) -> CallBuilder<'p, T, E, U, C, O, W, H, F> {
        CallBuilder {
            site: self.site,
            policy: self.policy,
            level: self.level,
            target: self.target,
            plan: self.plan,
            hedge,
            fallback: self.fallback,
        }
    }
}

impl<T, E, U, C, O, W, H, F> fmt::Debug for CallBuilder<'_, T, E, U, C, O, W, H, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallBuilder")
            .field("name", &self.site.name())
            .finish_non_exhaustive()
    }
}

//! Calls of blocks without the attribute.

use crate::{
    __private::AsPolicy,
    Policy, Upstream,
    upstream::{KeyHandle, UpstreamHandle},
};

/// Makes a resilient call of an async block: what the attribute does to a function, for code that
/// cannot carry one. Gives a future of the block's result.
///
/// The block is run once for each attempt. It may borrow what is around it, mutably too, `?` and
/// `return` end the attempt, and the future is `Send` whenever the block's future and its result
/// are. The policy is a `Policy`, a `&Policy` or an `Arc<Policy>`; a name for the log may follow
/// it.
///
/// ```
/// use resilient_runtime::{CallError, Policy, call};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # async fn fetch(log: &mut Vec<u8>) -> std::io::Result<u32> { log.push(1); Ok(7) }
/// let mut log = Vec::new();
/// let answer: Result<u32, CallError<std::io::Error>> =
///     call!(Policy::DEFAULT, "fetch", async { Ok(fetch(&mut log).await?) }).await;
/// assert_eq!(answer.unwrap(), 7);
/// # });
/// ```
///
/// Through an [`Upstream`], the policy is the upstream's unless another is named; key, cost, policy
/// and name may follow, in this order:
///
/// ```
/// use resilient_runtime::{CallError, Upstream, call};
///
/// static OPENAI: Upstream = Upstream::new("openai").tokens_per_minute(200_000);
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # async fn fetch() -> std::io::Result<u32> { Ok(7) }
/// let tenant = "acme".to_owned();
/// let answer: Result<u32, CallError<std::io::Error>> =
///     call!(upstream = OPENAI, key = tenant, cost = 800, async { Ok(fetch().await?) }).await;
/// assert_eq!(answer.unwrap(), 7);
/// assert_eq!(OPENAI.snapshot_by("acme").unwrap().usage.estimated, 800);
/// # });
/// ```
#[macro_export]
macro_rules! call {
    (
        upstream = $upstream:expr
        $(, key = $key:expr)?
        $(, cost = $cost:expr)?
        $(, policy = $policy:expr)?
        $(, name = $name:expr)?,
        async $body:block
    ) => {
        async {
            static SITE: $crate::__private::CallSite =
                $crate::__private::CallSite::new($crate::__name!($($name)?));
            let upstream = $crate::__private::as_upstream(&$upstream);
            let key = ($($crate::__private::key_handle(&upstream, &$key),)?);
            let handle = $crate::__private::ByKey::handle(&key, &upstream)$(.cost($cost))?;
            let policy = ($crate::__private::policy_of(&upstream), $(&$policy,)?);
            let mut call = $crate::__private::Plan::new()
                .upstream(handle)
                .start(&SITE, $crate::__private::UppermostPolicy::uppermost(&policy));
            $crate::__attempts!(call, $crate::__run!(SITE, async $body))
        }
    };
    ($policy:expr, async $body:block) => {
        $crate::call!($policy, $crate::__name!(), async $body)
    };
    ($policy:expr, $name:expr, async $body:block) => {
        async {
            static SITE: $crate::__private::CallSite = $crate::__private::CallSite::new($name);
            let policy = $policy;
            let mut call =
                $crate::__private::Plan::new().start(&SITE, $crate::__private::policy(&policy));
            $crate::__attempts!(call, $crate::__run!(SITE, async $body))
        }
    };
}

/// Makes attempts until one ends the call: its result.
#[doc(hidden)]
#[macro_export]
macro_rules! __attempts {
    ($call:ident, $attempt:expr) => {
        $crate::__attempts!($call, attempt, $attempt)
    };
    ($call:ident, $method:ident, $attempt:expr) => {
        loop {
            match $call.$method($attempt).await {
                ::core::ops::ControlFlow::Break(result) => break result,
                ::core::ops::ControlFlow::Continue(()) => {}
            }
        }
    };
}

/// A run of a block, or what takes its place.
#[cfg(any(feature = "chaos", feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __run {
    ($site:ident, async $body:block) => {
        async {
            $crate::__private::injected!(
                $site,
                $crate::__private::FailuresOnly::because("it is a block of `call!`")
            );
            $body
        }
    };
}

/// A run of a block.
#[cfg(not(any(feature = "chaos", feature = "testing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __run {
    ($site:ident, async $body:block) => {
        async $body
    };
}

/// The name of a place in the code that has none.
#[doc(hidden)]
#[macro_export]
macro_rules! __name {
    () => {
        ::core::concat!(::core::module_path!(), ":", ::core::line!())
    };
    ($name:expr) => {
        $name
    };
}

/// The policy of a call through an upstream: the upstream's, unless another is named.
#[doc(hidden)]
pub trait UppermostPolicy {
    /// That policy.
    fn uppermost(&self) -> &Policy;
}

impl UppermostPolicy for (&Policy,) {
    fn uppermost(&self) -> &Policy {
        self.0
    }
}

impl<P: AsPolicy> UppermostPolicy for (&Policy, &P) {
    fn uppermost(&self) -> &Policy {
        self.1.as_policy()
    }
}

/// The handle of an upstream, by key if there is one.
#[doc(hidden)]
pub trait ByKey {
    /// The handle for this key.
    fn handle<'u>(&'u self, upstream: &'u Upstream) -> UpstreamHandle<'u>;
}

impl ByKey for () {
    #[inline(always)]
    fn handle<'u>(&'u self, upstream: &'u Upstream) -> UpstreamHandle<'u> {
        UpstreamHandle::of(upstream)
    }
}

impl ByKey for (KeyHandle,) {
    #[inline(always)]
    fn handle<'u>(&'u self, upstream: &'u Upstream) -> UpstreamHandle<'u> {
        UpstreamHandle::by(upstream, &self.0)
    }
}

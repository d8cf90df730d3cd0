//! The settings of an adapter, which hold for all its calls, and those of one call.

use crate::{
    Class, Policy, Rule, Upstream,
    call_site::CallSite,
    event::Level,
    upstream::{KeyHandle, UpstreamHandle, key_handle},
};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

type KeyOf<Q> = Arc<dyn Fn(&Q, &Upstream) -> KeyHandle + Send + Sync>;
type CostOf<Q> = Arc<dyn Fn(&Q) -> u64 + Send + Sync>;
type IsIdempotent<Q> = Arc<dyn Fn(&Q) -> bool + Send + Sync>;

/// The settings of an adapter for requests of the type `Q`.
pub(super) struct Settings<Q> {
    pub(super) name: &'static str,
    pub(super) level: Level,
    /// Without one, it is that of the upstream.
    policy: Option<Policy>,
    pub(super) upstream: Option<&'static Upstream>,
    /// The policy with changes, from the first request on that needs one.
    changed: OnceLock<Box<Changed>>,
    pub(super) key: Option<KeyOf<Q>>,
    pub(super) cost: Option<CostOf<Q>>,
    pub(super) idempotent: Option<IsIdempotent<Q>>,
}

/// The settings of one request of a [`ResilientMiddleware`](crate::ResilientMiddleware), in place
/// of those of the middleware: `request.with_extension(RequestSettings::new().key("acme"))`.
///
/// `Debug` does not show the key.
#[derive(Clone, Default)]
pub struct RequestSettings {
    name: Option<&'static str>,
    key: Option<Arc<str>>,
    cost: Option<u64>,
    idempotent: Option<bool>,
}

impl RequestSettings {
    /// Those of the middleware.
    pub const fn new() -> Self {
        Self {
            name: None,
            key: None,
            cost: None,
            idempotent: None,
        }
    }

    /// Sets the name of the call in events, metrics and [`snapshot`](crate::snapshot()).
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the key. It has no effect on a middleware without an upstream.
    pub fn key(mut self, key: impl Into<Arc<str>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the estimated tokens of an attempt. They have no effect on a middleware without an
    /// upstream.
    pub const fn cost(mut self, cost: u64) -> Self {
        self.cost = Some(cost);
        self
    }

    /// Sets whether the request may be processed twice.
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }
}

impl fmt::Debug for RequestSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSettings")
            .field("name", &self.name)
            .field("cost", &self.cost)
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}

/// A policy with changes for single requests.
#[derive(Clone)]
struct Changed {
    /// With the other value of `idempotent`.
    idempotence: Policy,
    /// One attempt, whatever the failure.
    once: Policy,
}

/// A call: its upstream with key and cost, and its policy.
pub(super) struct Terms<'s> {
    pub(super) site: &'static CallSite,
    pub(super) level: Level,
    pub(super) policy: &'s Policy,
    upstream: Option<&'static Upstream>,
    key: Option<KeyHandle>,
    cost: u64,
}

impl<Q> Settings<Q> {
    pub(super) fn new(name: &'static str, policy: &Policy) -> Self {
        Self {
            policy: Some(*policy),
            ..Self::of(name, None)
        }
    }

    pub(super) fn through(name: &'static str, upstream: &'static Upstream) -> Self {
        Self::of(name, Some(upstream))
    }

    fn of(name: &'static str, upstream: Option<&'static Upstream>) -> Self {
        Self {
            name,
            level: Level::Info,
            policy: None,
            upstream,
            changed: OnceLock::new(),
            key: None,
            cost: None,
            idempotent: None,
        }
    }

    pub(super) fn set_key<K: AsRef<str>>(&mut self, key: impl Fn(&Q) -> K + Send + Sync + 'static) {
        self.key = Some(Arc::new(move |request, upstream| {
            key_handle(upstream, &key(request))
        }));
    }

    /// The terms of the call of a request, which can be sent again or not.
    pub(super) fn terms(
        &self,
        request: &Q,
        own: Option<&RequestSettings>,
        is_repeatable: bool,
    ) -> Terms<'_> {
        let default = RequestSettings::new();
        let own = own.unwrap_or(&default);
        let policy = self.policy();
        let by_function = || self.idempotent.as_ref().map(|of| of(request));
        let idempotent = own.idempotent.or_else(by_function);
        let policy = if !is_repeatable {
            &self.changed(policy).once
        } else if idempotent.is_some_and(|idempotent| idempotent != policy.idempotent) {
            &self.changed(policy).idempotence
        } else {
            policy
        };
        let key = self.upstream.and_then(|upstream| match &own.key {
            Some(key) => Some(key_handle(upstream, &**key)),
            None => self.key.as_ref().map(|of| of(request, upstream)),
        });
        Terms {
            site: CallSite::named(own.name.unwrap_or(self.name)),
            level: self.level,
            policy,
            upstream: self.upstream,
            key,
            cost: own
                .cost
                .or_else(|| self.cost.as_ref().map(|of| of(request)))
                .unwrap_or(0),
        }
    }

    fn policy(&self) -> &Policy {
        let of_upstream = self.upstream.map(|upstream| &upstream.config().policy);
        let policy = self.policy.as_ref().or(of_upstream);
        policy.unwrap_or(&Policy::DEFAULT)
    }

    #[cold]
    fn changed(&self, policy: &Policy) -> &Changed {
        self.changed.get_or_init(|| {
            let idempotence = policy.idempotent(!policy.idempotent);
            let once = Class::ALL.iter().fold(policy.attempts(1), |policy, class| {
                policy.on(*class, Rule::new().attempts(1))
            });
            Box::new(Changed { idempotence, once })
        })
    }
}

impl Terms<'_> {
    /// The upstream of the call, with its key and cost.
    pub(super) fn upstream(&self) -> Option<UpstreamHandle<'_>> {
        let upstream = self.upstream?;
        let handle = match &self.key {
            Some(key) => UpstreamHandle::by(upstream, key),
            None => UpstreamHandle::of(upstream),
        };
        Some(handle.cost(self.cost))
    }
}

/// Makes the attempts of a call by its terms: `$attempt` is the future of one. It is written out
/// where it is used, so that the compiler sees which futures are `Send`.
macro_rules! make_attempts {
    ($terms:ident, $plan:expr, $attempt:expr) => {
        match $terms.upstream() {
            None => {
                let mut call = $plan.start_at($terms.level, $terms.site, $terms.policy);
                $crate::__attempts!(call, $crate::call::or_injected($terms.site, $attempt))
            }
            Some(handle) => {
                let plan = $plan.upstream(handle);
                let mut call = plan.start_at($terms.level, $terms.site, $terms.policy);
                $crate::__attempts!(call, $crate::call::or_injected($terms.site, $attempt))
            }
        }
    };
}
pub(super) use make_attempts;

impl<Q> Clone for Settings<Q> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            level: self.level,
            policy: self.policy,
            upstream: self.upstream,
            changed: self.changed.clone(),
            key: self.key.clone(),
            cost: self.cost.clone(),
            idempotent: self.idempotent.clone(),
        }
    }
}

impl<Q> fmt::Debug for Settings<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("name", &self.name)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

//! A middleware of `reqwest-middleware` that makes resilient calls.

mod kept_body;
mod middleware;

use super::settings::{RequestSettings, Settings};
use crate::{Level, Policy, Upstream};
use std::{fmt, marker::PhantomData, sync::Arc};

/// A middleware for [`reqwest-middleware`](https://docs.rs/reqwest-middleware): each request is a
/// resilient call, with the same attempts, limits and events as a function with `#[resilient]`. See
/// the [guide](crate::guide::middleware).
///
/// A response with a status of 400 or above is a failure, classified by status, headers and body
/// like that of `send_checked`; if the call gives up, it is the result, with its whole body.
///
/// ```no_run
/// use reqwest_middleware::ClientBuilder;
/// use resilient_runtime::{Policy, RequestSettings, ResilientMiddleware, Upstream};
///
/// static API: Upstream = Upstream::new("api").requests_per_minute(6_000);
///
/// # async fn search() -> reqwest_middleware::Result<String> {
/// let resilience = ResilientMiddleware::new(Policy::new().attempts(3))
///     .upstream(&API)
///     .name("search")
///     .idempotent(|request: &reqwest::Request| request.method().is_idempotent());
/// let client = ClientBuilder::new(reqwest::Client::new()).with(resilience).build();
///
/// let request = client.get("https://api.example.com/v1/search");
/// let request = request.with_extension(RequestSettings::new().key("acme"));
/// Ok(request.send().await?.text().await?)
/// # }
/// ```
pub struct ResilientMiddleware<Q, U = ()> {
    settings: Settings<Q>,
    upstream: PhantomData<fn() -> U>,
}

impl<Q> ResilientMiddleware<Q> {
    /// A middleware with this policy. Without an [`upstream`](Self::upstream), all its calls share
    /// a retry budget with those of the same [`name`](Self::name).
    pub fn new(policy: Policy) -> Self {
        Self {
            settings: Settings::new("reqwest", &policy),
            upstream: PhantomData,
        }
    }

    /// Goes through an upstream. The policy stays that of the middleware.
    pub fn upstream(
        mut self,
        upstream: &'static Upstream,
    ) -> ResilientMiddleware<Q, &'static Upstream> {
        self.settings.upstream = Some(upstream);
        ResilientMiddleware {
            settings: self.settings,
            upstream: PhantomData,
        }
    }
}

impl<Q> ResilientMiddleware<Q, &'static Upstream> {
    /// A middleware through an upstream, with the policy of the upstream.
    pub fn through(upstream: &'static Upstream) -> Self {
        Self {
            settings: Settings::through("reqwest", upstream),
            upstream: PhantomData,
        }
    }

    /// Sets the key of each request, such as its host: the upstream keeps separate state for each.
    /// [`RequestSettings::key`] precedes it.
    pub fn key<K: AsRef<str>>(mut self, key: impl Fn(&Q) -> K + Send + Sync + 'static) -> Self {
        self.settings.set_key(key);
        self
    }

    /// Sets the estimated tokens of an attempt of each request. Default: 0.
    /// [`RequestSettings::cost`] precedes it.
    pub fn cost(mut self, cost: impl Fn(&Q) -> u64 + Send + Sync + 'static) -> Self {
        self.settings.cost = Some(Arc::new(cost));
        self
    }
}

impl<Q, U> ResilientMiddleware<Q, U> {
    /// Sets the name of the calls in events, metrics and [`snapshot`](crate::snapshot()). Default:
    /// `reqwest`. [`RequestSettings::name`] precedes it.
    pub fn name(mut self, name: &'static str) -> Self {
        self.settings.name = name;
        self
    }

    /// Sets the level of the span of each call. Default: INFO.
    pub fn level(mut self, level: Level) -> Self {
        self.settings.level = level;
        self
    }

    /// Sets which requests may be processed twice, in place of [`Policy::idempotent`]. By default
    /// all are, whatever their method, as in functions with the attribute.
    /// [`RequestSettings::idempotent`] precedes it.
    ///
    /// `|request: &reqwest::Request| request.method().is_idempotent()` retries a `POST` only if the
    /// server has certainly not processed it.
    pub fn idempotent(
        mut self,
        is_idempotent: impl Fn(&Q) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.settings.idempotent = Some(Arc::new(is_idempotent));
        self
    }
}

impl<Q, U> Clone for ResilientMiddleware<Q, U> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            upstream: PhantomData,
        }
    }
}

impl<Q, U> fmt::Debug for ResilientMiddleware<Q, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResilientMiddleware")
            .field("settings", &self.settings)
            .finish()
    }
}

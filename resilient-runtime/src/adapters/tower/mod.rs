//! A layer of `tower` whose service makes resilient calls.

mod request;
mod response;
mod service;

pub(crate) use request::{ByClone, ByFunction};
pub(crate) use response::{ByFailure, ByStatus, TrustResponse};
pub use service::ResilientService;

use super::settings::Settings;
use crate::{Classification, Level, Policy, Upstream, call::IntoClassification};
use std::{error::Error, fmt, marker::PhantomData, sync::Arc};
use tower_layer::Layer;

/// Judges the errors of one type along the sources of an error.
type Judge = Arc<dyn Fn(&(dyn Error + 'static)) -> Option<Classification> + Send + Sync>;

/// A layer of [`tower`](https://docs.rs/tower) that makes each call of a service resilient: the
/// same attempts, limits and events as those of a function with `#[resilient]`. See the
/// [guide](crate::guide::adapters).
///
/// The error of the service is a [`ServiceError`](crate::ServiceError). A response with a status of
/// 400 or above is a failure, by status and headers; if the call gives up, it returns the last one
/// as `Ok`. Each attempt has a copy of the request.
///
/// ```
/// use resilient_runtime::{Policy, ResilientLayer, Upstream};
/// use std::convert::Infallible;
/// use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};
///
/// static API: Upstream = Upstream::new("api").requests_per_minute(500);
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let statuses = std::sync::Arc::new(std::sync::Mutex::new(vec![200, 503]));
/// let server = service_fn(move |_: http::Request<String>| {
///     let status = statuses.lock().unwrap().pop().unwrap();
///     let response = http::Response::builder().status(status).body("hello");
///     async { Ok::<_, Infallible>(response.unwrap()) }
/// });
///
/// let layer = ResilientLayer::new(Policy::new().attempts(3))
///     .upstream(&API)
///     .name("greet")
///     .key(|request: &http::Request<String>| request.uri().path().to_owned())
///     .idempotent(|request| request.method().is_idempotent());
/// let mut client = ServiceBuilder::new().layer(layer).service(server);
///
/// let request = http::Request::get("/hello").body(String::new()).unwrap();
/// let response = client.ready().await.unwrap().call(request).await.unwrap();
/// assert_eq!(response.status(), 200);
/// # });
/// ```
pub struct ResilientLayer<Q, U = (), O = ByStatus, R = ByClone> {
    settings: Settings<Q>,
    judges: Vec<Judge>,
    responses: O,
    requests: R,
    upstream: PhantomData<fn() -> U>,
}

impl<Q> ResilientLayer<Q> {
    /// A layer with this policy. Without an [`upstream`](Self::upstream), all its calls share a
    /// retry budget with those of the same [`name`](Self::name).
    pub fn new(policy: Policy) -> Self {
        Self::of(Settings::new("tower", &policy))
    }
}

impl<Q> ResilientLayer<Q, &'static Upstream> {
    /// A layer through an upstream, with the policy of the upstream.
    ///
    /// ```
    /// use resilient_runtime::{Policy, ResilientLayer, Upstream};
    ///
    /// static API: Upstream = Upstream::new("api").policy(Policy::new().attempts(3));
    ///
    /// let layer: ResilientLayer<http::Request<String>, _> = ResilientLayer::through(&API);
    /// # let _ = layer;
    /// ```
    pub fn through(upstream: &'static Upstream) -> Self {
        Self::of(Settings::through("tower", upstream))
    }
}

impl<Q, U> ResilientLayer<Q, U> {
    fn of(settings: Settings<Q>) -> Self {
        Self {
            settings,
            judges: Vec::new(),
            responses: ByStatus::NEW,
            requests: ByClone::NEW,
            upstream: PhantomData,
        }
    }
}

impl<Q, O, R> ResilientLayer<Q, (), O, R> {
    /// Goes through an upstream. The policy stays that of the layer.
    pub fn upstream(
        mut self,
        upstream: &'static Upstream,
    ) -> ResilientLayer<Q, &'static Upstream, O, R> {
        self.settings.upstream = Some(upstream);
        ResilientLayer {
            settings: self.settings,
            judges: self.judges,
            responses: self.responses,
            requests: self.requests,
            upstream: PhantomData,
        }
    }
}

impl<Q, O, R> ResilientLayer<Q, &'static Upstream, O, R> {
    /// Sets the key of each request, such as a tenant or a model: the upstream keeps separate state
    /// for each.
    pub fn key<K: AsRef<str>>(mut self, key: impl Fn(&Q) -> K + Send + Sync + 'static) -> Self {
        self.settings.set_key(key);
        self
    }

    /// Sets the estimated tokens of an attempt of each request. Default: 0.
    pub fn cost(mut self, cost: impl Fn(&Q) -> u64 + Send + Sync + 'static) -> Self {
        self.settings.cost = Some(Arc::new(cost));
        self
    }
}

impl<Q, U, O, R> ResilientLayer<Q, U, O, R> {
    /// Sets the name of the calls in events, metrics and [`snapshot`](crate::snapshot). Default:
    /// `tower`.
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
    ///
    /// `|request| request.method().is_idempotent()` retries a `POST` only if the server has
    /// certainly not processed it.
    pub fn idempotent(
        mut self,
        is_idempotent: impl Fn(&Q) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.settings.idempotent = Some(Arc::new(is_idempotent));
        self
    }

    /// Classifies errors of one type, wherever it is along the sources of the error of the service.
    /// Others are classified by the first known error there. Several functions are asked in order.
    ///
    /// ```
    /// use resilient_runtime::{Class, Policy, ResilientLayer};
    /// # #[derive(Debug)] struct Busy;
    /// # impl std::fmt::Display for Busy { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
    /// # impl std::error::Error for Busy {}
    ///
    /// let layer: ResilientLayer<http::Request<String>> =
    ///     ResilientLayer::new(Policy::DEFAULT).classify(|_: &Busy| Class::Overloaded);
    /// # let _ = layer;
    /// ```
    pub fn classify<E, K>(mut self, classify: impl Fn(&E) -> K + Send + Sync + 'static) -> Self
    where
        E: Error + 'static,
        K: IntoClassification,
    {
        self.judges.push(Arc::new(move |error| {
            let error = error.downcast_ref::<E>()?;
            Some(classify(error).into_classification())
        }));
        self
    }

    /// Classifies responses by a function, in place of their status; `None` is a success.
    pub fn classify_ok<T, G>(self, classify: G) -> ResilientLayer<Q, U, ByFailure<G>, R>
    where
        G: Fn(&T) -> Option<Classification>,
    {
        self.with_responses(ByFailure::new(classify))
    }

    /// Takes every response as a success: for services whose responses have no status.
    pub fn trust_responses(self) -> ResilientLayer<Q, U, TrustResponse, R> {
        self.with_responses(TrustResponse::NEW)
    }

    /// Makes the request of each attempt by a function, for requests that are not `Clone`. If it
    /// returns `None`, the request cannot be sent again: it has one attempt, with all limits.
    ///
    /// ```
    /// use http::Request;
    /// use resilient_runtime::{Policy, ResilientLayer};
    ///
    /// /// A body that may be a stream.
    /// enum Body { Bytes(Vec<u8>), Stream(std::fs::File) }
    ///
    /// let layer = ResilientLayer::new(Policy::DEFAULT).request(|request: &Request<Body>| {
    ///     let Body::Bytes(bytes) = request.body() else { return None };
    ///     let mut copy = Request::new(Body::Bytes(bytes.clone()));
    ///     *copy.method_mut() = request.method().clone();
    ///     *copy.uri_mut() = request.uri().clone();
    ///     *copy.headers_mut() = request.headers().clone();
    ///     Some(copy)
    /// });
    /// # let _ = layer;
    /// ```
    pub fn request<G>(self, copy: G) -> ResilientLayer<Q, U, O, ByFunction<G>>
    where
        G: Fn(&Q) -> Option<Q>,
    {
        ResilientLayer {
            settings: self.settings,
            judges: self.judges,
            responses: self.responses,
            requests: ByFunction::new(copy),
            upstream: PhantomData,
        }
    }

    fn with_responses<P>(self, responses: P) -> ResilientLayer<Q, U, P, R> {
        ResilientLayer {
            settings: self.settings,
            judges: self.judges,
            responses,
            requests: self.requests,
            upstream: PhantomData,
        }
    }
}

impl<S, Q, U, O: Clone, R: Clone> Layer<S> for ResilientLayer<Q, U, O, R> {
    type Service = ResilientService<S, Q, O, R>;

    fn layer(&self, inner: S) -> Self::Service {
        ResilientService::new(inner, self.clone())
    }
}

impl<Q, U, O: Clone, R: Clone> Clone for ResilientLayer<Q, U, O, R> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            judges: self.judges.clone(),
            responses: self.responses.clone(),
            requests: self.requests.clone(),
            upstream: PhantomData,
        }
    }
}

impl<Q, U, O, R> fmt::Debug for ResilientLayer<Q, U, O, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResilientLayer")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

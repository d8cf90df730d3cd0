//! The service of a [`ResilientLayer`].

use super::{Judge, ResilientLayer, request::CopyRequest};
use crate::{
    Classification, ServiceError,
    adapters::settings::{Settings, make_attempts},
    call::{ClassifyOk, Plan},
};
use std::{
    error::Error,
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// A service whose calls are resilient: see [`ResilientLayer`].
///
/// It is ready when the service inside is. The first attempt uses that readiness; each further one
/// waits for the service again, within the time of the attempt.
///
/// Cancel safe: dropping the future of a call leaves nothing behind but the requests that were
/// sent.
pub struct ResilientService<S, Q, O, R> {
    inner: S,
    shared: Arc<Shared<Q, O, R>>,
}

struct Shared<Q, O, R> {
    settings: Settings<Q>,
    judges: Vec<Judge>,
    responses: O,
    requests: R,
}

impl<S, Q, O, R> ResilientService<S, Q, O, R> {
    pub(super) fn new<U>(inner: S, layer: ResilientLayer<Q, U, O, R>) -> Self {
        let shared = Shared {
            settings: layer.settings,
            judges: layer.judges,
            responses: layer.responses,
            requests: layer.requests,
        };
        Self {
            inner,
            shared: Arc::new(shared),
        }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside, by value.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, Q, O, R> Service<Q> for ResilientService<S, Q, O, R>
where
    S: Service<Q, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    S::Response: Send + 'static,
    Q: Send + Sync + 'static,
    O: ClassifyOk<S::Response> + Send + Sync + 'static,
    R: CopyRequest<Q> + Send + Sync + 'static,
{
    type Response = S::Response;
    type Error = ServiceError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, ServiceError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ServiceError>> {
        let ready = self.inner.poll_ready(cx);
        ready.map_err(|error| self.shared.error(error.into()))
    }

    fn call(&mut self, request: Q) -> Self::Future {
        // The clone need not be ready: the service that is makes the call.
        let clone = self.inner.clone();
        let inner = mem::replace(&mut self.inner, clone);
        Box::pin(call(inner, Arc::clone(&self.shared), request))
    }
}

/// Makes the call. `inner` is ready.
async fn call<S, Q, O, R>(
    mut inner: S,
    shared: Arc<Shared<Q, O, R>>,
    request: Q,
) -> Result<S::Response, ServiceError>
where
    S: Service<Q, Error: Into<BoxError>>,
    O: ClassifyOk<S::Response>,
    R: CopyRequest<Q>,
{
    let mut is_ready = true;
    let copy = shared.requests.copy(&request);
    let terms = shared.settings.terms(&request, None, copy.is_some());
    // The first attempt sends the copy, and the request itself is for the others.
    let (mut next, kept) = match copy {
        Some(copy) => (Some(copy), Some(request)),
        None => (Some(request), None),
    };
    make_attempts!(
        terms,
        Plan::new().classify_ok(|response| shared.responses.classify_ok(response)),
        async {
            let again = || shared.requests.copy(kept.as_ref()?);
            let request = next.take().or_else(again);
            let request = request.ok_or_else(ServiceError::unrepeatable)?;
            if !mem::take(&mut is_ready) {
                let ready = poll_fn(|cx| inner.poll_ready(cx)).await;
                ready.map_err(|error| shared.error(error.into()))?;
            }
            let result = inner.call(request).await;
            result.map_err(|error| shared.error(error.into()))
        }
    )
}

impl<Q, O, R> Shared<Q, O, R> {
    /// The error of an attempt.
    #[cold]
    fn error(&self, error: BoxError) -> ServiceError {
        let judged = self.judge(&*error);
        ServiceError::new(error, judged)
    }

    fn judge(&self, error: &(dyn Error + 'static)) -> Option<Classification> {
        if self.judges.is_empty() {
            return None;
        }
        crate::classify::error_chain(error)
            .find_map(|error| self.judges.iter().find_map(|judge| judge(error)))
    }
}

impl<S: Clone, Q, O, R> Clone for ResilientService<S, Q, O, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S: fmt::Debug, Q, O, R> fmt::Debug for ResilientService<S, Q, O, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResilientService")
            .field("inner", &self.inner)
            .field("settings", &self.shared.settings)
            .finish()
    }
}

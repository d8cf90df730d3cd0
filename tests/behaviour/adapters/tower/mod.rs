//! Services of tower behind a `ResilientLayer`.

mod requests;

use ::tower::{
    BoxError, Service, ServiceBuilder, ServiceExt as _, limit::ConcurrencyLimit, service_fn,
};
use http::{Request, Response};
use resilient_runtime::{
    Backoff, Budget, Class, Classify as _, ErasedHistory as _, GiveUp, Jitter, Policy,
    ResilientLayer, ServiceError,
};
use resilient_tests::Counter;
use std::{
    convert::Infallible,
    error::Error as _,
    future::{Future, Ready, ready},
    io,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const THRICE: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(SECOND).jitter(Jitter::None))
    .budget(Budget::NONE);

type Asked = Request<String>;

fn get() -> Asked {
    Request::get("/a").body("hello".to_owned()).unwrap()
}

/// A server that gives these statuses, one after the other, and then 200. It echoes the body.
fn server(
    statuses: impl IntoIterator<Item = u16>,
) -> (
    impl Service<Asked, Response = Response<String>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static,
    Arc<Counter>,
) {
    let statuses: Vec<u16> = statuses.into_iter().collect();
    let asked = Arc::new(Counter::new());
    let count = Arc::clone(&asked);
    let service = service_fn(move |request: Asked| {
        let number = count.count() as usize - 1;
        let status = statuses.get(number).copied().unwrap_or(200);
        let response = Response::builder().status(status);
        ready(Ok(response.body(request.into_body()).unwrap()))
    });
    (service, asked)
}

async fn ask<S: Service<Q>, Q>(mut service: S, request: Q) -> Result<S::Response, S::Error> {
    service.ready().await?.call(request).await
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_response_with_a_transient_status_is_retried_and_the_last_one_returned() {
    let (service, asked) = server([503, 500]);
    let layer = ResilientLayer::new(THRICE).name("tower-status");
    let start = Instant::now();
    let response = ask(layer.clone().layer_on(service), get()).await.unwrap();
    assert_eq!(
        (response.status(), response.into_body()),
        (http::StatusCode::OK, "hello".into())
    );
    assert_eq!((asked.get(), start.elapsed()), (3, 2 * SECOND));

    let (service, asked) = server([503; 9]);
    let response = ask(layer.clone().layer_on(service), get()).await.unwrap();
    assert_eq!(
        (response.status(), asked.get()),
        (http::StatusCode::SERVICE_UNAVAILABLE, 3)
    );

    let (service, asked) = server([404]);
    let response = ask(layer.layer_on(service), get()).await.unwrap();
    assert_eq!(
        (response.status(), asked.get()),
        (http::StatusCode::NOT_FOUND, 1)
    );
}

/// `Layer::layer`, without the trait in scope.
trait LayerOn<S> {
    type Service;
    fn layer_on(self, service: S) -> Self::Service;
}

impl<S, L: ::tower::Layer<S>> LayerOn<S> for L {
    type Service = L::Service;

    fn layer_on(self, service: S) -> L::Service {
        self.layer(service)
    }
}

/// A service that panics if it is called without being ready, as those of tower do. Its clones are
/// not ready.
struct Strict {
    is_ready: bool,
    fails: Arc<Mutex<u32>>,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self {
            is_ready: false,
            fails: Arc::clone(&self.fails),
        }
    }
}

impl Service<Asked> for Strict {
    type Response = Response<String>;
    type Error = io::Error;
    type Future = Ready<io::Result<Response<String>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Asked) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "not ready");
        let mut fails = self.fails.lock().unwrap();
        ready(match fails.checked_sub(1) {
            None => Ok(Response::new(request.into_body())),
            Some(left) => {
                *fails = left;
                Err(io::ErrorKind::ConnectionReset.into())
            }
        })
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f390_every_attempt_of_a_service_waits_until_it_is_ready() {
    let strict = Strict {
        is_ready: false,
        fails: Arc::new(Mutex::new(2)),
    };
    let layer = ResilientLayer::new(THRICE).name("tower-ready");
    let mut service = layer.layer_on(strict);
    // Several calls of one service, each of which is made ready.
    for _ in 0..3 {
        let response = service.ready().await.unwrap().call(get()).await.unwrap();
        assert_eq!(response.into_body(), "hello");
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f390_an_attempt_holds_no_readiness_while_it_waits_for_the_next() {
    let (inner, asked) = server([503]);
    let limited = ConcurrencyLimit::new(inner, 1);
    let layer = ResilientLayer::new(THRICE).name("tower-permit");
    let mut service = layer.layer_on(limited.clone());
    let call = service.ready().await.unwrap().call(get());
    let call = tokio::spawn(call);
    sleep(SECOND / 2).await;
    // The first attempt has failed, and its retry is not due.
    assert_eq!(asked.get(), 1);
    let start = Instant::now();
    ask(limited, get()).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(call.await.unwrap().unwrap().status(), 200);
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_error_holds_its_source_and_history_in_a_stack_with_other_layers() {
    let refused = service_fn(|_: Asked| {
        ready(Err::<Response<String>, _>(io::Error::from(
            io::ErrorKind::ConnectionRefused,
        )))
    });
    let service = ServiceBuilder::new()
        .timeout(60 * SECOND)
        .layer(ResilientLayer::new(THRICE).name("tower-error"))
        .timeout(SECOND)
        .service(refused);
    let error: BoxError = ask(service, get()).await.unwrap_err();
    assert_eq!(error.classify().class, Class::Connect);
    assert_eq!(error.history().unwrap().attempts.len(), 3);
    let failed = error.downcast_ref::<ServiceError>().unwrap();
    assert!(
        failed
            .source()
            .unwrap()
            .downcast_ref::<io::Error>()
            .is_some()
    );
    assert!(failed.error().is_some() && failed.rejection().is_none());
    assert!(format!("{failed}").starts_with("connect: "), "{failed}");
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_layer_inside_another_one_does_not_multiply_attempts() {
    let runs = Arc::new(Counter::new());
    let count = Arc::clone(&runs);
    let down = service_fn(move |_: Asked| {
        count.count();
        ready(Err::<Response<String>, _>(io::Error::from(
            io::ErrorKind::ConnectionReset,
        )))
    });
    let service = ServiceBuilder::new()
        .layer(ResilientLayer::new(THRICE).name("tower-outer"))
        .timeout(60 * SECOND)
        .layer(ResilientLayer::new(THRICE).name("tower-inner"))
        .service(down);
    let error = ask(service, get()).await.unwrap_err();
    assert_eq!(
        (runs.get(), error.history().gave_up),
        (3, Some(GiveUp::RetriedInside))
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_attempt_that_hangs_is_cut_and_retried() {
    let runs = Arc::new(Counter::new());
    let count = Arc::clone(&runs);
    let slow = service_fn(move |request: Asked| {
        let is_slow = count.count() == 1;
        async move {
            if is_slow {
                sleep(100 * SECOND).await;
            }
            Ok::<_, Infallible>(Response::new(request.into_body()))
        }
    });
    let policy = THRICE.timeout(SECOND);
    let layer = ResilientLayer::new(policy).name("tower-hangs");
    let start = Instant::now();
    ask(layer.layer_on(slow), get()).await.unwrap();
    assert_eq!((runs.get(), start.elapsed()), (2, 2 * SECOND));

    let hung =
        service_fn(|_: Asked| std::future::pending::<Result<Response<String>, Infallible>>());
    let layer = ResilientLayer::new(policy.attempts(1)).name("tower-hung");
    let error = ask(layer.layer_on(hung), get()).await.unwrap_err();
    assert_eq!(error.rejection().unwrap().class(), Class::Timeout);
}

#[test]
fn tower_future_of_a_call_is_send_and_the_service_sync() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Clone + Send + Sync>(_: &T) {}
    let service = service_fn(|_: Asked| ready(Ok::<_, Infallible>(Response::new(()))));
    let mut service = ResilientLayer::new(THRICE).layer_on(service);
    is_shared(&service);
    let future = service.call(get());
    is_send(&future);
    let _: &dyn Future<Output = _> = &future;
}

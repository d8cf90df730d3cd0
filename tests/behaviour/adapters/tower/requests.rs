//! Settings by request, requests that cannot be copied, and functions that classify.

use super::{Asked, LayerOn as _, THRICE, ask, get, server};
use ::tower::{BoxError, service_fn};
use http::{Request, Response};
use resilient_runtime::{
    Class, Classification, EventKind, GiveUp, ResilientLayer, Rule, Upstream, observe, snapshot,
};
use resilient_tests::Counter;
use std::{
    convert::Infallible,
    fmt,
    future::ready,
    io,
    sync::{Arc, Mutex},
};

fn post() -> Asked {
    Request::post("/a").body("hello".to_owned()).unwrap()
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_upstream_key_and_cost_are_those_of_the_request() {
    static TOKENS: Upstream = Upstream::new("tower-tokens").tokens_per_minute(100_000);
    let (service, _) = server([]);
    let layer = ResilientLayer::through(&TOKENS)
        .name("tower-keys")
        .key(|request: &Asked| request.uri().path().to_owned())
        .cost(|request| request.body().len() as u64);
    ask(layer.layer_on(service), get()).await.unwrap();
    assert_eq!(TOKENS.snapshot_by("/a").unwrap().usage.estimated, 5);
    let names: Vec<_> = snapshot()
        .functions
        .iter()
        .map(|it| it.name.to_owned())
        .collect();
    assert!(names.iter().any(|name| name == "tower-keys"), "{names:?}");
}

#[resilient_runtime::test(start_paused = true)]
async fn tower_post_is_repeated_only_if_it_is_idempotent_or_unprocessed() {
    let layer = ResilientLayer::new(THRICE)
        .name("tower-post")
        .idempotent(|request: &Asked| request.method().is_idempotent());
    for (statuses, request, attempts) in [
        ([500, 200], post(), 1),
        ([500, 200], get(), 2),
        // Not processed.
        ([429, 200], post(), 2),
    ] {
        let (service, asked) = server(statuses);
        let method = request.method().clone();
        ask(layer.clone().layer_on(service), request).await.unwrap();
        assert_eq!(asked.get(), attempts, "{method} {statuses:?}");
    }
    // And the other way round.
    let (service, asked) = server([500]);
    let layer = ResilientLayer::new(THRICE.idempotent(false)).name("tower-get");
    let layer = layer.idempotent(|request: &Asked| request.method().is_idempotent());
    ask(layer.layer_on(service), get()).await.unwrap();
    assert_eq!(asked.get(), 2);
}

/// A request with a body that can be read once.
struct Once(bool);

#[resilient_runtime::test(start_paused = true)]
async fn f391_a_request_that_cannot_be_copied_has_one_attempt() {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ends);
    let _observation = observe(move |event: &resilient_runtime::Event<'_>| {
        if event.function() == Some("tower-once") {
            if let EventKind::GivingUp { reason, .. } = &event.kind {
                seen.lock().unwrap().push(*reason);
            }
        }
    });
    for (is_copied, attempts) in [(false, 1), (true, 3)] {
        let runs = Arc::new(Counter::new());
        let count = Arc::clone(&runs);
        let service = service_fn(move |_: Request<Once>| {
            count.count();
            let response = Response::builder().status(503).body(());
            ready(Ok::<_, Infallible>(response.unwrap()))
        });
        // A rule that would allow more attempts.
        let policy = THRICE.on(Class::Overloaded, Rule::new().attempts(3));
        let layer = ResilientLayer::new(policy)
            .name("tower-once")
            .request(|request: &Request<Once>| request.body().0.then(|| Request::new(Once(true))));
        let response = ask(layer.layer_on(service), Request::new(Once(is_copied))).await;
        assert_eq!(
            (response.unwrap().status().as_u16(), runs.get()),
            (503, attempts)
        );
    }
    assert_eq!(*ends.lock().unwrap(), [GiveUp::AttemptsUsedUp; 2]);
}

#[derive(Debug)]
struct Odd;

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("odd")
    }
}

impl std::error::Error for Odd {}

#[resilient_runtime::test(start_paused = true)]
async fn tower_functions_classify_errors_and_responses() {
    let runs = Arc::new(Counter::new());
    let count = Arc::clone(&runs);
    let odd = service_fn(move |number: u32| {
        ready(match count.count() {
            1 => Err(BoxError::from(io::Error::other(Odd))),
            run => Ok(number + run),
        })
    });
    let layer = ResilientLayer::new(THRICE)
        .name("tower-functions")
        .classify(|_: &Odd| Class::Overloaded)
        .classify_ok(|answer: &u32| {
            (*answer == 12).then(|| Classification::new(Class::ServerError))
        });
    assert_eq!(ask(layer.layer_on(odd), 10).await.unwrap(), 13);
    assert_eq!(runs.get(), 3);
    let trusted = ResilientLayer::new(THRICE)
        .name("tower-trusted")
        .trust_responses();
    let service = service_fn(|number: u32| ready(Ok::<_, Infallible>(number)));
    assert_eq!(ask(trusted.layer_on(service), 7).await.unwrap(), 7);
}

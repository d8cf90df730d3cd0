//! A bulk run over real sockets, to a server that fails at random.

mod killed;

use resilient_runtime::{
    ApiError, Class, Concurrency, SendChecked as _, Upstream,
    bulk::{Bulk, Stop},
    resilient,
    testing::server::{FaultyServer, ok, reset, status},
};
use std::{collections::BTreeSet, time::Duration};

static API: Upstream = Upstream::new("bulk over sockets").concurrency(Concurrency::new(20));

#[resilient(upstream = API, attempts = 12, timeout = "20s", idempotent = true)]
async fn read(http: &reqwest::Client, url: String) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

#[resilient_runtime::test(no_waits)]
async fn a_run_over_sockets_gets_all_items_done_with_a_server_that_fails_at_random() {
    let server = FaultyServer::start().await;
    server.otherwise(ok("done"));
    let soon = status(429).retry_after(Duration::from_secs(1));
    server.sometimes(7, [(0.1, status(503)), (0.1, soon), (0.1, reset())]);
    let http = resilient_examples::client();
    let mut run = Bulk::new(0..400).run(|number| read(&http, server.url_of(&format!("/{number}"))));
    let mut ended = BTreeSet::new();
    while let Some((index, result)) = run.next().await {
        assert_eq!(result.unwrap(), "done");
        assert!(ended.insert(index));
    }
    assert_eq!((ended.len(), run.stopped()), (400, None));
}

#[resilient_runtime::test(no_waits)]
async fn a_key_that_is_revoked_in_the_middle_of_a_run_costs_few_requests() {
    let server = FaultyServer::start().await;
    server.answer([ok("done").times(50)]);
    server.otherwise(status(401));
    let http = resilient_examples::client();
    let run = Bulk::new(0..2_000)
        .concurrency(8)
        .run(|_| read(&http, server.url()));
    let done = run.collect().await;
    assert!(matches!(
        done.stopped,
        Some(Stop::Refused {
            class: Class::Authentication,
            ..
        })
    ));
    let requests = server.requests().await.len();
    assert!((55..=70).contains(&requests), "{requests}");
    assert_eq!(done.results.len(), requests);
    assert_eq!(requests + done.rest.count(), 2_000);
}

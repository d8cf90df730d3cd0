//! Bodies that never end, trickle or break off.

use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, IntoApiResult,
    testing::server::{Answer, FaultyServer, status},
};
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(7);

fn limited() -> Answer {
    status(429).retry_after(WAIT)
}

async fn error_of(answer: Answer) -> ApiError {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let response = client().get(server.url()).send().await.unwrap();
    tokio::time::pause(); // Received data is read first; then the clock advances to the timeout.
    let error = response.into_api_result().await.unwrap_err();
    tokio::time::resume();
    assert_eq!(error.failure().status, Some(429));
    assert_eq!(error.failure().wait.unwrap().duration, WAIT);
    error
}

#[resilient_runtime::test(no_waits)]
async fn a_body_that_never_ends_trickles_or_breaks_off_gives_an_error_with_its_status() {
    let endless = error_of(limited().body(vec![b'x'; 1 << 20]).stall()).await;
    assert_eq!(endless.failure().class, Class::RateLimited);
    let trickling = error_of(limited().body("{").stall()).await;
    assert_eq!(trickling.failure().class, Class::RateLimited);
    let silent = error_of(limited().stall()).await;
    assert_eq!(silent.body(), None);
    let said = r#"{"error":{"code":"insufficient_quota"}}"#;
    let broken = error_of(limited().body(said).cut()).await;
    assert_eq!(broken.failure().class, Class::QuotaExhausted);
}

//! `FaultyServer` over real sockets: each fault has the class that its documentation says.

mod faults;
mod http2;
mod presets;
mod script;
mod sse;

use reqwest::Client;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, SendChecked as _, resilient,
    testing::server::{Answer, FaultyServer},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One attempt, for the class of a single fault.
#[resilient(attempts = 1, timeout = "300ms")]
async fn read(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

/// The body or the class of one request with this client.
async fn outcome_with(http: &Client, answer: Answer) -> Result<String, Class> {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let result = read(http, &server.url()).await;
    server.assert_used_up();
    result.map_err(|error| error.failure().class)
}

async fn outcome(answer: Answer) -> Result<String, Class> {
    outcome_with(&client(), answer).await
}

/// The message of a panic.
fn panic_of<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(test()))).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

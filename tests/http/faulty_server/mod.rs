//! `FaultyServer` over real sockets: each fault has the class that its documentation says.

mod faults;
pub(crate) mod http2;
mod presets;
mod script;
mod scripted;
mod sse;

use reqwest::Client;
use resilient_runtime::{
    ApiError, Class, SendChecked as _, resilient,
    testing::server::{Answer, FaultyServer},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// Long enough for an answer that arrives, on any machine.
const LONG: Duration = Duration::from_secs(20);
/// For an answer that never arrives.
const SHORT: Duration = Duration::from_millis(300);

/// One attempt, for the class of a single fault.
#[resilient(attempts = 1, timeout = LONG)]
async fn read(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

#[resilient(attempts = 1, timeout = SHORT)]
async fn read_briefly(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

/// A fault with its name and its class.
type Fault = (&'static str, fn() -> Answer, Class);

/// Asserts that each of the faults has its class at this client.
async fn assert_classes(http: &Client, faults: &[Fault]) {
    for (name, fault, class) in faults {
        let server = FaultyServer::start().await;
        server.answer(fault());
        let result = match class {
            Class::Timeout => read_briefly(http, &server.url()).await,
            _ => read(http, &server.url()).await,
        };
        assert_eq!(result.unwrap_err().failure().class, *class, "{name}");
        server.assert_used_up();
    }
}

/// The body of an answer that arrives, or the class of its failure.
async fn outcome(http: &Client, answer: Answer) -> Result<String, Class> {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let result = read(http, &server.url()).await;
    result.map_err(|error| error.failure().class)
}

/// The message of a panic.
fn panic_of<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(test()))).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

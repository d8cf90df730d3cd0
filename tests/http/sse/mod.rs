//! Streams of server-sent events over real sockets.

mod bodies;
mod failures;
mod json;
mod presets;

use futures::StreamExt as _;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, ReadEvents as _, SendChecked as _,
    sse::{Events, ServerEvent},
    testing::server::{Answer, FaultyServer, ok},
};

/// A body that calls itself a stream of events.
fn stream(body: impl Into<Vec<u8>>) -> Answer {
    ok(body).header("content-type", "text/event-stream; charset=utf-8")
}

/// The events, and the failure that ends them.
async fn read(mut events: Events) -> (Vec<ServerEvent>, Option<ApiError>) {
    let mut found = Vec::new();
    while let Some(item) = events.next().await {
        match item {
            Ok(event) => found.push(event),
            Err(error) => {
                assert!(events.next().await.is_none(), "a failure is the last item");
                return (found, Some(error));
            }
        }
    }
    (found, None)
}

async fn events(answer: Answer) -> (Vec<ServerEvent>, Option<ApiError>) {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let response = client().post(server.url_of("/v1")).send_checked().await;
    read(response.unwrap().events()).await
}

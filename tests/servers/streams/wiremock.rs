//! Connections and bodies that break or dribble.

use super::{Answer, QUICK};
use futures::Stream;
use resilient_runtime::{
    ApiError, Class, ReadEvents as _, SendChecked as _, resilient,
    sse::{ServerEvent, openai_chat},
};
use resilient_servers::{Wiremock, client};
use serde_json::{Value, json};

#[resilient(
    policy = QUICK,
    content = openai_chat::is_content,
    last = openai_chat::is_last
)]
async fn read(
    url: &str,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>> + use<>, ApiError> {
    Ok(client().get(url).send_checked().await?.events())
}

const HELLO: &str = "data: {\"choices\": [{\"delta\": {\"content\": \"Hello\"}}]}\n\n";

/// The response of `WireMock` with these events, in so many pieces over this time.
pub(super) fn dribble(events: &str, pieces: u32, milliseconds: u32) -> Value {
    json!({
        "status": 200,
        "headers": { "content-type": "text/event-stream" },
        "body": events,
        "chunkedDribbleDelay": { "numberOfChunks": pieces, "totalDuration": milliseconds },
    })
}

#[tokio::test]
async fn a_stream_that_dribbles_arrives_whole_or_stalls() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let whole = format!(": a comment\n\n{HELLO}{HELLO}data: [DONE]\n\n");
    // Events are cut anywhere.
    let url = server
        .script("/stream/whole", &[dribble(&whole, 50, 500)])
        .await;
    let answer = Answer::of(read(&url).await).await;
    assert_eq!((answer.items, answer.failure.is_none()), (3, true));
    assert_eq!(server.requests("/stream/whole").await, 1);

    // Bytes arrive all the time, but the next content comes too late.
    let comment = format!(": {}\n\n", "-".repeat(30 * HELLO.len()));
    let late = format!("{HELLO}{comment}{HELLO}");
    let url = server
        .script("/stream/late", &[dribble(&late, 40, 12_000)])
        .await;
    let answer = Answer::of(read(&url).await).await;
    answer.assert_broken(ApiError::history, Class::Timeout, "late");
    assert_eq!(
        (answer.items, server.requests("/stream/late").await),
        (1, 1)
    );

    // The first content does.
    let never = dribble(&format!("{comment}{HELLO}data: [DONE]\n\n"), 40, 12_000);
    let script = [never, dribble(&whole, 1, 0)];
    let url = server.script("/stream/never", &script).await;
    let answer = Answer::of(read(&url).await).await;
    assert_eq!((answer.items, answer.failure.is_none()), (3, true));
    assert_eq!(server.requests("/stream/never").await, 2);
}

#[tokio::test]
async fn connections_that_break_before_the_first_content_are_retried() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let whole = dribble(&format!("{HELLO}data: [DONE]\n\n"), 1, 0);
    for name in [
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
    ] {
        let path = format!("/stream/{name}");
        let fault = json!({ "fault": name });
        let url = server
            .script(&path, &[fault.clone(), fault, whole.clone()])
            .await;
        let answer = Answer::of(read(&url).await).await;
        assert_eq!(
            (answer.items, answer.failure.is_none()),
            (2, true),
            "{name}"
        );
        assert_eq!(server.requests(&path).await, 3, "{name}");
    }
}

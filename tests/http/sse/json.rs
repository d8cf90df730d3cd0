//! The data of events as JSON.

use super::stream;
use futures::StreamExt as _;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, ReadEvents as _, SendChecked as _,
    testing::server::{Answer, FaultyServer, openai, sse},
};
use serde_json::{Value, json};
use std::time::Duration;

/// The values, and the failure that ends them.
async fn values(answer: Answer) -> (Vec<Value>, Option<ApiError>) {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let response = client().post(server.url()).send_checked().await.unwrap();
    let mut events = response.events_json();
    let mut found = Vec::new();
    while let Some(item) = events.next().await {
        match item {
            Ok(value) => found.push(value),
            Err(error) => {
                assert!(events.next().await.is_none(), "a failure is the last item");
                return (found, Some(error));
            }
        }
    }
    (found, None)
}

#[tokio::test]
async fn values_are_read_up_to_the_end_that_the_server_tells() {
    let (found, error) = values(openai::stream(["Hel", "lo"])).await;
    assert_eq!((found.len(), error.is_none()), (3, true), "{error:?}");
    assert_eq!(found[0]["choices"][0]["delta"]["content"], "Hel");
    // What follows is not waited for.
    let long = Duration::from_secs(20);
    for answer in [
        sse().data("1").data("[DONE]").stall(),
        sse().data("1").data(" [DONE] ").cut(),
        sse().data("1").data("[DONE]").data("2"),
    ] {
        let (found, error) = tokio::time::timeout(long, values(answer)).await.unwrap();
        assert_eq!(
            (found, error.is_none()),
            (vec![json!(1)], true),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn keep_alives_are_no_values() {
    let body = ": comment\n\ndata:\n\ndata: {\"n\": 1}\n\nevent: ping\ndata: 2026-01-01 00:00\n\n\
                event: empty\ndata\ndata: \n\ndata: {\"n\": 2}\n\nid: 3\n\nretry: 10\n\n";
    let (found, error) = values(stream(body)).await;
    assert_eq!(
        (found, error.is_none()),
        (vec![json!({"n": 1}), json!({"n": 2})], true)
    );
}

#[tokio::test]
async fn data_that_is_no_json_is_a_decode_failure_with_the_details_of_its_response() {
    for data in ["{\"n\": ", "no json", "{'n': 1}", "{\"n\": 1} {\"n\": 2}"] {
        let answer = sse().header("x-request-id", "req_0123").data("1");
        let (found, error) = values(answer.data(data).data("2")).await;
        assert_eq!(found, [json!(1)]);
        let error = error.unwrap();
        let failure = error.failure();
        assert_eq!(
            (failure.class, failure.status),
            (Class::Decode, Some(200)),
            "{data}"
        );
        assert_eq!(failure.request_id.as_ref().unwrap().as_str(), "req_0123");
        assert_eq!(error.body().unwrap(), data);
        assert!(error.request().is_some());
    }
}

#[tokio::test]
async fn data_of_another_type_is_a_decode_failure() {
    let server = FaultyServer::start().await;
    server.answer(sse().data("[1, 2]").data("{\"n\": 1}"));
    let response = client().post(server.url()).send_checked().await.unwrap();
    let mut events = response.events_json::<Vec<u8>>();
    assert_eq!(events.next().await.unwrap().unwrap(), [1, 2]);
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.failure().class, Class::Decode);
}

//! The errors of clients hold the failures that the library raises itself, so that a function can
//! return them as they are.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use async_openai::error::OpenAIError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::ErrorMetadata;
use redis::RedisError;
use resilient_runtime::{Class, Classify, FromRejection, Upstream, resilient};
use std::{
    any::type_name,
    error::Error,
    future::{pending, ready},
    io,
    time::Duration,
};
use tonic::{Code, Status};

/// A call whose attempt takes too long.
async fn timeout<E: Classify + FromRejection>() -> E {
    #[resilient(attempts = 1, timeout = "1s")]
    async fn call<E: Classify + FromRejection>() -> Result<(), E> {
        pending().await
    }
    call().await.unwrap_err()
}

/// A call that an upstream does not admit.
async fn refused<E: Classify + FromRejection>() -> E {
    static ISOLATED: Upstream = Upstream::new("isolated");
    #[resilient(upstream = ISOLATED)]
    async fn call<E: Classify + FromRejection>() -> Result<(), E> {
        ready(Ok(())).await
    }
    ISOLATED.isolate();
    call().await.unwrap_err()
}

async fn check<E: Classify + FromRejection + Error>() {
    for (error, class, words) in [
        (
            timeout::<E>().await,
            Class::Timeout,
            "did not finish within 1s",
        ),
        (refused::<E>().await, Class::CircuitOpen, "isolated"),
    ] {
        let name = type_name::<E>();
        assert_eq!(error.classify().class, class, "{name}: {error:?}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(words), "{name}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn f163_the_errors_of_clients_hold_a_rejection_and_are_classified_by_it() {
    check::<Status>().await;
    check::<Box<Status>>().await;
    check::<sqlx::Error>().await;
    check::<RedisError>().await;
    check::<ureq::Error>().await;
    check::<OpenAIError>().await;
    check::<SdkError<ErrorMetadata, HttpResponse>>().await;
    check::<octocrab::Error>().await;
    check::<io::Error>().await;
}

#[tokio::test(start_paused = true)]
async fn f163_a_status_has_the_code_that_a_server_would_send() {
    assert_eq!(timeout::<Status>().await.code(), Code::DeadlineExceeded);
    let refused = refused::<Status>().await;
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("circuit"), "{refused}");
    assert_eq!(
        refused.classify().wait.map(|wait| wait.duration),
        None::<Duration>
    );
}

#[tokio::test(start_paused = true)]
async fn f181_the_error_of_octocrab_holds_a_rejection_as_that_of_a_layer_under_the_client() {
    let error = timeout::<octocrab::Error>().await;
    assert!(
        matches!(error, octocrab::Error::Service { .. }),
        "{error:?}"
    );
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "the attempt did not finish within 1s");
}

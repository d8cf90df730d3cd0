//! Annotated functions behind nginx that limits, or that has a dead, slow or disagreeing upstream.
//! Above 300 lines, since all tests share the server of this process.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use futures::future::join_all;
use reqwest::Client;
use resilient_examples::{Answer, Server};
use resilient_runtime::{
    ApiError, Backoff, Budget, Class, Concurrency, DelaySource, GiveUp, Policy, Rate,
    SendChecked as _, Upstream, WaitOrigin, call, resilient,
};
use resilient_servers::{Nginx, client};
use serde::Deserialize;
use std::{
    thread,
    time::{Duration, SystemTime},
};

const FAST: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .backoff(Backoff::exponential(Duration::from_millis(5)));

#[resilient(policy = FAST)]
async fn read(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

#[resilient(policy = FAST, idempotent = false)]
async fn order(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.post(url).send_checked().await?.text().await?)
}

/// The classes of all attempts of a failed call.
fn classes(failed: &ApiError) -> Vec<Class> {
    let attempts = &failed.history().attempts;
    attempts.iter().map(|attempt| attempt.class).collect()
}

fn is_html(failed: &ApiError, title: &str) -> bool {
    let body = failed.body().unwrap_or_default();
    body.starts_with("<html>") && body.contains(title)
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_and_then_met() {
    let Some(nginx) = Nginx::start(
        r"location /limited {
            limit_req zone=one_a_second;
            limit_req_status 429;
            add_header Retry-After 1 always;
            empty_gif;
        }",
    ) else {
        return;
    };
    let (http, url) = (client(), nginx.url("/limited"));
    read(&http, &url).await.unwrap();
    read(&http, &url).await.unwrap();
    assert_eq!(nginx.statuses("/limited").await, [200, 429, 200]);
}

/// If the client keeps to the server's limit, all calls succeed. The machine may be busy, so no
/// time is checked.
#[tokio::test]
async fn three_hundred_calls_through_the_limit_of_the_server_are_all_answered() {
    static LIMITED: Upstream = Upstream::new("fifty a second")
        .requests(Rate::per_second(50))
        .concurrency(Concurrency::new(16));
    const CALLS: usize = 300;
    let Some(nginx) = Nginx::start(
        r"location /fifty {
            limit_req zone=fifty_a_second burst=50 nodelay;
            limit_req_status 429;
            add_header Retry-After 1 always;
            empty_gif;
        }",
    ) else {
        return;
    };
    let (http, url) = (client(), nginx.url("/fifty"));
    let calls = (0..CALLS).map(|_| {
        call!(upstream = &LIMITED, async {
            http.get(&url).send_checked().await?.bytes().await?;
            Ok::<_, ApiError>(())
        })
    });
    for result in join_all(calls).await {
        result.unwrap();
    }
    let statuses = nginx.statuses("/fifty").await;
    let answered = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(answered, CALLS);
}

/// Makes 200 calls at once, with the default policy and no deadline, to a server that answers like
/// this for two seconds. Returns the number of successes.
async fn answered_after_two_bad_seconds(upstream: &Upstream, answer: &str) -> Option<usize> {
    let nginx = Nginx::start(&format!(
        "location /recovering {{
            if (!-f FOLDER/recovered) {{ {answer} }}
            empty_gif;
        }}"
    ))?;
    let (http, url) = (client(), nginx.url("/recovering"));
    let calls = join_all((0..200).map(|_| {
        call!(upstream = upstream, async {
            http.get(&url).send_checked().await?.bytes().await?;
            Ok::<_, ApiError>(())
        })
    }));
    let recovery = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        nginx.recover();
    };
    let (results, ()) = tokio::join!(calls, recovery);
    Some(results.iter().filter(|result| result.is_ok()).count())
}

#[tokio::test]
async fn two_hundred_calls_outlive_two_seconds_of_503() {
    static OVERLOADED: Upstream = Upstream::new("overloaded");
    if let Some(answered) = answered_after_two_bad_seconds(&OVERLOADED, "return 503;").await {
        assert_eq!(answered, 200);
        assert!(OVERLOADED.snapshot().counts.deferred > 100);
    }
}

#[tokio::test]
async fn two_hundred_calls_outlive_two_seconds_of_429_with_a_wait() {
    static LIMITED: Upstream = Upstream::new("limited for two seconds");
    let answer = "add_header Retry-After 1 always; return 429;";
    if let Some(answered) = answered_after_two_bad_seconds(&LIMITED, answer).await {
        assert_eq!(answered, 200);
    }
}

/// As with Gemini's limits: the wait is only in the body.
#[tokio::test]
async fn a_wait_in_the_body_is_waited_out() {
    let Some(nginx) = Nginx::start(
        r#"location /limited {
            limit_req zone=one_a_second;
            limit_req_status 429;
            error_page 429 @limited;
            empty_gif;
        }
        location @limited {
            default_type application/json;
            return 429 '{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.1s"}]}}';
        }"#,
    ) else {
        return;
    };
    let (http, url) = (client(), nginx.url("/limited"));
    read(&http, &url).await.unwrap();
    read(&http, &url).await.unwrap();
    assert_eq!(nginx.statuses("/limited").await, [200, 429, 200]);
}

#[tokio::test]
async fn a_dead_server_behind_the_gateway_is_asked_as_often_as_the_policy_says() {
    // Nothing listens on port 1.
    let Some(nginx) = Nginx::start("location / { proxy_pass http://127.0.0.1:1; }") else {
        return;
    };
    let failed = read(&client(), &nginx.url("/read")).await.unwrap_err();
    assert_eq!(classes(&failed), [Class::BadGateway; 3]);
    assert!(is_html(&failed, "502 Bad Gateway"));
    assert_eq!(nginx.statuses("/read").await, [502; 3]);

    let failed = order(&client(), &nginx.url("/order")).await.unwrap_err();
    assert_eq!(failed.history().gave_up, Some(GiveUp::MaybeProcessed));
    assert_eq!(nginx.statuses("/order").await, [502]);
}

/// Counted on both sides of the gateway, which must not repeat requests either.
#[tokio::test]
async fn a_slow_server_behind_the_gateway_is_asked_as_often_as_the_policy_says() {
    let slow = Server::start().await;
    let behind = slow.script("slow", [Answer::hang()]);
    let Some(nginx) = Nginx::start(&format!(
        "location / {{ proxy_pass {behind}/; proxy_read_timeout 50ms; }}"
    )) else {
        return;
    };
    let failed = read(&client(), &nginx.url("/read")).await.unwrap_err();
    assert_eq!(classes(&failed), [Class::GatewayTimeout; 3]);
    assert!(is_html(&failed, "504 Gateway Time-out"));
    assert_eq!(nginx.statuses("/read").await, [504; 3]);
    assert_eq!(slow.requests("slow"), 3);

    order(&client(), &nginx.url("/order")).await.unwrap_err();
    assert_eq!(nginx.statuses("/order").await, [504]);
    assert_eq!(slow.requests("slow"), 4);
}

#[tokio::test]
async fn a_server_back_to_life_behind_the_gateway_ends_the_call() {
    let flaky = Server::start().await;
    let behind = flaky.script(
        "flaky",
        [Answer::reset(), Answer::empty(), Answer::ok("up")],
    );
    let Some(nginx) = Nginx::start(&format!("location / {{ proxy_pass {behind}/; }}")) else {
        return;
    };
    read(&client(), &nginx.url("/read")).await.unwrap();
    assert_eq!(nginx.statuses("/read").await, [502, 502, 200]);
    assert_eq!(flaky.requests("flaky"), 3);
}

/// Also on a reused connection, on which clients tend to repeat such a request themselves.
#[tokio::test]
async fn a_connection_closed_without_an_answer_counts_as_one_attempt() {
    let Some(nginx) = Nginx::start(
        "location /good { empty_gif; }
         location / { return 444; }",
    ) else {
        return;
    };
    let http = client();
    for path in ["/first", "/after_a_good_one"] {
        let failed = read(&http, &nginx.url(path)).await.unwrap_err();
        assert_eq!(classes(&failed), [Class::Network; 3], "{path}");
        assert_eq!(nginx.statuses(path).await, [444; 3], "{path}");
        read(&http, &nginx.url("/good")).await.unwrap();
    }
    order(&http, &nginx.url("/order")).await.unwrap_err();
    assert_eq!(nginx.statuses("/order").await, [444]);
}

#[tokio::test]
async fn a_wait_that_makes_no_sense_is_no_wait() {
    for junk in [
        "soon",
        "-5",
        "NaN",
        "1e9999",
        "a few minutes",
        "Fri, 31 Feb 2999 25:61:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ] {
        let Some(nginx) = Nginx::start(&format!(
            r#"location / {{ add_header Retry-After "{junk}" always; return 503; }}"#
        )) else {
            return;
        };
        let failed = read(&client(), &nginx.url("/busy")).await.unwrap_err();
        let attempts = failed.history().attempts.iter();
        let waits: Vec<_> = attempts.filter_map(|attempt| attempt.source).collect();
        assert_eq!(waits, [DelaySource::Schedule; 2], "{junk}");
        assert_eq!(nginx.statuses("/busy").await, [503; 3], "{junk}");
    }
}

/// The reset is an hour away, so the call ends at once.
#[tokio::test]
async fn a_wait_until_a_date_is_as_long_as_it_takes_until_then() {
    let hour = Duration::from_secs(3600);
    let date = httpdate::fmt_http_date(SystemTime::now() + hour);
    let Some(nginx) = Nginx::start(&format!(
        r#"location / {{ add_header Retry-After "{date}" always; return 503; }}"#
    )) else {
        return;
    };
    let failed = read(&client(), &nginx.url("/busy")).await.unwrap_err();
    let wait = failed.failure().wait.unwrap();
    assert_eq!(wait.origin, WaitOrigin::RetryAfter);
    assert!(
        wait.duration <= hour && wait.duration > hour / 2,
        "{wait:?}"
    );
    assert_eq!(nginx.statuses("/busy").await, [503]);
}

#[tokio::test]
async fn a_wait_of_days_ends_the_call_at_once() {
    for days in [
        "1382400",
        "Tue, 31 Dec 2999 23:59:59 GMT",
        "Tue Dec 31 23:59:59 2999",
    ] {
        let Some(nginx) = Nginx::start(&format!(
            r#"location / {{ add_header Retry-After "{days}" always; return 429; }}"#
        )) else {
            return;
        };
        let failed = read(&client(), &nginx.url("/limited")).await.unwrap_err();
        let reason = failed.history().gave_up;
        assert!(
            matches!(reason, Some(GiveUp::WaitTooLong { wait }) if wait >= Duration::from_secs(1_382_400)),
            "{days}: {reason:?}"
        );
        assert_eq!(nginx.statuses("/limited").await, [429], "{days}");
    }
}

#[tokio::test]
async fn an_error_object_in_a_success_is_what_it_says_to_those_who_look() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Reply {
        choices: Vec<String>,
    }
    #[resilient(policy = FAST)]
    async fn chat(http: &Client, url: &str) -> Result<Reply, ApiError> {
        Ok(http.get(url).send_checked().await?.json().await?)
    }
    /// Reads the body itself, and classifies it if it is not the expected JSON.
    #[resilient(policy = FAST)]
    async fn chat_and_look(http: &Client, url: &str) -> Result<Reply, ApiError> {
        let response = http.get(url).send_checked().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        serde_json::from_slice(&body).map_err(|_| ApiError::from_answer(status, &headers, &body))
    }
    let Some(nginx) = Nginx::start(
        r#"location / {
            default_type application/json;
            return 200 '{"error":{"code":502,"message":"Provider returned error"}}';
        }"#,
    ) else {
        return;
    };
    let failed = chat(&client(), &nginx.url("/chat")).await.unwrap_err();
    assert_eq!(failed.failure().class, Class::Decode);
    assert_eq!(nginx.statuses("/chat").await, [200]);
    let url = nginx.url("/look");
    let failed = chat_and_look(&client(), &url).await.unwrap_err();
    assert_eq!(classes(&failed), [Class::BadGateway; 3]);
    assert_eq!(nginx.statuses("/look").await, [200; 3]);
}

#[tokio::test]
async fn a_server_ends_with_the_test_that_panics() {
    let Some(nginx) = Nginx::start("location / { empty_gif; }") else {
        return;
    };
    let url = nginx.url("/good");
    read(&client(), &url).await.unwrap();
    let test = thread::spawn(move || {
        let _nginx = nginx;
        panic!("as a failing test does");
    });
    test.join().unwrap_err();
    let failed = read(&client(), &url).await.unwrap_err();
    assert_eq!(classes(&failed), [Class::Connect; 3]);
}

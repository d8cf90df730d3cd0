//! The report of an `ApiError`, its help and its request. None of them shows a secret.

use super::{failure, outcome, read};
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{ApiError, Breaker, CallError, Classify, SendChecked, Upstream, call};
use resilient_tests::{CANARY, clean, printed, sources};

#[resilient_runtime::test(no_waits)]
async fn report_lists_every_attempt_and_the_advice() {
    let (result, _) = outcome([
        Answer::status(500).header("x-request-id", "req_1"),
        Answer::status(400)
            .header("x-request-id", "req_2")
            .body(r#"{"error":{"message":"No such role","param":"messages","code":"bad_role"}}"#),
    ])
    .await;
    let error = result.unwrap_err();
    let line = error.to_string();
    assert!(
        line.starts_with("invalid_request (400): No such role; after 2 attempts in "),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
    let report = format!("{error:#}");
    for part in [
        "\n  attempt 1 at ",
        "server_error (500)",
        "waited",
        "\n  attempt 2 at ",
        "\n  request: http://127.0.0.1:",
        "\n  request id: req_2",
        "\n  code: bad_role",
        "\n  parameter: messages",
        "\n  advice: ",
    ] {
        assert!(report.contains(part), "no {part:?} in {report}");
    }
}

#[resilient_runtime::test(no_waits)]
async fn report_names_the_setting_that_would_have_let_the_call_go_on() {
    let (result, requests) = outcome([Answer::status(429).header("retry-after", "500")]).await;
    let report = format!("{:#}", result.unwrap_err());
    assert_eq!(requests, 1);
    assert!(
        report.contains("the server asks for: 500.0s (retry-after)"),
        "{report}"
    );
    assert!(
        report.contains("\n  advice: raise `max_retry_after`"),
        "{report}"
    );

    let isolated: CallError<std::io::Error> = {
        static DOWN: Upstream = Upstream::new("down").breaker(Breaker::new());
        DOWN.isolate();
        call!(upstream = DOWN, async {
            Ok::<_, CallError<std::io::Error>>(())
        })
        .await
        .unwrap_err()
    };
    let report = format!("{isolated:#}");
    assert!(report.contains("release it"), "{report}");
    assert!(!report.contains("the server asks for"), "{report}");
}

/// Everything that an error shows, its sources included.
fn clean_error(error: &ApiError) {
    clean(&printed(error));
    clean(&format!("{:?} {:?}", error.request(), error.body()));
    clean(&format!("{:?} {}", error.classify(), sources(error)));
}

#[resilient_runtime::test(no_waits)]
async fn f82_no_secret_of_the_request_or_the_answer_gets_out() {
    let server = Server::start().await;
    let body = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: sk-{CANARY}"}},"api_key":"{CANARY}"}}"#
    );
    let base = server.script("test", [Answer::status(401).body(body)]);
    let query = format!("?k={CANARY}&{CANARY}&api-version=2024-10-21#{CANARY}");
    let secret = base.replace("http://", &format!("http://user:{CANARY}@")) + &query;
    let error = read(&secret).await.unwrap_err();
    clean_error(&error);
    assert!(
        error
            .request()
            .unwrap()
            .ends_with("/test?k=…&…&api-version=2024-10-21"),
        "{error:#}"
    );
    assert_eq!(error.history().attempts.len(), 1);

    // No server, and an invalid URL.
    drop(server);
    clean_error(&read(&secret).await.unwrap_err());
    clean_error(&read(&format!("nonsense://host/{query}")).await.unwrap_err());
    let url = format!("https://u:{CANARY}@h/?key={CANARY}");
    clean_error(
        &ApiError::from_transport("it broke")
            .url(&url)
            .method(http::Method::PUT),
    );
}

#[resilient_runtime::test(no_waits)]
async fn the_request_can_be_repeated_without_its_secrets() {
    let server = Server::start().await;
    let base = server.script("test", [Answer::status(401)]);
    let body = format!("{{\"model\": \"it's\",\n\"api_key\": \"{CANARY}\"}}");
    let sent = || {
        client()
            .post(format!("{base}?k={CANARY}"))
            .bearer_auth(CANARY)
            .header("x-custom", CANARY)
            .header("content-type", "application/json")
            .body(body.clone())
    };
    let error = sent().record_body().send_checked().await.unwrap_err();
    clean_error(&error);
    let curl = error.curl().unwrap();
    clean(&curl);
    let request = format!("\n  request: POST {base}?…\n");
    assert!(format!("{error:#}").contains(&request), "{error:#}");
    let start = format!("curl -X POST '{base}?k=…' ");
    assert!(curl.starts_with(&start), "{curl}");
    for part in [
        "-H 'authorization: …'",
        "-H 'x-custom: …'",
        "-H 'content-type: application/json'",
        r#"--data-raw '{"api_key":"[redacted]","model":"it'\''s"}'"#,
    ] {
        assert!(curl.contains(part), "no {part} in {curl}");
    }
    // The request is also known if there is no server.
    let (known, again) = (start, sent());
    drop(server);
    let error = again.send_checked().await.unwrap_err();
    clean_error(&error);
    assert!(error.curl().unwrap().starts_with(&known), "{error:#}");
}

#[resilient_runtime::test(no_waits)]
async fn help_and_user_message_name_the_remedy() {
    let busy = failure(Answer::status(503).header("retry-after", "20")).await;
    let told = busy.user_message();
    assert_eq!(told, "The service is busy; please try again in 20 seconds.");
    let bad_key = Answer::status(401).body(r#"{"error":{"code":"invalid_api_key"}}"#);
    let bad_key = failure(bad_key).await;
    assert!(
        bad_key.help().contains("Authorization: Bearer"),
        "{}",
        bad_key.help()
    );
    assert!(format!("{bad_key:#}").ends_with(bad_key.help()));
}

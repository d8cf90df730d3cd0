//! The status page of a provider: a hint, bounded in time and size, requested once, and never an
//! error.

use futures::future::join_all;
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, Backoff, CallError, Class, Classification, Incident, Policy, SendChecked, StatusPage,
    resilient,
};
use std::time::Duration;

const OPEN: &str = r#"{"page": {"name": "Acme"}, "status": {"indicator": "major"}, "incidents": [
    {"name": "Slow dashboard", "status": "monitoring", "impact": "minor", "shortlink": "https://stspg.io/a"},
    {"name": "Elevated error rates", "status": "investigating", "impact": "major", "shortlink": "https://stspg.io/b"},
    {"name": "An older one", "status": "identified", "impact": "major", "shortlink": "https://stspg.io/c"},
    {"name": "The end of the world", "status": "resolved", "impact": "critical", "shortlink": "https://stspg.io/d"}
]}"#;

const FAILURE: Classification = Classification::new(Class::ServerError);

/// A page at this address, requested with a client that needs no files of the machine.
fn page(base: String) -> StatusPage {
    StatusPage::from(base).client(client())
}

fn json(body: &str) -> Answer {
    Answer::status(200).body(body)
}

/// The incident on a page with this content.
async fn told(answer: Answer) -> Option<Incident> {
    let server = Server::start().await;
    let page = page(server.script("page", [answer]));
    let incident = page.incident(&FAILURE).await;
    assert_eq!(server.requests("page"), 1);
    incident
}

#[tokio::test]
async fn the_most_severe_open_incident_is_named() {
    let incident = told(json(OPEN)).await.unwrap();
    assert_eq!(incident.name.as_str(), "Elevated error rates");
    assert_eq!(
        incident.to_string(),
        "Elevated error rates (major, investigating), https://stspg.io/b"
    );
    let bare = told(json(r#"{"incidents": [{"name": "Something"}]}"#)).await;
    assert_eq!(bare.unwrap().to_string(), "Something");
}

#[tokio::test]
async fn a_page_without_an_open_incident_or_without_sense_gives_none() {
    for body in [
        r#"{"page": {}, "incidents": []}"#,
        r#"{"incidents": [{"name": "Over", "status": "resolved"}, {"name": "Told", "status": "postmortem"}]}"#,
        r#"{"incidents": [{"status": "investigating"}, {"name": 7}, null, []]}"#,
        r#"{"incidents": {"name": "Something"}}"#,
        r#"{"page": {}}"#,
        r#"{"incidents": [{"name": "Cut o"#,
        "[]",
        "<html>Something is down</html>",
        "",
    ] {
        assert_eq!(told(json(body)).await, None, "{body}");
    }
    assert_eq!(told(json(&"[".repeat(100_000))).await, None);
    for answer in [
        Answer::status(503).body(OPEN),
        Answer::status(404).body(OPEN),
        Answer::reset(),
        Answer::empty(),
        Answer::cut(),
    ] {
        assert_eq!(told(answer).await, None);
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_its_bound() {
    let padded = |length| format!("{OPEN}{}", " ".repeat(length));
    assert!(told(json(&padded(500 * 1_024))).await.is_some());
    assert_eq!(told(json(&padded(512 * 1_024))).await, None);
}

#[tokio::test]
async fn a_page_that_does_not_answer_is_given_up_and_not_asked_again() {
    let server = Server::start().await;
    let base = server.script("page", [Answer::hang(), json(OPEN)]);
    let page = page(base).timeout(Duration::from_millis(100));
    assert_eq!(page.incident(&FAILURE).await, None);
    // A second request would be answered.
    assert_eq!(page.incident(&FAILURE).await, None);
    assert!(server.requests("page") <= 1);
    // There is no server.
    let gone = server.script("gone", [json(OPEN)]);
    drop(server);
    assert_eq!(self::page(gone).incident(&FAILURE).await, None);
}

#[tokio::test]
async fn concurrent_calls_share_one_request_for_the_page() {
    let server = Server::start().await;
    let page = page(server.script("page", [json(OPEN)]));
    let all = join_all((0..20).map(|_| page.incident(&FAILURE))).await;
    assert!(all.iter().all(Option::is_some));
    assert!(page.incident(&FAILURE).await.is_some());
    assert_eq!(server.requests("page"), 1);
}

#[tokio::test]
async fn an_answer_counts_for_its_time() {
    let server = Server::start().await;
    let page = page(server.script("page", [json(OPEN), json("{}")]));
    assert!(page.incident(&FAILURE).await.is_some());
    let later = async |seconds| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    };
    later(59).await;
    assert!(page.incident(&FAILURE).await.is_some());
    assert_eq!(server.requests("page"), 1);
    later(1).await;
    assert_eq!(page.incident(&FAILURE).await, None);
    assert_eq!(server.requests("page"), 2);
}

#[tokio::test]
async fn a_cancelled_request_for_the_page_does_not_cancel_it_for_others() {
    let server = Server::start().await;
    let page = page(server.script("page", [Answer::hang(), json(OPEN)]));
    tokio::select! {
        biased;
        _ = page.incident(&FAILURE) => panic!("the server does not answer"),
        () = asked(&server) => {}
    }
    assert!(page.incident(&FAILURE).await.is_some());
}

/// Waits until the page was requested.
async fn asked(server: &Server) {
    while server.requests("page") == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_page_is_asked_only_after_failures_that_may_be_an_incident() {
    let server = Server::start().await;
    let page = page(server.script("page", [json(OPEN)])).keep(Duration::ZERO);
    let mut about = Vec::new();
    for class in Class::ALL {
        let before = server.requests("page");
        let incident = page.incident(&Classification::new(*class)).await;
        assert_eq!(incident.is_some(), server.requests("page") > before);
        if incident.is_some() {
            about.push(class.as_str());
        }
    }
    let expected = [
        "server_error",
        "bad_gateway",
        "overloaded",
        "gateway_timeout",
        "timeout",
        "connect",
        "dns",
        "network",
    ];
    assert_eq!(about, expected);
}

#[tokio::test]
async fn the_address_may_be_the_page_or_its_json() {
    let server = Server::start().await;
    let base = server.script("page", [json(OPEN)]);
    for address in [
        base.clone(),
        format!("{base}/"),
        format!("{base}/api/v2/incidents/unresolved.json"),
        format!("{base}/summary.json?page=7"),
    ] {
        assert!(page(address).incident(&FAILURE).await.is_some());
    }
    assert_eq!(server.requests("page"), 4);
    assert_eq!(page("no address".to_owned()).incident(&FAILURE).await, None);
}

const FAST: Policy = Policy::new()
    .attempts(2)
    .backoff(Backoff::exponential(Duration::from_millis(1)));

#[resilient(policy = FAST)]
async fn ask(url: &str) -> Result<String, ApiError> {
    Ok(client().get(url).send_checked().await?.text().await?)
}

#[tokio::test]
async fn the_report_names_the_incident_and_the_call_has_not_waited_for_it() {
    let server = Server::start().await;
    let api = server.script("api", [Answer::status(500)]);
    let page = page(server.script("page", [json(OPEN)]));
    let error = ask(&api).await.unwrap_err();
    assert_eq!((server.requests("api"), server.requests("page")), (2, 0));
    assert!(error.incident().is_none() && !format!("{error:#}").contains("incident"));
    let line = error.to_string();
    let error = error.with_incident(&page).await;
    assert_eq!(
        error.incident().unwrap().name.as_str(),
        "Elevated error rates"
    );
    let report = format!("{error:#}");
    let expected =
        "\n  open incident: Elevated error rates (major, investigating), https://stspg.io/b\n";
    assert!(report.contains(expected), "{report}");
    assert_eq!(error.to_string(), line);

    // Failures caused by the caller do not request the page.
    let key = ask(&server.script("key", [Answer::status(401)])).await;
    let error = key.unwrap_err().with_incident(&page).await;
    assert!(error.incident().is_none());
    // Any classified error can request it, also in a task of its own.
    let error = CallError::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    let told = tokio::spawn(async move { page.incident(&error).await });
    assert!(told.await.unwrap().is_some());
    assert_eq!(server.requests("page"), 1);
}

#[tokio::test]
async fn f83_a_hostile_page_gives_one_bounded_line_without_secrets() {
    let name = format!(
        r"down\r\n\u001b[31mforged\u0000 sk-CANARY0123456789 {}",
        "x".repeat(10_000)
    );
    let body = format!(
        r#"{{"incidents": [{{"name": "{name}", "status": "{name}", "impact": "{name}", "shortlink": "https://u:CANARY@h/{name}"}}]}}"#
    );
    let incident = told(json(&body)).await.unwrap();
    let line = incident.to_string();
    assert!(!line.contains(char::is_control), "{line}");
    assert!(!format!("{line} {incident:?}").contains("CANARY"), "{line}");
    assert!(line.chars().count() < 4 * 600, "{}", line.len());
    let script = r#"{"incidents": [{"name": "x", "shortlink": "javascript:alert(1)"}]}"#;
    assert_eq!(told(json(script)).await.unwrap().url, None);
}

#[test]
fn a_page_fits_into_a_static_and_shows_no_secret() {
    static PAGES: [StatusPage; 3] = [
        StatusPage::openai(),
        StatusPage::anthropic().timeout(Duration::from_secs(1)),
        StatusPage::new("https://user:CANARY@status.example.com").keep(Duration::from_secs(5)),
    ];
    let shown = format!("{PAGES:?}");
    assert!(shown.contains("https://status.openai.com") && shown.contains("timeout: 1s"));
    assert!(!shown.contains("CANARY"), "{shown}");
}

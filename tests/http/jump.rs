//! A jump of the error rate names the open incident of the status page that is watched.

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ErrorRateJump, Event, EventKind, Observer, Policy, StatusPage, Upstream, observe, statistics,
};
use resilient_tests::Failure;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

const OPEN: &str =
    r#"{"incidents": [{"name": "Elevated error rates", "status": "investigating"}]}"#;

/// Every jump with this name, of the function or of the upstream: an observer hears the calls of
/// other tests too.
#[derive(Clone)]
struct Jumps {
    name: &'static str,
    heard: Arc<Mutex<Vec<ErrorRateJump>>>,
}

impl Jumps {
    /// The incidents of two jumps, when they have been heard.
    async fn two(&self) -> Vec<Option<String>> {
        let heard = || self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        while heard().len() < 2 {
            sleep(SECOND / 200).await;
        }
        heard().iter().map(|it| it.incident.clone()).collect()
    }
}

impl Observer for Jumps {
    fn observe(&self, event: &Event<'_>) {
        let name = event.function().or(event.upstream());
        if let (EventKind::ErrorRateJumped(jump), true) = (&event.kind, name == Some(self.name)) {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push(jump.clone());
        }
    }
}

/// Two minutes with a success each second, and then as many failures at once. The time is simulated
/// until the call that makes the error rate jump, and real afterwards, for the request of the page.
async fn jump(name: &'static str) {
    static ONCE: Policy = Policy::new().attempts(1);
    let upstream = Upstream::new(name);
    let call = async |status: u16| {
        let call = upstream.call(name).policy(&ONCE);
        let body = async || match status {
            200 => Ok(()),
            _ => Err(Failure::status(status)),
        };
        call.run(body).await
    };
    statistics::start();
    // Successes at once look at no clock: a failure samples the rate.
    call(400).await.unwrap_err();
    for _ in 0..120 {
        for _ in 0..20 {
            call(200).await.unwrap();
        }
        sleep(SECOND).await;
    }
    for _ in 0..2_400 {
        call(500).await.unwrap_err();
    }
    sleep(SECOND).await;
    tokio::time::resume();
    call(500).await.unwrap_err();
}

/// The incidents that the jumps of the function and of the upstream of this name tell of.
async fn incidents(page: StatusPage, watched: &str, name: &'static str) -> Vec<Option<String>> {
    let page: &'static StatusPage = Box::leak(Box::new(page));
    page.watch_for(watched);
    let jumps = Jumps {
        name,
        heard: Arc::default(),
    };
    let observation = observe(jumps.clone());
    jump(name).await;
    let incidents = timeout(10 * SECOND, jumps.two()).await.unwrap();
    observation.stop();
    incidents
}

#[resilient_runtime::test(start_paused = true)]
async fn a_jump_names_the_open_incident_of_the_page_that_is_asked_once() {
    let server = Server::start().await;
    let page = StatusPage::from(server.script("page", [Answer::status(200).body(OPEN)]));
    let found = incidents(page.client(client()), "open", "open").await;
    let open = Some("Elevated error rates (investigating)".to_owned());
    assert_eq!(found, [open.clone(), open]);
    assert_eq!(server.requests("page"), 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_jump_is_announced_without_an_incident_if_the_page_does_not_answer() {
    let server = Server::start().await;
    let page = StatusPage::from(server.script("page", [Answer::hang()])).client(client());
    let found = incidents(page.timeout(SECOND / 10), "silent", "silent").await;
    assert_eq!(found, [None, None]);
    assert_eq!(server.requests("page"), 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn the_page_of_another_upstream_is_not_asked() {
    let server = Server::start().await;
    let page = StatusPage::from(server.script("page", [Answer::status(200).body(OPEN)]));
    let found = incidents(page.client(client()), "another", "unwatched").await;
    assert_eq!(found, [None, None]);
    assert_eq!(server.requests("page"), 0);
}

#[test]
fn a_jump_is_announced_also_if_the_runtime_ends_before_the_page_has_answered() {
    static PAGE: StatusPage = StatusPage::new("http://127.0.0.1:9");
    PAGE.watch_for("ending");
    let heard = Arc::default();
    let jumps = Jumps {
        name: "ending",
        heard: Arc::clone(&heard),
    };
    let observation = observe(jumps);
    resilient_tests::in_paused_time(jump("ending"));
    observation.stop();
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let incidents: Vec<_> = heard.iter().map(|it| it.incident.clone()).collect();
    assert_eq!(incidents, [None, None]);
}

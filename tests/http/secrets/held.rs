//! The response of a request holds no large body of it, and no `Debug` shows any.

use bytes::Bytes;
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{ReadChecked as _, SendChecked};
use std::time::Duration;
use tokio::sync::oneshot;

const KEY: &str = "Zq7Ab3Cd9Ef1Gh5Ij2Kl8Mn4";

/// A body that tells when nobody holds it any more.
struct Owned(String, Option<oneshot::Sender<()>>);

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(sender) = self.1.take() {
            let _ = sender.send(());
        }
    }
}

fn body() -> String {
    format!(r#"{{"prompt": "my neighbour Ada", "password": "{KEY}"}}"#)
}

/// A body whose bytes a response does not keep.
fn large() -> String {
    format!("{}{}", body(), " ".repeat(64 * 1024))
}

#[tokio::test]
async fn f298_a_response_does_not_hold_a_large_body_of_its_request() {
    let server = Server::start().await;
    for is_recorded in [false, true] {
        let url = server.script("test", [Answer::status(200).body("{}")]);
        let (sender, dropped) = oneshot::channel();
        let body = Bytes::from_owner(Owned(large(), Some(sender)));
        let request = client().post(&url).body(body);
        let response = if is_recorded {
            request.record_body().send_checked().await
        } else {
            request.send_checked().await
        };
        // The connection drops its copy by itself.
        let dropped = tokio::time::timeout(Duration::from_secs(10), dropped).await;
        assert!(dropped.is_ok(), "recorded: {is_recorded}");
        let shown = format!("{:?} {:#?}", response, response.as_ref().unwrap());
        assert!(!shown.contains("Ada") && !shown.contains(KEY), "{shown}");
    }
    let url = server.script("test", [Answer::status(200).body("{}")]);
    let response = client().post(&url).body(body()).send_checked().await;
    let shown = format!("{response:?} {:#?}", response.as_ref().unwrap());
    assert!(!shown.contains("Ada") && !shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn f298_an_error_inside_a_success_knows_its_request_and_shows_no_secret_of_it() {
    let server = Server::start().await;
    let said = format!(r#"{{"error": {{"message": "no {KEY} here", "code": "bad"}}}}"#);
    let url = server.script("test", [Answer::status(200).body(said)]);
    for is_recorded in [false, true] {
        let request = client().post(&url).bearer_auth("of-no-matter").body(body());
        let response = if is_recorded {
            request.record_body().send_checked().await
        } else {
            request.send_checked().await
        };
        let answer = response.unwrap().json_checked::<Vec<u8>>().await;
        let error = answer.unwrap_err();
        let shown = format!("{error} {error:#} {error:?} {:?}", error.body());
        assert!(!shown.contains(KEY) && !shown.contains("Ada"), "{shown}");
        assert!(shown.contains("no [redacted] here"), "{shown}");
        let curl = error.curl().unwrap();
        let expected = if is_recorded {
            r#"--data-raw '{"password":"[redacted]","prompt":"my neighbour Ada"}'"#
        } else {
            "--data-raw '[70 bytes; `record_body` records them]'"
        };
        assert!(curl.ends_with(expected), "{curl}");
        assert!(curl.contains("-H 'authorization: …'"), "{curl}");
    }
}

#[test]
fn f300_debug_of_a_request_on_record_shows_nothing_of_it() {
    let url = format!("https://h/?key={KEY}");
    let request = client().post(url).header("x-api-key", KEY).body(body());
    let shown = format!("{:?}", request.record_body());
    assert_eq!(shown, "RecordBody { .. }");
}

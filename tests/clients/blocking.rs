//! A blocking client: ureq in plain functions, over a server on loopback.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

use resilient_runtime::{
    CallError, Class, Classify as _, resilient,
    testing::{block_on, record},
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

/// Answers one connection after another; without a text, it is left open and silent.
fn serve(answers: Vec<Option<&'static str>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut silent = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let _ = lines.map_while(Result::ok).find(String::is_empty);
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                None => silent.push(stream),
            }
        }
    });
    url
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
const BUSY: &str = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

struct Client {
    agent: ureq::Agent,
}

impl Client {
    fn new() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_millis(300)));
        Self {
            agent: config.build().into(),
        }
    }

    #[resilient(attempts = 3)]
    fn get(&self, url: &str) -> Result<String, CallError<ureq::Error>> {
        Ok(self.agent.get(url).call()?.body_mut().read_to_string()?)
    }
}

#[resilient_runtime::test(no_waits)]
fn ureq_is_retried_after_a_status_and_after_its_own_timeout() {
    let url = serve(vec![Some(BUSY), None, Some(OK)]);
    let (answer, trace) = block_on(record(async { Client::new().get(&url) }));
    assert_eq!(answer.unwrap(), "hi", "{trace}");
    trace.assert_attempts(3);
}

#[resilient_runtime::test(no_waits)]
fn failure_of_ureq_that_is_final_is_returned_at_once_with_its_class() {
    let url = serve(vec![Some(REFUSED)]);
    let error = Client::new().get(&url).unwrap_err();
    assert_eq!(error.classify().class, Class::InvalidRequest);
}

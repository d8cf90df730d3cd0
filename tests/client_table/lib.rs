//! The table of errors of clients: how each is judged, as text.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "test code fails loudly"
)]

use resilient_runtime::{Classification, Classify};
use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener},
    thread,
};

/// The rows of the clients whose features are on.
#[derive(Debug, Default)]
pub struct Table(pub Vec<String>);

impl Table {
    /// A row for an error that is no `std::error::Error`, or is not known below another one.
    pub fn judged(&mut self, client: &str, name: &str, error: &impl Classify) {
        self.add(client, name, &error.classify());
    }

    fn add(&mut self, client: &str, error: &str, judged: &Classification) {
        let retried = match judged.retryable {
            Some(retryable) => format!("{retryable:?}"),
            None if judged.class.is_retried_by_default() => "by class".to_owned(),
            None => "no".to_owned(),
        };
        let wait = judged.wait.map(|wait| format!("{:?}", wait.duration));
        let code = judged.code.as_ref().map(ToString::to_string);
        self.0.push(format!(
            "| {client} | {error} | {} | {} | {} | {} | {} |",
            judged.class,
            retried.to_lowercase(),
            format!("{:?}", judged.processed).to_lowercase(),
            wait.unwrap_or_default(),
            code.unwrap_or_default(),
        ));
    }

    /// The same row, whether the error is seen by itself, in a box or in an `io::Error`.
    pub fn row<E>(&mut self, client: &str, name: &str, error: E)
    where
        E: Classify + Error + Send + Sync + 'static,
    {
        let judged = error.classify();
        let erased: Box<dyn Error + Send + Sync> = Box::new(error);
        assert_eq!(erased.classify(), judged, "{client}: {name}, in a box");
        let held = io::Error::other(erased);
        assert_eq!(held.classify(), judged, "{client}: {name}, in io");
        self.add(client, name, &judged);
    }
}

/// The URL of a server that gives this reply to each request and closes the connection.
#[must_use]
pub fn replying(reply: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(reply.as_bytes());
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
    format!("http://{address}/")
}

/// Where nobody listens.
pub const REFUSED: &str = "http://127.0.0.1:1/";

/// Replies that are failures of every client of HTTP.
pub const REPLIES: [(&str, &str); 6] = [
    ("an end without an answer", ""),
    ("an answer that is not HTTP", "220 ready\r\n"),
    (
        "a body that is cut",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
    ),
    ("status 401", "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"),
    ("status 503", "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"),
    ("HTML", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"),
];

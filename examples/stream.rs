//! A streamed answer over a server that misbehaves, as a typewriter shows it. Run it with
//! `cargo run --example stream`.
//!
//! The server sends an error in the place of the first event, then stalls, then ends before any
//! word, then breaks off after three words, and answers well at last. The first three are retried
//! and never seen; after the fourth, another stream goes on behind the words so far.

use futures::{Stream, StreamExt as _};
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Kept, ReadEvents as _, SendChecked as _, resilient,
    sse::{ServerEvent, openai_chat},
    testing::server::{Answer, FaultyServer, sse},
};
use std::{
    io::{Write as _, stdout},
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The words of the answer so far.
type Words = Arc<Mutex<Vec<String>>>;

#[resilient(
    attempts = 4,
    timeout = "2s",
    first = "2s",
    idle = "2s",
    deadline = "1m",
    backoff(initial = "50ms"),
    context = attempt,
    content = openai_chat::is_content,
    last = openai_chat::is_last,
    resume = go_on
)]
async fn ask(
    http: &reqwest::Client,
    url: &str,
    question: &str,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
    say(&format!("\n  [attempt {}: {question}] ", attempt.number()));
    let words = Words::default();
    attempt.keep(Arc::clone(&words));
    let events = http.post(url).send_checked().await?.events();
    Ok(events.inspect(move |event| {
        let word = event.as_ref().ok().and_then(word);
        words
            .lock()
            .into_iter()
            .for_each(|mut words| words.extend(word.clone()));
    }))
}

/// Asks for the rest: what was said so far is the application's to know, and to put into a prompt.
async fn go_on(
    http: &reqwest::Client,
    url: &str,
    _: &str,
    error: ApiError,
    kept: Kept,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
    let words = kept
        .get::<Words>()
        .map(|words| words.lock().map(|words| words.concat()));
    let so_far = words.and_then(Result::ok).unwrap_or_default();
    say(&format!("\n  [{error}]\n  [going on behind {so_far:?}]"));
    Ok(http.post(url).send_checked().await?.events())
}

/// The word of an event of a chat completion.
fn word(event: &ServerEvent) -> Option<String> {
    let json: serde_json::Value = event.json().ok()?;
    let word = json.pointer("/choices/0/delta/content")?.as_str()?;
    Some(word.to_owned())
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn say(text: &str) {
    print!("{text}");
    // The typewriter does not wait for the end of the line.
    let _ = stdout().flush();
}

/// Events with these words.
fn words(words: &[&str]) -> Answer {
    let delta = |word: &&str| format!(r#"{{"choices":[{{"delta":{{"content":"{word}"}}}}]}}"#);
    words.iter().fold(sse(), |answer, word| {
        answer.data(&delta(word)).gap(Duration::from_millis(60))
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ApiError> {
    let server = FaultyServer::start().await;
    let overloaded =
        r#"{"error":{"message":"The server is overloaded","type":"overloaded_error"}}"#;
    server.answer([
        sse().event("error", overloaded),
        sse().stall(),
        sse().data(r#"{"choices":[{"delta":{"role":"assistant"}}]}"#),
        words(&["The ", "sky ", "is "]).cut(),
        words(&["blue ", "because ", "of ", "Rayleigh ", "scattering."])
            .data(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#)
            .data("[DONE]"),
    ]);
    let (http, url) = (client(), server.url());
    let mut answer = pin!(ask(&http, &url, "Why is the sky blue?").await?);
    say("\n  ");
    while let Some(event) = answer.next().await {
        say(&word(&event?).unwrap_or_default());
    }
    say(&format!(
        "\n  [{} requests]\n",
        server.requests().await.len()
    ));
    Ok(())
}

//! A streamed answer: failures before its first words are retried and never seen, and one in the
//! middle of them goes on with another stream.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use resilient_runtime::sse::{ServerEvent, openai_chat};
use resilient_runtime::testing::server::{Answer, FaultyServer, sse};
use resilient_runtime::{ApiError, Kept, ReadEvents as _, SendChecked as _, resilient};

use crate::scenarios::{Outcome, Row};
use crate::show::Show;
use crate::terminal::Terminal;

const NAME: &str = "a stream: error, stall, cut";

/// The words of the answer so far.
type Words = Arc<Mutex<Vec<String>>>;

#[resilient(
    attempts = 4,
    timeout = "400ms",
    first = "400ms",
    idle = "400ms",
    backoff(initial = "100ms"),
    context = attempt,
    content = openai_chat::is_content,
    last = openai_chat::is_last,
    resume = go_on
)]
async fn ask(
    http: &reqwest::Client,
    url: &str,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
    let words = Words::default();
    attempt.keep(Arc::clone(&words));
    let events = http.post(url).send_checked().await?.events();
    Ok(events.inspect(move |event| {
        let word = event.as_ref().ok().and_then(word);
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend(word);
    }))
}

/// Asks for the rest of the answer. A real prompt would contain the words so far.
async fn go_on(
    http: &reqwest::Client,
    url: &str,
    _: ApiError,
    kept: Kept,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
    let so_far = kept.get::<Words>().map(|words| {
        let words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.concat()
    });
    let prompt = format!("Go on behind: {}", so_far.unwrap_or_default());
    Ok(http.post(url).body(prompt).send_checked().await?.events())
}

/// The word of an event of a chat completion.
fn word(event: &ServerEvent) -> Option<String> {
    let json: serde_json::Value = event.json().ok()?;
    let word = json.pointer("/choices/0/delta/content")?.as_str()?;
    Some(word.to_owned())
}

/// Events with these words.
fn words(words: &[&str]) -> Answer {
    let delta = |word: &&str| format!(r#"{{"choices":[{{"delta":{{"content":"{word}"}}}}]}}"#);
    words
        .iter()
        .fold(sse(), |answer, word| answer.data(&delta(word)))
}

/// Streams an answer of a server that fails three times, and prints its words.
pub(crate) async fn play(show: &Show, terminal: Terminal) -> Row {
    terminal.heading(NAME);
    let server = FaultyServer::start().await;
    server.answer([
        sse().event(
            "error",
            r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ),
        sse().stall(),
        words(&["The ", "sky ", "is "])
            .gap(Duration::from_millis(50))
            .cut(),
        words(&["blue."])
            .data(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#)
            .data("[DONE]"),
    ]);
    let start = Instant::now();
    let result = tell(&server.url()).await;
    let outcome = match result {
        Ok(text) => {
            terminal.wrap(&format!("  words: {text}"));
            Outcome::Answered
        }
        Err(error) => Outcome::Failed(error),
    };
    Row {
        name: NAME,
        attempts: show.attempts(),
        time: start.elapsed(),
        outcome,
    }
}

/// The words of the whole answer, each in brackets as the consumer has seen it.
async fn tell(url: &str) -> Result<String, ApiError> {
    let http = resilient_examples::client();
    let mut answer = pin!(ask(&http, url).await?);
    let mut text = String::new();
    while let Some(event) = answer.next().await {
        let word = word(&event?);
        text.extend(word.map(|word| format!("[{}]", word.trim_end())));
    }
    Ok(text)
}

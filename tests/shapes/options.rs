//! An `Option` of a kind of argument reaches every attempt like the kind itself.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Backoff, Policy, resilient};
use resilient_shapes::{Failure, Server};
use std::{cell::Cell, fmt::Display, iter::from_fn, sync::Arc, time::Duration};

/// Not `Clone`.
struct Token(u8);

impl AsRef<u8> for Token {
    fn as_ref(&self) -> &u8 {
        &self.0
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0.to_string()
    }
}

#[tokio::test(start_paused = true)]
async fn f216_an_option_of_a_kind_is_passed_like_the_kind() {
    #[resilient]
    async fn call<'a, I>(
        server: &Server,
        ids: Option<impl IntoIterator<Item = u8>>,
        names: Option<I>,
        token: Option<impl AsRef<u8>>,
        name: Option<impl Into<String>>,
        rest: Option<impl Iterator<Item = u8>>,
    ) -> Result<usize, Failure>
    where
        I: IntoIterator<Item = &'a str> + Send,
    {
        let mut text = String::new();
        for id in ids.into_iter().flatten() {
            text += &id.to_string();
        }
        if let Some(names) = names {
            text.extend(names);
        }
        text += &token.map_or(0, |token| *token.as_ref()).to_string();
        text += &name.map(Into::into).unwrap_or_default();
        text += &rest.map_or(0, Iterator::count).to_string();
        server.ask(text).await
    }
    let (server, mut left) = (Server::new(), 2);
    // Neither `Clone` nor restartable.
    let ids = from_fn(|| {
        left -= 1;
        (left >= 0).then_some(left)
    });
    let ids = ids.map(|n: i32| u8::try_from(n).unwrap());
    let answer = call(
        &server,
        Some(ids),
        Some(["a", "b"]),
        Some(Token(7)),
        Some(Token(8)),
        Some(0..3),
    );
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["10ab783"; 3]);

    let server = Server::new();
    let (ids, token) = (None::<[u8; 1]>, None::<Token>);
    let answer = call(
        &server,
        ids,
        None::<[&str; 1]>,
        token,
        None::<String>,
        None::<std::ops::Range<u8>>,
    );
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["00"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_option_reaches_runs_in_parallel_and_a_fallback() {
    async fn other(
        text: Option<impl Display>,
        ids: Option<impl IntoIterator<Item = u8>>,
        _: Failure,
    ) -> Result<String, Failure> {
        Ok(format!(
            "{}{}",
            text.unwrap(),
            ids.unwrap().into_iter().count()
        ))
    }
    #[resilient(attempts = 2, hedge(after = "1s"), fallback = other)]
    async fn call(
        text: Option<impl Display>,
        ids: Option<impl IntoIterator<Item = u8>>,
    ) -> Result<String, Failure> {
        let _: (Option<String>, _) = (
            text.map(|text| text.to_string()),
            ids.map(|ids| ids.into_iter().next()),
        );
        Err(Failure::Server)
    }
    assert_eq!(call(Some("x"), Some([1, 2])).await.unwrap(), "x2");
}

/// Without waits, since the clock of this runtime is not paused.
const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_option_keeps_the_future_send() {
    #[resilient(policy = AT_ONCE)]
    async fn call(
        server: Arc<Server>,
        make: Option<impl Fn() -> u8 + Send>,
        ids: Option<impl IntoIterator<Item = u8> + Send>,
    ) -> Result<usize, Failure> {
        let number = make.map(|make| make());
        let ids: Vec<u8> = ids.into_iter().flatten().collect();
        server.ask(format!("{number:?}{ids:?}")).await
    }
    // `Send` and not `Sync`.
    let cell = Cell::new(7);
    let task = tokio::spawn(call(Arc::default(), Some(move || cell.get()), Some([1])));
    assert_eq!(task.await.unwrap().unwrap(), 3);
}

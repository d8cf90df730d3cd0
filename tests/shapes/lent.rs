//! Arguments that are lent: what the body does with them, and what that asks of their types.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Backoff, Policy, resilient};
use resilient_shapes::{Failure, Server};
use std::{cell::Cell, fmt::Display, sync::Arc, time::Duration};

/// Not `Clone`.
struct Token(u8);

impl Token {
    const fn number(&self) -> u8 {
        self.0
    }

    const fn consume(self) -> u8 {
        self.0
    }
}

#[derive(Clone)]
struct Pair {
    key: u8,
}

#[tokio::test(start_paused = true)]
async fn f211_the_label_of_a_field_is_no_other_variable() {
    fn take(text: impl Display) -> String {
        text.to_string()
    }
    #[resilient]
    async fn call<T>(server: &Server, pair: Pair, key: T) -> Result<T, Failure>
    where
        T: Display + Clone,
    {
        let Pair { key: other } = pair;
        server.ask(format!("{other}{}", take(key.clone()))).await?;
        Ok(key)
    }
    #[resilient(context = key)]
    async fn with_a_context(server: &Server, Pair { key: other }: Pair) -> Result<usize, Failure> {
        server.ask(format!("{other}{}", key.number())).await
    }
    let server = Server::new();
    assert_eq!(call(&server, Pair { key: 1 }, 'x').await.unwrap(), 'x');
    assert_eq!(server.asked(), ["1x"; 3]);
    let server = Server::new();
    assert_eq!(with_a_context(&server, Pair { key: 1 }).await.unwrap(), 3);
    assert_eq!(server.asked(), ["11", "12", "13"]);
}

mod own {
    /// Neither of these is the trait that others have by this name.
    pub(super) trait Read {
        fn get(&self) -> u8;
    }

    pub(super) trait Sink {
        fn note(&self, n: u8) -> u8;
    }

    impl Read for super::Token {
        fn get(&self) -> u8 {
            self.0
        }
    }

    impl Sink for super::Token {
        fn note(&self, n: u8) -> u8 {
            self.0 + n
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f212_own_traits_with_the_names_of_those_that_are_used_up_are_lent() {
    use own::{Read, Sink};
    fn noted(sink: &impl Sink) -> u8 {
        sink.note(2)
    }
    #[resilient]
    async fn call<S>(server: &Server, source: impl Read, sink: S) -> Result<usize, Failure>
    where
        S: Sink + Send,
    {
        server
            .ask(format!("{}{}", source.get(), sink.note(1)))
            .await
    }
    let server = Server::new();
    assert_eq!(call(&server, Token(1), Token(2)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["13"; 3]);
    assert_eq!(noted(&Token(1)), 3);
}

#[tokio::test(start_paused = true)]
async fn f215_an_argument_whose_fields_are_copied_is_lent_and_one_whose_fields_are_moved_cloned() {
    struct Limits {
        token: Token,
        most: u8,
    }
    #[derive(Clone)]
    struct Names {
        first: String,
    }
    #[resilient]
    async fn call(server: &Server, limits: Limits, names: Names) -> Result<String, Failure> {
        let most = limits.most;
        server
            .ask(format!("{}{most}", limits.token.number()))
            .await?;
        Ok(names.first)
    }
    let server = Server::new();
    let limits = Limits {
        token: Token(1),
        most: 2,
    };
    let names = Names {
        first: "a".to_owned(),
    };
    assert_eq!(call(&server, limits, names).await.unwrap(), "a");
    assert_eq!(server.asked(), ["12"; 3]);
}

#[tokio::test(start_paused = true)]
async fn f220_a_function_that_is_passed_on_is_never_lent_exclusively() {
    fn twice(make: impl Fn() -> u8) -> u8 {
        make() + make()
    }
    #[resilient]
    async fn call(
        server: &Server,
        by_ref: impl Fn() -> u8 + Send,
        given: impl Fn() -> u8 + Send,
    ) -> Result<usize, Failure> {
        server
            .ask(format!("{}{}", twice(&by_ref), twice(given)))
            .await
    }
    let (server, token) = (Server::new(), Token(1));
    let other = Token(2);
    let answer = call(&server, move || token.number(), move || other.number());
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["24"; 3]);
    assert_eq!(Token(1).consume(), 1);
}

/// Without waits, since the clock of this runtime is not paused.
const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));

/// `Send`, and neither `Sync` nor `Clone`.
struct Counter {
    server: Arc<Server>,
    cell: Cell<u8>,
}

impl Counter {
    #[resilient(policy = AT_ONCE)]
    async fn count(&mut self, by: u8) -> Result<usize, Failure> {
        let server = Arc::clone(&self.server);
        let text = self.cell.get() + by;
        server.ask(text).await
    }
}

async fn other(counter: Counter, _: Failure) -> Result<usize, Failure> {
    Ok(counter.server.asked().len())
}

#[resilient(policy = AT_ONCE, attempts = 2, fallback = other)]
async fn with_a_fallback(counter: Counter) -> Result<usize, Failure> {
    let server = Arc::clone(&counter.server);
    let text = counter.cell.get();
    server.ask(text).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f221_a_body_that_only_reads_keeps_the_future_send_without_sync() {
    let counter = || Counter {
        server: Arc::default(),
        cell: Cell::new(1),
    };
    let mut read = counter();
    let task = tokio::spawn(async move { read.count(2).await });
    assert_eq!(task.await.unwrap().unwrap(), 3);
    let task = tokio::spawn(with_a_fallback(counter()));
    assert_eq!(task.await.unwrap().unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f222_lending_keeps_the_future_send_where_only_the_callers_type_is_known_to_be() {
    trait Named {
        fn name(&self) -> String;
    }
    impl Named for Cell<u8> {
        fn name(&self) -> String {
            self.get().to_string()
        }
    }
    #[resilient(policy = AT_ONCE)]
    async fn call<T: Named, U: Display>(
        server: Arc<Server>,
        named: T,
        shown: U,
    ) -> Result<usize, Failure> {
        let text = format!("{}{shown}", named.name());
        server.ask(text).await
    }
    /// `Send`, and neither `Sync` nor `Clone`.
    struct Shown(Cell<u8>);
    impl Display for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{}", self.0.get())
        }
    }
    let task = tokio::spawn(call(Arc::default(), Cell::new(1), Shown(Cell::new(2))));
    assert_eq!(task.await.unwrap().unwrap(), 3);
}

/// Not `Clone`.
enum Part {
    Text(Token),
    Number { n: u8 },
}

#[tokio::test(start_paused = true)]
async fn f223_a_value_that_patterns_only_borrow_from_is_lent() {
    #[resilient]
    async fn call(server: &Server, part: Part, rest: Option<Token>) -> Result<usize, Failure> {
        let first = match part {
            Part::Text(token) if token.number() > 0 => token.number().to_string(),
            Part::Text(_) => String::new(),
            Part::Number { n: number } => format!("{number}"),
        };
        let mut text = first;
        if let Some(token) = rest {
            text += &token.number().to_string();
        }
        server.ask(text).await
    }
    let server = Server::new();
    let answer = call(&server, Part::Text(Token(1)), Some(Token(2)));
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["12"; 3]);
    assert_eq!(call(&server, Part::Number { n: 3 }, None).await.unwrap(), 4);
}

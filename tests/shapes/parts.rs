//! Arguments that a pattern takes apart, and a `self` of which the body reads fields.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{cell::Cell, fmt::Display, sync::Arc};

/// Not `Clone`.
#[derive(Debug)]
struct Token(u8);

impl Token {
    fn number(&self) -> u8 {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn f177_the_parts_of_a_tuple_reach_the_attempts_by_themselves() {
    #[resilient]
    async fn call(
        server: &Server,
        (token, mut count): (Token, u8),
        (log, (name, ids), _): (&mut Vec<u8>, (impl Into<String>, Vec<u8>), Token),
    ) -> Result<u8, Failure> {
        count += token.number();
        log.push(count);
        let (name, ids): (String, Vec<u8>) = (name.into(), ids);
        server.ask(format!("{name}{count}{}", ids.len())).await?;
        Ok(count)
    }
    let (server, mut log) = (Server::new(), vec![]);
    let rest = (&mut log, ("n", vec![0]), Token(0));
    assert_eq!(call(&server, (Token(1), 2), rest).await.unwrap(), 3);
    assert_eq!(server.asked(), ["n31"; 3]);
    assert_eq!(log, [3; 3]);
}

/// Like an extractor of a web framework.
struct Json<T>(T);

struct Page<T> {
    token: T,
    number: Json<Token>,
    #[expect(dead_code, reason = "not read")]
    more: u8,
}

#[tokio::test(start_paused = true)]
async fn f177_patterns_whose_names_are_only_borrowed_are_lent() {
    #[resilient]
    async fn call(
        server: &Server,
        Json(token): Json<Token>,
        Page {
            token: other,
            number: Json(third),
            ..
        }: Page<Token>,
    ) -> Result<usize, Failure> {
        let text = format!("{}{}{}", token.number(), other.number(), third.number());
        server.ask(text).await
    }
    #[resilient(hedge(after = "10s"))]
    async fn hedged(
        server: &Server,
        (Json(token), n): (Json<Token>, u8),
    ) -> Result<usize, Failure> {
        server.ask(token.number() + n).await
    }
    let server = Server::new();
    let page = Page {
        token: Token(2),
        number: Json(Token(3)),
        more: 0,
    };
    assert_eq!(call(&server, Json(Token(1)), page).await.unwrap(), 3);
    assert_eq!(server.asked(), ["123"; 3]);
    let server = Server::new();
    assert_eq!(hedged(&server, (Json(Token(1)), 2)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["3"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_gets_the_whole_of_a_pattern() {
    async fn other(whole: (Json<Token>, u8), _: Failure) -> Result<u8, Failure> {
        Ok(whole.0.0.number() + whole.1)
    }
    #[resilient(attempts = 2, fallback = other)]
    async fn call((Json(token), n): (Json<Token>, u8)) -> Result<u8, Failure> {
        let _ = (token.number(), &n);
        Err(Failure::Server)
    }
    assert_eq!(call((Json(Token(1)), 2)).await.unwrap(), 3);
}

/// Not `Clone`.
struct Request<B> {
    server: Arc<Server>,
    number: u8,
    pair: (u8, bool),
    body: B,
}

impl<B: Display> Request<B> {
    #[resilient]
    async fn send(self) -> Result<u8, Failure> {
        self.server
            .ask(format!("{}{}", self.body, self.pair.0))
            .await?;
        Ok(u8::max(self.number, 1))
    }

    #[resilient(hedge(after = "10s"))]
    async fn hedged(self, token: Token) -> Result<bool, Failure> {
        self.server
            .ask(u8::max(self.number, token.number()))
            .await?;
        let (_, flag) = self.pair;
        Ok(flag)
    }

    #[resilient]
    async fn boxed(self: Box<Self>) -> Result<u8, Failure> {
        self.server.ask(&self.body).await?;
        Ok(self.number)
    }
}

/// `Send`, neither `Sync` nor `Clone`.
struct Local(Cell<u8>, u8);

impl Local {
    #[resilient]
    async fn send(self, server: Arc<Server>) -> Result<u8, Failure> {
        self.0.set(self.0.get() + 1);
        server.ask(self.0.get()).await?;
        Ok(self.1)
    }
}

#[tokio::test(start_paused = true)]
async fn f178_a_self_whose_fields_are_copied_is_lent() {
    let server = Arc::new(Server::new());
    let request = |body: &'static str| Request {
        server: server.clone(),
        number: 7,
        pair: (8, true),
        body: Cell::new(body).take(),
    };
    assert_eq!(request("a").send().await.unwrap(), 7);
    assert_eq!(server.asked(), ["a8"; 3]);
    assert!(request("b").hedged(Token(1)).await.unwrap());
    assert_eq!(Box::new(request("c")).boxed().await.unwrap(), 7);
    assert_eq!(server.asked().get(3..).unwrap(), ["7", "c"]);
}

#[tokio::test(start_paused = true)]
async fn f178_lending_a_self_whose_fields_are_copied_keeps_the_future_send() {
    let server = Arc::new(Server::new());
    let local = Local(Cell::new(0), 9);
    let task = tokio::spawn(local.send(server.clone()));
    assert_eq!(task.await.unwrap().unwrap(), 9);
    assert_eq!(server.asked(), ["1", "2", "3"]);
}

/// `Clone`, and its fields are moved.
#[derive(Clone)]
struct Builder {
    server: Arc<Server>,
    path: String,
}

impl Builder {
    #[resilient]
    async fn send(self) -> Result<String, Failure> {
        self.server.ask(&self.path).await?;
        Ok(self.path)
    }
}

#[tokio::test(start_paused = true)]
async fn a_builder_whose_fields_are_moved_is_cloned() {
    let builder = Builder {
        server: Arc::default(),
        path: "p".to_owned(),
    };
    assert_eq!(builder.clone().send().await.unwrap(), "p");
    assert_eq!(builder.server.asked(), ["p"; 3]);
}

//! Functions that are not `async` and return a future: the whole body is repeated.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use futures::{
    FutureExt as _,
    future::{BoxFuture, LocalBoxFuture, ready},
};
use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{pin::Pin, rc::Rc, sync::Arc};

type Answer = Result<usize, Failure>;

#[tokio::test(start_paused = true)]
async fn a_boxed_block() {
    #[resilient]
    fn call<'a>(
        server: &'a Server,
        prompt: String,
    ) -> Pin<Box<dyn Future<Output = Result<String, Failure>> + Send + 'a>> {
        Box::pin(async move {
            server.ask(&prompt).await?;
            Ok(prompt)
        })
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(server.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_boxed_block_in_full_paths() {
    #[resilient]
    fn call(
        server: Arc<Server>,
        mut n: u8,
    ) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = Answer>>> {
        ::std::boxed::Box::pin(async move {
            n += 1;
            server.ask(n).await
        })
    }
    let server = Arc::new(Server::new());
    assert_eq!(call(server.clone(), 1).await.unwrap(), 3);
    assert_eq!(server.asked(), ["2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn statements_before_the_box() {
    #[resilient]
    fn call(server: &Server, prompt: String) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        let text = prompt + "!";
        if text.len() > 9 {
            return Box::pin(async { Ok(0) });
        }
        if text.len() > 5 {
            return Box::pin(ready(Ok(1)));
        }
        Box::pin(async move { server.ask(text).await })
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned()).await.unwrap(), 3);
    assert_eq!(server.asked(), ["hi!"; 3]);
    assert_eq!(call(&server, "middling".to_owned()).await.unwrap(), 1);
    assert_eq!(call(&server, "rather long".to_owned()).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_another_function_makes() {
    fn send(server: &Server, what: String) -> BoxFuture<'_, Answer> {
        async move { server.ask(what).await }.boxed()
    }
    #[resilient]
    fn call<'a>(server: &'a Server, what: &'a str) -> BoxFuture<'a, Answer> {
        send(server, what.to_owned())
    }
    #[resilient]
    fn adapted(server: &Server) -> BoxFuture<'_, Answer> {
        send(server, "x".to_owned())
            .map(|answer| answer.map(|n| n * 2))
            .boxed()
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi").await.unwrap(), 3);
    assert_eq!(server.asked(), ["hi"; 3]);
    assert_eq!(adapted(&Server::new()).await.unwrap(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_not_send() {
    #[resilient]
    fn call(server: &Server, what: Rc<str>) -> LocalBoxFuture<'_, Answer> {
        async move { server.ask(what).await }.boxed_local()
    }
    assert_eq!(call(&Server::new(), "x".into()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn impl_future_of_a_block() {
    #[resilient]
    fn call(
        server: &Server,
        prompt: String,
    ) -> impl Future<Output = Result<String, Failure>> + Send {
        async move {
            let text = prompt;
            if text.is_empty() {
                return Ok(text);
            }
            server.ask(&text).await?;
            Ok(text)
        }
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(server.asked(), ["hi"; 3]);
    assert_eq!(call(&server, String::new()).await.unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn impl_future_of_a_block_that_borrows() {
    #[resilient]
    fn call(server: &Server) -> impl Future<Output = Answer> {
        async { server.ask("x").await }
    }
    assert_eq!(call(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn impl_future_that_another_function_makes() {
    #[resilient]
    fn call<'a>(
        server: &'a Server,
        what: &'a str,
    ) -> impl Future<Output = Answer> + Send + use<'a> {
        let twice = what.repeat(2);
        server.ask(twice)
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi").await.unwrap(), 3);
    assert_eq!(server.asked(), ["hihi"; 3]);
}

#[derive(Clone, Default)]
struct Client {
    server: Arc<Server>,
    log: Vec<u8>,
}

impl Client {
    #[resilient]
    fn shared(&self, what: String) -> impl Future<Output = Answer> + Send {
        async move { self.server.ask(what).await }
    }

    #[resilient]
    fn mutable(&mut self, what: String) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async move {
            self.log.push(0);
            self.server.ask(format!("{what}{}", self.log.len())).await
        })
    }

    #[resilient]
    fn mutable_with_statements(&mut self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        self.log.push(0);
        let count = self.log.len();
        Box::pin(async move { self.server.ask(count).await })
    }

    #[resilient]
    fn by_value(self, what: &str) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send {
        async move {
            self.server.ask(what).await?;
            Ok(self.log)
        }
    }

    #[resilient]
    fn by_value_with_statements(mut self) -> BoxFuture<'static, Answer> {
        self.log.push(0);
        let count = self.log.len();
        async move { self.server.ask(count).await }.boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn methods() {
    let client = Client::default();
    assert_eq!(client.shared("hi".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["hi"; 3]);

    let mut client = Client::default();
    assert_eq!(client.mutable("hi".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["hi1", "hi2", "hi3"]);

    let mut client = Client::default();
    assert_eq!(client.mutable_with_statements().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["1", "2", "3"]);

    let client = Client {
        log: vec![9],
        ..Client::default()
    };
    assert_eq!(client.by_value("hi").await.unwrap(), [9]);

    let client = Client::default();
    assert_eq!(client.clone().by_value_with_statements().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["1"; 3]);
}

/// Nothing runs before the first poll, as with an `async fn`.
#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_unpolled_did_nothing() {
    let mut client = Client::default();
    drop(client.mutable_with_statements());
    assert!(client.log.is_empty());
}

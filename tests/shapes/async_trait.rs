//! `#[async_trait]`: methods of an `impl` and default bodies.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use async_trait::async_trait;
use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{fmt::Display, rc::Rc, sync::Arc};

#[derive(Clone, Default)]
struct Client {
    server: Arc<Server>,
    log: Vec<u8>,
}

impl Client {
    async fn send(&mut self, what: &str) -> Result<usize, Failure> {
        self.log.push(0);
        self.server.ask(format!("{what}{}", self.log.len())).await
    }
}

#[async_trait]
trait Api: Send + Sync {
    type Error: Send;

    async fn associated(server: &Server, prompt: String) -> Result<usize, Self::Error>
    where
        Self: Sized;
    async fn shared(&self, prompt: String, twice: &str) -> Result<String, Self::Error>;
    async fn mutable(
        &mut self,
        prompt: String,
        out: &mut Vec<String>,
    ) -> Result<usize, Self::Error>;
    async fn patterns(&mut self, pair: (u8, String), n: u8) -> Result<u8, Self::Error>;
    async fn by_value(self, more: u8) -> Result<Vec<u8>, Self::Error>
    where
        Self: Sized;
    async fn pointer(self: Arc<Self>, prompt: String) -> Result<usize, Self::Error>;
    async fn generic<T: Display + Clone + Send + Sync>(&self, what: T) -> Result<T, Failure>
    where
        Self: Sized;

    fn server(&self) -> &Server;
    fn log(&mut self) -> &mut Vec<u8>;

    #[resilient]
    async fn default_shared(&self, prompt: String) -> Result<usize, Failure> {
        self.server().ask(prompt).await
    }

    #[resilient]
    async fn default_mutable(&mut self, prompt: String) -> Result<usize, Failure> {
        self.log().push(0);
        let count = self.log().len();
        self.server().ask(format!("{prompt}{count}")).await
    }
}

#[async_trait]
impl Api for Client {
    type Error = Failure;

    #[resilient]
    async fn associated(server: &Server, prompt: String) -> Result<usize, Self::Error> {
        server.ask(prompt).await
    }

    #[resilient]
    async fn shared(&self, prompt: String, twice: &str) -> Result<String, Self::Error> {
        self.server.ask(format!("{prompt}{twice}")).await?;
        Ok(prompt)
    }

    #[resilient(context = attempt, attempts = 3)]
    async fn mutable(
        &mut self,
        prompt: String,
        out: &mut Vec<String>,
    ) -> Result<usize, Self::Error> {
        out.push(prompt);
        self.send(&attempt.number().to_string()).await
    }

    #[resilient]
    async fn patterns(&mut self, (a, mut b): (u8, String), mut n: u8) -> Result<u8, Self::Error> {
        n += a;
        b.push('!');
        self.send(&format!("{b}{n}-")).await?;
        Ok(n)
    }

    #[resilient]
    async fn by_value(mut self, more: u8) -> Result<Vec<u8>, Self::Error> {
        self.log.push(more);
        self.server.ask(self.log.len()).await?;
        Ok(self.log)
    }

    #[resilient]
    async fn pointer(self: Arc<Self>, prompt: String) -> Result<usize, Self::Error> {
        self.server.ask(prompt).await
    }

    #[resilient]
    async fn generic<T: Display + Clone + Send + Sync>(&self, what: T) -> Result<T, Failure> {
        self.server.ask(&what).await.map(|_| what)
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn log(&mut self) -> &mut Vec<u8> {
        &mut self.log
    }
}

#[tokio::test(start_paused = true)]
async fn methods_that_borrow_self() {
    let server = Server::new();
    assert_eq!(
        Client::associated(&server, "hi".to_owned()).await.unwrap(),
        3
    );
    assert_eq!(server.asked(), ["hi"; 3]);

    let client = Client::default();
    assert_eq!(client.shared("hi".to_owned(), "ho").await.unwrap(), "hi");
    assert_eq!(client.server.asked(), ["hiho"; 3]);

    let client = Client::default();
    assert_eq!(client.generic('x').await.unwrap(), 'x');
}

#[tokio::test(start_paused = true)]
async fn methods_that_change_self() {
    let (mut client, mut out) = (Client::default(), vec![]);
    assert_eq!(client.mutable("hi".to_owned(), &mut out).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["11", "22", "33"]);
    assert_eq!(out, ["hi"; 3]);

    let mut client = Client::default();
    assert_eq!(client.patterns((1, "b".to_owned()), 2).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["b!3-1", "b!3-2", "b!3-3"]);
}

#[tokio::test(start_paused = true)]
async fn methods_that_own_self() {
    let client = Client {
        log: vec![9],
        ..Client::default()
    };
    assert_eq!(client.clone().by_value(1).await.unwrap(), [9, 1]);
    assert_eq!(client.server.asked(), ["2"; 3]);

    let client = Arc::new(Client::default());
    assert_eq!(client.clone().pointer("hi".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn default_bodies_behind_dyn() {
    let mut client = Client::default();
    let api: &mut dyn Api<Error = Failure> = &mut client;
    assert_eq!(api.default_mutable("hi".to_owned()).await.unwrap(), 3);
    assert_eq!(api.default_shared("ho".to_owned()).await.unwrap(), 4);
    assert_eq!(client.server.asked(), ["hi1", "hi2", "hi3", "ho"]);
}

#[tokio::test(start_paused = true)]
async fn a_trait_whose_futures_are_not_send() {
    #[async_trait(?Send)]
    trait Local {
        async fn ask(&self, what: Rc<str>) -> Result<usize, Failure>;
    }
    #[async_trait(?Send)]
    impl Local for Server {
        #[resilient]
        async fn ask(&self, what: Rc<str>) -> Result<usize, Failure> {
            Self::ask(self, what).await
        }
    }
    assert_eq!(Local::ask(&Server::new(), "x".into()).await.unwrap(), 3);
}

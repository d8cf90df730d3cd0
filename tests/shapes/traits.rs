//! Native `async fn` in traits: methods of an `impl` and default bodies.
#![allow(clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Classify, Rejection, resilient};
use resilient_shapes::{Failure, Server};
use std::{fmt::Display, sync::Arc};

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

trait Api: Sized {
    type Error;
    const TRIES: u32 = 4;

    async fn associated(server: &Server) -> Result<Self, Self::Error>;
    async fn shared(&self, prompt: String) -> Result<String, Self::Error>;
    async fn mutable(&mut self, prompt: String) -> Result<usize, Self::Error>;
    async fn by_value(self, prompt: impl Display + Clone) -> Result<Vec<u8>, Self::Error>;
    fn future(&self) -> impl Future<Output = Result<usize, Self::Error>> + Send;

    #[resilient(attempts = Self::TRIES)]
    async fn default_shared(&self, log: &mut Vec<u8>) -> Result<usize, Self::Error>
    where
        Self::Error: Classify + From<Rejection>,
    {
        log.push(0);
        self.shared(log.len().to_string())
            .await
            .map(|text| text.len())
    }

    #[resilient]
    async fn default_associated(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }

    #[resilient]
    fn default_future(
        &self,
        server: &Server,
    ) -> impl Future<Output = Result<usize, Failure>> + Send {
        async move { server.ask("x").await }
    }
}

impl Api for Client {
    type Error = Failure;

    #[resilient]
    async fn associated(server: &Server) -> Result<Self, Self::Error> {
        server.ask("x").await?;
        Ok(Self::default())
    }

    #[resilient]
    async fn shared(&self, prompt: String) -> Result<String, Self::Error> {
        self.server.ask(&prompt).await?;
        Ok(prompt)
    }

    #[resilient]
    async fn mutable(&mut self, prompt: String) -> Result<usize, Self::Error> {
        self.send(&prompt).await
    }

    #[resilient]
    async fn by_value(mut self, prompt: impl Display + Clone) -> Result<Vec<u8>, Self::Error> {
        self.send(&prompt.to_string()).await?;
        Ok(self.log)
    }

    #[resilient]
    async fn future(&self) -> Result<usize, Self::Error> {
        self.server.ask("x").await
    }
}

#[tokio::test(start_paused = true)]
async fn methods_of_an_impl() {
    let server = Server::new();
    assert!(Client::associated(&server).await.unwrap().log.is_empty());
    assert_eq!(server.asked(), ["x"; 3]);

    let client = Client::default();
    assert_eq!(client.shared("hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(client.server.asked(), ["hi"; 3]);

    let mut client = Client::default();
    assert_eq!(client.mutable("hi".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["hi1", "hi2", "hi3"]);

    let client = Client::default();
    assert_eq!(client.clone().by_value("hi").await.unwrap(), [0]);
    assert_eq!(client.server.asked(), ["hi1"; 3]);

    assert_eq!(Client::default().future().await.unwrap(), 3);
}

/// Has no retries of its own, so the observed ones are those of the default bodies.
struct Plain(Server);

impl Api for Plain {
    type Error = Failure;

    async fn associated(_: &Server) -> Result<Self, Failure> {
        Ok(Self(Server::new()))
    }
    async fn shared(&self, prompt: String) -> Result<String, Failure> {
        self.0.ask(&prompt).await.map(|_| prompt)
    }
    async fn mutable(&mut self, _: String) -> Result<usize, Failure> {
        Ok(0)
    }
    async fn by_value(self, _: impl Display + Clone) -> Result<Vec<u8>, Failure> {
        Ok(Vec::new())
    }
    async fn future(&self) -> Result<usize, Failure> {
        Ok(0)
    }
}

#[tokio::test(start_paused = true)]
async fn default_bodies() {
    let plain = Plain(Server::new());
    assert_eq!(plain.default_shared(&mut vec![]).await.unwrap(), 1);
    assert_eq!(plain.0.asked(), ["1", "2", "3"]);
    assert_eq!(Plain::default_associated(&Server::new()).await.unwrap(), 3);
    assert_eq!(plain.default_future(&Server::new()).await.unwrap(), 3);
}

trait Ask<T> {
    async fn request(&self, what: T) -> Result<T, Failure>;
}

impl<T: Display + Clone, S: AsRef<Server>> Ask<T> for S {
    #[resilient]
    async fn request(&self, what: T) -> Result<T, Failure> {
        self.as_ref().ask(&what).await?;
        Ok(what)
    }
}

struct Shared(Server);

impl AsRef<Server> for Shared {
    fn as_ref(&self) -> &Server {
        &self.0
    }
}

#[tokio::test(start_paused = true)]
async fn a_generic_trait_for_every_type() {
    let shared = Shared(Server::new());
    assert_eq!(shared.request("hi").await.unwrap(), "hi");
    assert_eq!(shared.0.asked(), ["hi"; 3]);
}

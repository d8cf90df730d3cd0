//! `self` in all its forms. Above 300 lines: a list.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
};

#[derive(Clone, Default)]
struct Client {
    server: Arc<Server>,
    log: Vec<u8>,
}

/// A foreign method that takes the client as a whole.
async fn send(client: &mut Client, what: &str) -> Result<usize, Failure> {
    client.log.push(0);
    client
        .server
        .ask(format!("{what}{}", client.log.len()))
        .await
}

impl Client {
    const NAME: &str = "n";

    #[resilient]
    async fn connect(server: &Arc<Server>) -> Result<Self, Failure> {
        server.ask(Self::NAME).await?;
        Ok(Self {
            server: server.clone(),
            log: Vec::new(),
        })
    }

    #[resilient]
    async fn by_ref(&self, prompt: String) -> Result<String, Failure> {
        self.server.ask(&prompt).await?;
        Ok(prompt)
    }

    #[resilient]
    async fn moved_reference(&self) -> Result<usize, Failure> {
        let this = self;
        async move { this.server.ask(self.log.len()).await }.await
    }

    #[resilient]
    #[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
    async fn named(self: &Self, what: &str) -> Result<usize, Failure> {
        self.server.ask(what).await
    }

    #[resilient]
    async fn by_mut(&mut self, prompt: String, out: &mut Vec<String>) -> Result<usize, Failure> {
        self.log.push(0);
        out.push(prompt);
        self.server.ask(self.log.len() + out.len()).await
    }

    #[resilient]
    #[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
    async fn named_mut(self: &mut Self) -> Result<usize, Failure> {
        self.log.push(0);
        self.server.ask(self.log.len()).await
    }

    #[resilient]
    async fn mut_as_a_whole(&mut self, what: String) -> Result<usize, Failure> {
        let this = self;
        send(this, &what).await
    }

    #[resilient]
    async fn mut_given_away(&mut self) -> Result<usize, Failure> {
        send(self, "x").await
    }

    #[resilient]
    async fn mut_in_async_move(&mut self) -> Result<usize, Failure> {
        let before = self.log.len();
        let attempt = async move {
            self.log.push(0);
            self.server.ask(self.log.len()).await
        };
        attempt.await.map(|answer| answer + before)
    }

    /// Names `self` in an inner function and in a path, where it is not that of the method.
    #[resilient]
    async fn mut_among_other_selves(&mut self) -> Result<usize, Failure> {
        struct Inner(usize);
        impl Inner {
            fn get(self) -> usize {
                self.0
            }
        }
        use self::send as forward;
        forward(self, &format!("{}", Inner(self.log.len()).get())).await
    }

    #[resilient]
    async fn by_value(self, what: &str, out: &mut Vec<String>) -> Result<Vec<u8>, Failure> {
        let Self { server, mut log } = self;
        log.push(1);
        out.push(what.to_owned());
        server
            .ask(format!("{what}{}{}", log.len(), out.len()))
            .await?;
        Ok(log)
    }

    #[resilient]
    async fn by_mut_value(mut self, add: Vec<u8>) -> Result<Vec<u8>, Failure> {
        self.log.extend(add);
        self.server.ask(self.log.len()).await?;
        Ok(self.log)
    }

    #[resilient]
    async fn shared(self: Arc<Self>, what: String) -> Result<usize, Failure> {
        let this = self;
        this.server.ask(what).await
    }

    #[resilient]
    async fn shared_locally(self: Rc<Self>) -> Result<usize, Failure> {
        let what = self.log.len();
        self.server.ask(what).await
    }

    #[resilient]
    async fn boxed(self: Box<Self>) -> Result<Vec<u8>, Failure> {
        self.server.ask(self.log.len()).await?;
        Ok(self.log)
    }

    #[resilient]
    async fn through_a_reference_to_arc(self: &Arc<Self>) -> Result<Arc<Self>, Failure> {
        self.server.ask("x").await?;
        Ok(Self::clone_of(self))
    }

    fn clone_of(this: &Arc<Self>) -> Arc<Self> {
        Arc::clone(this)
    }

    #[resilient(by_ref(self))]
    async fn pinned(mut self: Pin<&mut Self>) -> Result<usize, Failure> {
        self.log.push(0);
        let this = self.as_mut();
        this.server.ask(this.log.len()).await
    }
}

#[tokio::test(start_paused = true)]
async fn an_associated_function() {
    let server = Arc::default();
    let client = Client::connect(&server).await.unwrap();
    assert_eq!(client.server.asked(), ["n"; 3]);
}

#[tokio::test(start_paused = true)]
async fn shared_references() {
    let client = Client::default();
    assert_eq!(client.by_ref("hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(client.server.asked(), ["hi"; 3]);

    let client = Client::default();
    assert_eq!(client.moved_reference().await.unwrap(), 3);

    let client = Client::default();
    assert_eq!(client.named("x").await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_mutable_self_keeps_what_failed_attempts_did() {
    let (mut client, mut out) = (Client::default(), vec![]);
    assert_eq!(client.by_mut("hi".to_owned(), &mut out).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["2", "4", "6"]);
    assert_eq!(out, ["hi"; 3]);

    let mut client = Client::default();
    assert_eq!(client.named_mut().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn a_mutable_self_that_the_body_moves() {
    let mut client = Client::default();
    assert_eq!(client.mut_as_a_whole("x".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["x1", "x2", "x3"]);

    let mut client = Client::default();
    assert_eq!(client.mut_given_away().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["x1", "x2", "x3"]);

    let mut client = Client::default();
    assert_eq!(client.mut_in_async_move().await.unwrap(), 5);
    assert_eq!(client.server.asked(), ["1", "2", "3"]);

    let mut client = Client::default();
    assert_eq!(client.mut_among_other_selves().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["01", "12", "23"]);
}

#[tokio::test(start_paused = true)]
async fn self_by_value_is_the_original_in_every_attempt() {
    let (server, mut out) = (Arc::<Server>::default(), vec![]);
    let client = Client {
        server: server.clone(),
        log: vec![9],
    };
    assert_eq!(client.by_value("x", &mut out).await.unwrap(), [9, 1]);
    assert_eq!(server.asked(), ["x21", "x22", "x23"]);

    let server = Arc::<Server>::default();
    let client = Client {
        server: server.clone(),
        log: vec![9],
    };
    assert_eq!(client.by_mut_value(vec![8]).await.unwrap(), [9, 8]);
    assert_eq!(server.asked(), ["2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn self_in_a_pointer() {
    let client = Arc::new(Client::default());
    assert_eq!(client.clone().shared("x".to_owned()).await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["x"; 3]);
    assert_eq!(Arc::strong_count(&client), 1);
    assert!(Arc::ptr_eq(
        &client,
        &client.through_a_reference_to_arc().await.unwrap()
    ));

    assert_eq!(
        Rc::new(Client::default()).shared_locally().await.unwrap(),
        3
    );

    let client = Client {
        log: vec![9],
        ..Client::default()
    };
    assert_eq!(Box::new(client).boxed().await.unwrap(), [9]);

    let mut client = pin!(Client::default());
    assert_eq!(client.as_mut().pinned().await.unwrap(), 3);
    assert_eq!(client.server.asked(), ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn self_that_is_not_clone_by_reference() {
    struct Request(Server);
    impl Request {
        #[resilient(by_ref(self, body))]
        async fn send(self, body: Body, tail: String) -> Result<usize, Failure> {
            self.0.ask(format!("{}{tail}", body.0)).await
        }
    }
    struct Body(&'static str);
    assert_eq!(
        Request(Server::new())
            .send(Body("b"), "t".to_owned())
            .await
            .unwrap(),
        3
    );
}

#[tokio::test(start_paused = true)]
async fn methods_of_one_name_do_not_collide() {
    struct Other(Server);
    struct Generic<T>(T);
    impl Other {
        #[resilient]
        async fn by_ref(&self) -> Result<usize, Failure> {
            self.0.ask("other").await
        }
    }
    impl Generic<&Server> {
        #[resilient(attempts = 4)]
        async fn by_ref(&self) -> Result<usize, Failure> {
            self.0.ask("generic").await
        }
    }
    impl Generic<u8> {
        #[resilient]
        async fn by_ref(&self, server: &Server) -> Result<usize, Failure> {
            server.ask(self.0).await
        }
    }
    let server = Server::new();
    assert_eq!(Other(Server::new()).by_ref().await.unwrap(), 3);
    assert_eq!(Generic(&server).by_ref().await.unwrap(), 3);
    assert_eq!(Generic(1).by_ref(&server).await.unwrap(), 4);
}

//! The forms of the attribute's arguments.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Backoff, Class, Delays, Jitter, Policy, Retry, Rule, Schedule, resilient};
use resilient_shapes::{Failure, Server};
use std::{iter, sync::Arc, time::Duration};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const STEADY: Backoff = Backoff::fixed(SECOND).jitter(Jitter::None);
const LINEAR: Backoff = Backoff::linear(SECOND).jitter(Jitter::None);
const TWICE: Policy = Policy::new().attempts(2).backoff(STEADY);

#[derive(Clone)]
struct Client {
    policy: Policy,
    shared: Arc<Policy>,
    log: Vec<u8>,
}

impl Client {
    fn new(attempts: u32) -> Self {
        let policy = TWICE.attempts(attempts);
        Self {
            policy,
            shared: Arc::new(policy),
            log: Vec::new(),
        }
    }

    #[resilient(policy = self.policy)]
    async fn field(&self, server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }

    #[resilient(policy = &self.policy)]
    async fn field_by_ref(&self, server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }

    #[resilient(policy = self.policy)]
    async fn field_of_mut(&mut self, server: &Server) -> Result<usize, Failure> {
        self.log.push(0);
        server.ask("x").await
    }

    #[resilient(policy = self.shared)]
    async fn arc_of_mut(&mut self, server: &Server) -> Result<usize, Failure> {
        self.log.push(0);
        self.policy.attempts += 1;
        server.ask("x").await
    }

    #[resilient(policy = self.shared.clone())]
    async fn clone_of_arc(&mut self, server: &Server) -> Result<usize, Failure> {
        self.log.push(0);
        server.ask("x").await
    }

    #[resilient(policy = self.policy, attempts = 1 + self.log.len() as u32)]
    #[expect(clippy::cast_possible_truncation, reason = "it is short")]
    async fn layered(&mut self, server: &Server) -> Result<usize, Failure> {
        self.log.push(0);
        server.ask("x").await
    }

    #[resilient(policy = self.policy)]
    async fn field_of_owned(mut self, server: &Server) -> Result<usize, Failure> {
        self.log.push(0);
        server.ask(self.log.len()).await
    }

    #[resilient(policy = Self::policy_for(model))]
    async fn method(&self, model: &str, server: &Server) -> Result<usize, Failure> {
        server.ask(model).await
    }

    const fn policy_for(model: &str) -> Policy {
        if model.is_empty() {
            TWICE
        } else {
            TWICE.attempts(3)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_from_self() {
    let (server, mut client) = (Server::new(), Client::new(2));
    client.field(&server).await.unwrap_err();
    assert_eq!(client.field_by_ref(&server).await.unwrap(), 3);

    let server = Server::new();
    client.field_of_mut(&server).await.unwrap_err();
    assert_eq!((client.log.len(), server.asked().len()), (2, 2));

    let server = Server::new();
    client.arc_of_mut(&server).await.unwrap_err();
    assert_eq!((client.policy.attempts, server.asked().len()), (4, 2));

    let server = Server::new();
    client.clone_of_arc(&server).await.unwrap_err();
    assert_eq!((client.log.len(), server.asked().len()), (6, 2));

    let server = Server::new();
    Client::new(2).field_of_owned(&server).await.unwrap_err();
    assert_eq!(server.asked(), ["1"; 2]);

    client.log.truncate(2);
    assert_eq!(client.layered(&Server::new()).await.unwrap(), 3);
    client.log.clear();
    client.layered(&Server::new()).await.unwrap_err();

    assert_eq!(client.method("m", &Server::new()).await.unwrap(), 3);
    client.method("", &Server::new()).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_policy_from_an_argument() {
    #[resilient(policy = policy)]
    async fn borrowed(policy: &Policy, server: &Server) -> Result<usize, Failure> {
        server.ask(policy.attempts).await
    }
    #[resilient(policy = policy)]
    #[expect(clippy::large_types_passed_by_value, reason = "the shape under test")]
    async fn owned(server: &Server, policy: Policy) -> Result<usize, Failure> {
        server.ask(policy.attempts).await
    }
    #[resilient(policy = options.policy)]
    async fn part(server: &Server, mut options: Options) -> Result<usize, Failure> {
        options.policy.attempts += 1;
        server.ask(options.policy.attempts).await
    }
    #[derive(Clone)]
    struct Options {
        policy: Policy,
    }
    let server = Server::new();
    borrowed(&TWICE, &server).await.unwrap_err();
    assert_eq!(owned(&server, TWICE).await.unwrap(), 3);
    let server = Server::new();
    part(&server, Options { policy: TWICE }).await.unwrap_err();
    assert_eq!(server.asked(), ["3"; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_from_a_const_a_static_and_an_expression() {
    static STATIC: Policy = TWICE;
    #[resilient(policy = &TWICE)]
    async fn constant(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    #[resilient(policy = STATIC)]
    async fn fixed(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    #[resilient(policy = if large { TWICE.attempts(3) } else { TWICE })]
    async fn chosen(server: &Server, large: bool) -> Result<usize, Failure> {
        server.ask(large).await
    }
    constant(&Server::new()).await.unwrap_err();
    fixed(&Server::new()).await.unwrap_err();
    chosen(&Server::new(), false).await.unwrap_err();
    assert_eq!(chosen(&Server::new(), true).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn arguments_of_the_attribute_override_those_of_the_policy() {
    #[resilient(
        policy = TWICE.backoff(LINEAR).deadline(SECOND).on(Class::ServerError, Rule::new().attempts(2)),
        deadline = "none",
        timeout = "5s",
        backoff(initial = "4s"),
        on(server_error, attempts = 3),
    )]
    async fn call(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    let start = Instant::now();
    assert_eq!(call(&Server::new()).await.unwrap(), 3);
    // Still linear and without jitter, as in the policy.
    assert_eq!(start.elapsed().as_secs(), 12);
}

#[tokio::test(start_paused = true)]
async fn schedules() {
    #[derive(Clone)]
    struct Doubling(Duration);
    impl Schedule for Doubling {
        fn delay(&mut self, _: &Retry<'_>) -> Option<Duration> {
            self.0 *= 2;
            Some(self.0)
        }
    }
    #[resilient(backoff = Doubling(SECOND))]
    async fn own(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    #[resilient(backoff = STEADY, attempts = 3)]
    async fn constant(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    #[resilient(backoff = Delays(iter::repeat_n(*pause, 1)))]
    async fn iterator(server: &Server, pause: &mut Duration) -> Result<usize, Failure> {
        *pause *= 2;
        server.ask("x").await
    }
    let start = Instant::now();
    assert_eq!(own(&Server::new()).await.unwrap(), 3);
    assert_eq!(start.elapsed().as_secs(), 6);
    assert_eq!(constant(&Server::new()).await.unwrap(), 3);
    assert_eq!(start.elapsed().as_secs(), 8);
    iterator(&Server::new(), &mut { SECOND }).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 9);
}

#[tokio::test(start_paused = true)]
async fn logging_arguments() {
    #[resilient(
        name = "api.send",
        level = "debug",
        fields(prompt.len = prompt.len(), model = %model, n = ?n, kind = "chat"),
    )]
    async fn call(
        server: &Server,
        prompt: String,
        model: &str,
        n: Option<u8>,
    ) -> Result<String, Failure> {
        server.ask(format!("{prompt}{model}{n:?}")).await?;
        Ok(prompt)
    }
    let server = Server::new();
    assert_eq!(call(&server, "p".to_owned(), "m", None).await.unwrap(), "p");
    assert_eq!(server.asked(), ["pmNone"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_context_in_the_body() {
    #[resilient(context = attempt, attempts = 3)]
    async fn call(server: &Server) -> Result<u32, Failure> {
        server
            .ask(format!("{}/{}", attempt.number(), attempt.attempts()))
            .await?;
        Ok(attempt.number())
    }
    let server = Server::new();
    assert_eq!(call(&server).await.unwrap(), 3);
    assert_eq!(server.asked(), ["1/3", "2/3", "3/3"]);
}

#[tokio::test(start_paused = true)]
async fn arguments_that_are_not_cloned() {
    struct Upload(Vec<u8>);
    #[resilient(by_ref(upload, tag))]
    async fn call(server: &Server, upload: Upload, tag: String, n: u8) -> Result<usize, Failure> {
        server.ask(format!("{}{tag}{n}", upload.0.len())).await
    }
    let server = Server::new();
    let answer = call(&server, Upload(vec![0; 4]), "t".to_owned(), 1);
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["4t1"; 3]);
}

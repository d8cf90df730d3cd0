//! `fallback`: the functions called after the last failure.
#![allow(
    clippy::items_after_statements,
    clippy::unwrap_used,
    clippy::unused_async,
    clippy::ptr_arg,
    clippy::unnecessary_wraps,
    reason = "tests, and functions that a fallback may be"
)]

use resilient_runtime::{CallError, Class, Classification, Classify, Rejection, resilient};
use resilient_shapes::{Failure, Server};
use std::{
    future::ready,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

/// Fails with the status in every attempt.
async fn fail(status: u16) -> Result<String, Status> {
    tokio::task::yield_now().await;
    Err(Status(status))
}

#[derive(Debug, Clone, Copy)]
struct Status(u16);

impl Classify for Status {
    fn classify(&self) -> Classification {
        Classification::of_status(self.0)
    }
}

impl From<Rejection> for Status {
    fn from(_: Rejection) -> Self {
        Self(0)
    }
}

fn told(what: &str, error: Status) -> String {
    format!("{what} after {}", error.0)
}

#[derive(Clone)]
struct Client {
    name: String,
}

impl Client {
    #[resilient(attempts = 2, fallback = Self::cached)]
    async fn by_ref(&self, prompt: String, n: u8) -> Result<String, Status> {
        drop(prompt);
        fail(500 + u16::from(n)).await
    }

    async fn cached(&self, prompt: String, n: u8, error: Status) -> Result<String, Status> {
        tokio::task::yield_now().await;
        Ok(told(&format!("{} {prompt} {n}", self.name), error))
    }

    #[resilient(attempts = 2, fallback = Self::noted)]
    async fn by_mut(&mut self, log: &mut Vec<String>) -> Result<String, Status> {
        self.name.push('+');
        log.push(self.name.clone());
        fail(500).await
    }

    fn noted(&mut self, log: &mut Vec<String>, error: Status) -> Result<String, Status> {
        self.name.push('!');
        log.push(self.name.clone());
        Ok(told(&log.join(" "), error))
    }

    #[resilient(attempts = 2, fallback = Self::last)]
    async fn by_value(mut self, out: &mut Vec<u8>) -> Result<String, Status> {
        self.name.push('+');
        out.push(1);
        let name = self.name;
        fail(500).await.map(|it| it + &name)
    }

    #[resilient(attempts = 2, by_ref(self, text), fallback = Self::last_of_text)]
    async fn by_value_borrowed(self, text: String) -> Result<String, Status> {
        fail(500).await.map(|it| it + &self.name + &text)
    }

    #[resilient(attempts = 2, fallback = |this: Arc<Self>, error| Ok(told(&this.name, error)))]
    async fn shared(self: Arc<Self>) -> Result<String, Status> {
        fail(500).await.map(|it| it + &self.name)
    }

    async fn last(self, out: &mut Vec<u8>, error: Status) -> Result<String, Status> {
        Ok(told(&format!("{} {}", self.name, out.len()), error))
    }

    async fn last_of_text(self, text: String, error: Status) -> Result<String, Status> {
        Ok(told(&format!("{} {text}", self.name), error))
    }
}

fn client() -> Client {
    Client {
        name: "c".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_gives_self_and_all_arguments_to_its_fallback() {
    let asked = client().by_ref("p".to_owned(), 3).await;
    assert_eq!(asked.unwrap(), "c p 3 after 503");

    let mut log = Vec::new();
    let asked = client().by_mut(&mut log).await;
    assert_eq!(asked.unwrap(), "c+ c++ c++! after 500");

    let mut out = Vec::new();
    assert_eq!(client().by_value(&mut out).await.unwrap(), "c 2 after 500");

    let asked = client().by_value_borrowed("t".to_owned()).await;
    assert_eq!(asked.unwrap(), "c t after 500");

    assert_eq!(Arc::new(client()).shared().await.unwrap(), "c after 500");
}

#[tokio::test(start_paused = true)]
async fn arguments_in_patterns_are_given_whole() {
    #[resilient(attempts = 2, fallback = other)]
    async fn call((a, mut b): (u16, u16), _: &str, mut rest: &[u8]) -> Result<String, Status> {
        b += 1;
        rest = rest.get(1..).unwrap_or_default();
        fail(a + b).await.map(|it| format!("{it}{rest:?}"))
    }
    async fn other(
        (a, b): (u16, u16),
        unused: &str,
        rest: &[u8],
        error: Status,
    ) -> Result<String, Status> {
        Ok(told(&format!("{a} {b} {unused} {rest:?}"), error))
    }
    let asked = call((500, 2), "u", &[1, 2]).await;
    assert_eq!(asked.unwrap(), "500 2 u [1, 2] after 503");
}

#[tokio::test(start_paused = true)]
async fn a_success_does_not_need_it() {
    #[resilient(fallback = never)]
    async fn call(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    fn never(_: &Server, error: Failure) -> Result<usize, Failure> {
        Err(error)
    }
    assert_eq!(call(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_class_has_its_own() {
    #[resilient(
        attempts = 2,
        fallback(overloaded = busy, server_error = |status: u16, error| ready(Ok(told("broken", error) + &status.to_string()))),
    )]
    async fn call(status: u16) -> Result<String, Status> {
        fail(status).await
    }
    async fn busy(_: u16, error: Status) -> Result<String, Status> {
        Ok(told("busy", error))
    }
    assert_eq!(call(503).await.unwrap(), "busy after 503");
    assert_eq!(call(500).await.unwrap(), "broken after 500500");
    assert_eq!(call(401).await.unwrap_err().0, 401);

    #[resilient(attempts = 2, fallback(overloaded = busy, other = any))]
    async fn all(status: u16) -> Result<String, Status> {
        fail(status).await
    }
    async fn any(_: u16, error: Status) -> Result<String, Status> {
        Ok(told("any", error))
    }
    assert_eq!(all(503).await.unwrap(), "busy after 503");
    assert_eq!(all(401).await.unwrap(), "any after 401");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_fail_too_and_a_body_that_never_ends_has_one() {
    #[resilient(attempts = 1, timeout = "1s", fallback(timeout = late))]
    async fn call() -> Result<String, CallError<io::Error>> {
        std::future::pending().await
    }
    async fn late(error: CallError<io::Error>) -> Result<String, CallError<io::Error>> {
        Err(error)
    }
    assert_eq!(call().await.unwrap_err().classify().class, Class::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_none_stays_the_result() {
    #[resilient(
        attempts = 1,
        classify_ok = |status: &u16| (*status == 503).then(|| Classification::of_status(503)),
        fallback = other,
    )]
    async fn call() -> Result<u16, Status> {
        Ok(503)
    }
    async fn other(error: Status) -> Result<u16, Status> {
        Err(error)
    }
    assert_eq!(call().await.unwrap(), 503);
}

#[tokio::test(start_paused = true)]
async fn generic_functions_and_futures_have_one_too() {
    #[resilient(attempts = 2, fallback = other::<T>)]
    async fn generic<T: Clone + ToString>(value: T) -> Result<String, Status> {
        fail(500).await.map(|it| it + &value.to_string())
    }
    async fn other<T: ToString>(value: T, error: Status) -> Result<String, Status> {
        Ok(told(&value.to_string(), error))
    }
    assert_eq!(generic(7).await.unwrap(), "7 after 500");

    #[resilient(attempts = 2, fallback = other)]
    fn future(value: String) -> impl Future<Output = Result<String, Status>> + Send {
        async move { fail(500).await.map(|it| it + &value) }
    }
    let sent = tokio::spawn(future("f".to_owned())).await;
    assert_eq!(sent.unwrap().unwrap(), "f after 500");
}

#[async_trait::async_trait]
trait Ask {
    async fn ask(&mut self, prompt: String) -> Result<String, Status>;
}

#[async_trait::async_trait]
impl Ask for Client {
    #[resilient(attempts = 2, fallback = |this: &mut Self, prompt: String, error| Ok(told(&(prompt + &this.name), error)))]
    async fn ask(&mut self, prompt: String) -> Result<String, Status> {
        self.name.push('+');
        drop(prompt);
        fail(500).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_boxed_method_has_one_too() {
    let mut client: Box<dyn Ask + Send> = Box::new(client());
    let sent = tokio::spawn(async move { client.ask("p".to_owned()).await });
    assert_eq!(sent.await.unwrap().unwrap(), "pc++ after 500");
}

type Boxed<'a> = Pin<Box<dyn Future<Output = Result<String, Status>> + Send + 'a>>;

/// The call that the fallback makes at the same place has no fallback again.
#[tokio::test(start_paused = true)]
async fn f135_a_fallback_to_the_same_function_has_an_end() {
    #[resilient(attempts = 1, fallback = again)]
    async fn call(sent: &AtomicU32) -> Result<String, Status> {
        sent.fetch_add(1, Relaxed);
        fail(503).await
    }
    fn again(sent: &AtomicU32, _: Status) -> Boxed<'_> {
        Box::pin(call(sent))
    }
    let sent = AtomicU32::new(0);
    assert_eq!(call(&sent).await.unwrap_err().0, 503);
    assert_eq!(sent.load(Relaxed), 2);
    // The next call has its fallback.
    assert_eq!(call(&sent).await.unwrap_err().0, 503);
    assert_eq!(sent.load(Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn f135_two_functions_that_fall_back_to_each_other_have_an_end() {
    #[resilient(attempts = 1, fallback = to_second)]
    async fn first(sent: &AtomicU32) -> Result<String, Status> {
        sent.fetch_add(1, Relaxed);
        fail(503).await
    }
    #[resilient(attempts = 1, fallback = to_first)]
    async fn second(sent: &AtomicU32) -> Result<String, Status> {
        sent.fetch_add(1, Relaxed);
        fail(500).await
    }
    fn to_second(sent: &AtomicU32, _: Status) -> Boxed<'_> {
        Box::pin(second(sent))
    }
    fn to_first(sent: &AtomicU32, _: Status) -> Boxed<'_> {
        Box::pin(first(sent))
    }
    let sent = AtomicU32::new(0);
    assert_eq!(first(&sent).await.unwrap_err().0, 503);
    assert_eq!(sent.load(Relaxed), 3);
}

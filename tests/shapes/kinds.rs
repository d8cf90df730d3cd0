//! Every kind of argument reaches every attempt without a word in the attribute: cloned, lent,
//! converted once, collected once, or borrowed again. Above 300 lines, because each kind is a
//! function and a short test.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

use resilient_runtime::{Backoff, Policy, resilient};
use resilient_shapes::{Failure, Server};
use std::{
    cell::Cell,
    fmt::{Debug, Display, Write},
    path::Path,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Not `Clone`.
struct Token(u8);

impl Token {
    fn number(&self) -> u8 {
        self.0
    }
}

fn number_of(token: &Token) -> u8 {
    token.0
}

fn length(text: impl AsRef<str>) -> usize {
    text.as_ref().len()
}

fn shown(text: impl Display) -> String {
    text.to_string()
}

#[tokio::test(start_paused = true)]
async fn f160_what_is_not_clone_is_lent() {
    #[resilient]
    async fn call(
        server: &Server,
        token: Token,
        boxed: Box<dyn Fn(u8) -> u8>,
    ) -> Result<u8, Failure> {
        let text = format!("{}{}{}", token.number(), number_of(&token), token.0);
        server.ask(text).await?;
        Ok(boxed(token.number()))
    }
    let server = Server::new();
    assert_eq!(
        call(&server, Token(7), Box::new(|n| n + 1)).await.unwrap(),
        8
    );
    assert_eq!(server.asked(), ["777"; 3]);
}

/// Counts its clones.
#[derive(Default)]
struct Counted(Arc<AtomicUsize>, Cell<u8>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(self.0.clone(), self.1.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_clone_is_cloned_once_for_each_attempt_also_if_it_is_only_borrowed() {
    #[resilient]
    async fn call(server: &Server, counted: Counted) -> Result<u8, Failure> {
        counted.1.set(counted.1.get() + 1);
        server.ask(counted.1.get()).await?;
        Ok(counted.1.get())
    }
    let (server, counted) = (Server::new(), Counted::default());
    let clones = counted.0.clone();
    assert_eq!(call(&server, counted).await.unwrap(), 1);
    assert_eq!(server.asked(), ["1"; 3]);
    assert_eq!(clones.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn f160_generics_that_a_reference_satisfies_are_lent() {
    #[resilient]
    async fn texts<T: AsRef<str>>(
        server: &Server,
        text: T,
        path: impl AsRef<Path> + Send,
        name: impl Display + Debug,
    ) -> Result<usize, Failure> {
        let short = length(text);
        let path = path.as_ref().display().to_string();
        server
            .ask(format!("{short}{path}{name}{}", shown(&name)))
            .await
    }
    #[resilient]
    async fn given_on<T>(server: &Server, text: T) -> Result<usize, Failure>
    where
        T: AsRef<str> + Send + Sync,
    {
        server.ask(length(text)).await
    }
    #[resilient]
    async fn error(server: &Server, error: impl std::error::Error) -> Result<usize, Failure> {
        server.ask(shown(error)).await
    }
    let server = Server::new();
    assert_eq!(texts(&server, "ab", "p", 'x').await.unwrap(), 3);
    assert_eq!(server.asked(), ["2pxx"; 3]);
    let server = Server::new();
    assert_eq!(given_on(&server, String::from("abc")).await.unwrap(), 3);
    assert_eq!(server.asked(), ["3"; 3]);
    let server = Server::new();
    assert_eq!(error(&server, std::fmt::Error).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn f160_functions_are_lent_and_keep_what_they_change() {
    #[resilient]
    async fn call(
        server: &Server,
        make: impl Fn(u8) -> u8,
        mut next: impl FnMut() -> u8,
        mut plain: impl FnMut(u8) -> u8,
        ask: impl AsyncFn(u8) -> u8,
    ) -> Result<usize, Failure> {
        let number = plain(make(next()));
        server.ask(ask(number).await).await
    }
    let (server, token, mut n) = (Server::new(), Token(1), 0);
    let next = || {
        n += 1;
        n
    };
    // Not `Clone`, since the token is not.
    let make = move |n| n + token.number();
    assert_eq!(
        call(&server, make, next, |n| n, async |n| n).await.unwrap(),
        3
    );
    assert_eq!(server.asked(), ["2", "3", "4"]);
}

#[tokio::test(start_paused = true)]
async fn f161_what_is_converted_is_converted_once_and_its_result_cloned() {
    struct Name(Arc<AtomicUsize>);
    impl From<Name> for String {
        fn from(name: Name) -> Self {
            name.0.fetch_add(1, Ordering::Relaxed);
            "name".to_owned()
        }
    }
    fn take(name: impl Into<String>) -> String {
        name.into()
    }
    #[resilient]
    async fn call<T>(
        server: &Server,
        name: impl Into<String>,
        mut other: impl Into<String> + Send,
        limit: T,
    ) -> Result<String, Failure>
    where
        T: Into<Option<u8>>,
    {
        let name: String = name.into();
        other = std::convert::identity(other);
        let limit = limit.into();
        server.ask(format!("{name}{limit:?}")).await?;
        Ok(name + &take(other))
    }
    let (server, count) = (Server::new(), Arc::default());
    let name = Name(Arc::clone(&count));
    assert_eq!(call(&server, name, "x", 7).await.unwrap(), "namex");
    assert_eq!(server.asked(), ["nameSome(7)"; 3]);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn f161_what_is_iterated_is_collected_once() {
    #[resilient]
    async fn call<'a, I>(
        server: &Server,
        ids: impl IntoIterator<Item = u8>,
        names: I,
        texts: impl IntoIterator<Item = impl AsRef<str> + Clone> + Send,
    ) -> Result<usize, Failure>
    where
        I: IntoIterator<Item = &'a str>,
        I::IntoIter: Send,
    {
        let mut text = String::new();
        for id in ids {
            text += &id.to_string();
        }
        text.extend(names);
        text.extend(texts.into_iter().map(|text| text.as_ref().to_owned()));
        server.ask(text).await
    }
    let server = Server::new();
    let mut left = 2;
    // Neither `Clone` nor restartable.
    let ids = std::iter::from_fn(|| {
        left -= 1;
        (left >= 0).then_some(left)
    });
    let ids = ids.map(|n| u8::try_from(n).unwrap());
    assert_eq!(
        call(&server, ids, ["a"], vec!["b".to_owned()])
            .await
            .unwrap(),
        3
    );
    assert_eq!(server.asked(), ["10ab"; 3]);
}

#[tokio::test(start_paused = true)]
async fn f162_exclusive_borrows_within_other_types_are_borrowed_again() {
    #[resilient]
    async fn call(
        server: &Server,
        log: Option<&mut Vec<u8>>,
        mut out: Option<&mut dyn Write>,
        count: Pin<&mut u8>,
    ) -> Result<usize, Failure> {
        if let Some(log) = log {
            log.push(1);
        }
        if let Some(out) = &mut out {
            out.write_char('x').unwrap();
        }
        *count.get_mut() += 1;
        server.ask("x").await
    }
    let (server, mut log, mut out, count) = (Server::new(), vec![], String::new(), pin!(0));
    let mut count = count;
    let answer = call(&server, Some(&mut log), Some(&mut out), count.as_mut());
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!((log, out, *count), (vec![1; 3], "xxx".to_owned(), 3));
    assert_eq!(call(&server, None, None, count).await.unwrap(), 4);
}

#[tokio::test(start_paused = true)]
async fn shared_borrows_within_other_types_come_as_they_are() {
    #[resilient]
    async fn call(
        server: &Server,
        slice: &[&str],
        tuple: (&str, &Token),
        option: Option<&Token>,
        several: [&str; 2],
    ) -> Result<usize, Failure> {
        let option = option.map(Token::number);
        let text = format!(
            "{}{}{}{option:?}{}",
            slice.len(),
            tuple.0,
            tuple.1.0,
            several[0]
        );
        server.ask(text).await
    }
    let (server, token) = (Server::new(), Token(1));
    let answer = call(&server, &["a"], ("b", &token), Some(&token), ["c", "d"]);
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["1b1Some(1)c"; 3]);
}

struct Request<B> {
    server: Arc<Server>,
    body: B,
}

impl<B: Display> Request<B> {
    fn text(&self) -> String {
        self.body.to_string()
    }

    #[resilient]
    async fn send(self) -> Result<usize, Failure> {
        let text = async { self.text() }.await;
        self.server.ask(format!("{text}{}", self.body)).await
    }

    #[resilient(hedge(after = "10s"))]
    async fn hedged(self, token: Token) -> Result<usize, Failure> {
        self.server
            .ask(format!("{}{}", self.text(), token.number()))
            .await
    }

    #[resilient]
    async fn boxed(self: Box<Self>) -> Result<usize, Failure> {
        self.server.ask(self.text()).await
    }

    #[resilient]
    async fn pinned(self: Pin<&mut Self>, more: B) -> Result<usize, Failure>
    where
        B: Unpin + Clone,
    {
        let this = self.get_mut();
        this.body = more;
        this.server.ask(&this.body).await
    }
}

#[derive(Clone, Default)]
struct Builder {
    server: Arc<Server>,
    path: String,
}

impl Builder {
    #[resilient]
    async fn send(self) -> Result<String, Failure> {
        let Self { server, path } = self;
        server.ask(&path).await?;
        Ok(path)
    }

    #[resilient]
    async fn by_fields(self, suffix: Token) -> Result<usize, Failure> {
        let server = self.server.clone();
        server
            .ask(self.path.clone() + &suffix.number().to_string())
            .await
    }
}

#[tokio::test(start_paused = true)]
async fn f160_self_by_value_is_cloned_or_lent() {
    let server = Arc::new(Server::new());
    let request = |body: &'static str| Request {
        server: server.clone(),
        body: Cell::new(body).take(),
    };
    assert_eq!(request("a").send().await.unwrap(), 3);
    assert_eq!(server.asked(), ["aa"; 3]);
    assert_eq!(request("b").hedged(Token(1)).await.unwrap(), 4);
    assert_eq!(Box::new(request("c")).boxed().await.unwrap(), 5);
    let mut pinned = pin!(request("d"));
    assert_eq!(pinned.as_mut().pinned("e").await.unwrap(), 6);
    assert_eq!(pinned.body, "e");

    let builder = Builder {
        server: Arc::default(),
        path: "p".to_owned(),
    };
    assert_eq!(builder.clone().send().await.unwrap(), "p");
    assert_eq!(builder.server.asked(), ["p"; 3]);
    assert_eq!(builder.clone().by_fields(Token(2)).await.unwrap(), 4);
}

/// Without waits, since the clock of this runtime is not paused.
const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(std::time::Duration::ZERO));

/// `Send`, neither `Sync` nor `Clone`.
struct Local(Cell<u8>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f160_lending_keeps_the_future_send() {
    #[resilient(policy = AT_ONCE)]
    async fn of_a_type(server: Arc<Server>, local: Local) -> Result<usize, Failure> {
        server.ask(local.0.get()).await
    }
    #[resilient(policy = AT_ONCE)]
    async fn of_bounds(
        server: Arc<Server>,
        text: impl AsRef<str> + Send,
        make: impl Fn() -> u8 + Send,
        name: impl Into<String> + Send,
    ) -> Result<usize, Failure> {
        let name = name.into();
        server
            .ask(format!("{}{}{name}", text.as_ref(), make()))
            .await
    }
    let local = Local(Cell::new(7));
    let spawned = [
        tokio::spawn(of_a_type(Arc::default(), Local(Cell::new(1)))),
        tokio::spawn(of_bounds(Arc::default(), "x", move || local.0.get(), "y")),
    ];
    for task in spawned {
        assert_eq!(task.await.unwrap().unwrap(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fallback_gets_what_was_lent_converted_and_collected() {
    async fn other(
        token: Token,
        name: impl Into<String>,
        ids: impl IntoIterator<Item = u8>,
        log: Option<&mut Vec<u8>>,
        _: Failure,
    ) -> Result<String, Failure> {
        log.unwrap().extend(ids);
        Ok(format!("{}{}", token.0, name.into()))
    }
    #[resilient(attempts = 2, fallback = other)]
    async fn call(
        token: Token,
        name: impl Into<String>,
        ids: impl IntoIterator<Item = u8>,
        log: Option<&mut Vec<u8>>,
    ) -> Result<String, Failure> {
        log.unwrap().push(token.number());
        let _: (String, usize) = (name.into(), ids.into_iter().count());
        Err(Failure::Server)
    }
    let mut log = vec![];
    assert_eq!(
        call(Token(1), "x", [5, 6], Some(&mut log)).await.unwrap(),
        "1x"
    );
    assert_eq!(log, [1, 1, 5, 6]);
}

#[tokio::test(start_paused = true)]
async fn arguments_that_the_attribute_uses_are_lent_to_both() {
    struct Settings {
        policy: Policy,
        token: Token,
    }
    #[resilient(policy = settings.policy, fields(n = settings.token.number()))]
    async fn call(server: &Server, settings: Settings) -> Result<usize, Failure> {
        server.ask(settings.token.number()).await
    }
    let server = Server::new();
    let settings = Settings {
        policy: AT_ONCE,
        token: Token(1),
    };
    assert_eq!(call(&server, settings).await.unwrap(), 3);
}

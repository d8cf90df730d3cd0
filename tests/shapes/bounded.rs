//! Arguments that are known by their traits only, and that the body moves on. A reference does in
//! the place of one if it has the same traits.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

use resilient_runtime::{Backoff, Policy, resilient};
use resilient_shapes::{Failure, Server};
use std::{
    borrow::Borrow,
    cell::Cell,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Implemented for references.
trait Cache: Send + Sync {
    fn get(&self) -> u8;
}

impl<T: Cache> Cache for &T {
    fn get(&self) -> u8 {
        (**self).get()
    }
}

/// Not `Clone`.
struct Token(u8);

impl Cache for Token {
    fn get(&self) -> u8 {
        self.0
    }
}

/// Consumes it.
fn taken(cache: impl Cache) -> u8 {
    cache.get()
}

#[tokio::test(start_paused = true)]
async fn f230_what_is_moved_on_is_lent_if_a_reference_has_its_bounds() {
    #[resilient]
    async fn inner(server: &Server, cache: impl Cache) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    #[resilient]
    async fn outer<T>(server: &Server, cache: impl Cache, other: T) -> Result<usize, Failure>
    where
        T: Cache + Sized,
    {
        server.ask(cache.get() + taken(other)).await?;
        inner(server, cache).await
    }
    #[resilient(hedge(after = "10s"))]
    async fn hedged(server: &Server, cache: impl Cache) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    #[resilient(fields(cache = cache.get()))]
    async fn logged(server: &Server, cache: impl Cache) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    let server = Server::new();
    assert_eq!(outer(&server, Token(1), Token(2)).await.unwrap(), 4);
    assert_eq!(server.asked(), ["3", "3", "3", "1"]);
    let server = Server::new();
    assert_eq!(hedged(&server, Token(4)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["4"; 3]);
    let server = Server::new();
    assert_eq!(logged(&server, Token(5)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["5"; 3]);
}

#[tokio::test(start_paused = true)]
async fn f230_a_fallback_and_a_boxed_future_have_what_is_lent_by_its_bounds() {
    async fn other(_: &Server, cache: impl Cache, _: Failure) -> Result<usize, Failure> {
        Ok(usize::from(taken(cache)))
    }
    #[resilient(attempts = 2, fallback = other)]
    async fn call(server: &Server, cache: impl Cache) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    #[resilient]
    fn boxed<'a, C>(
        server: &'a Server,
        cache: C,
    ) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send + 'a>>
    where
        C: Cache + 'a,
    {
        Box::pin(async move { server.ask(taken(cache)).await })
    }
    let server = Server::new();
    assert_eq!(call(&server, Token(6)).await.unwrap(), 6);
    assert_eq!(boxed(&server, Token(7)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["6", "6", "7"]);
}

struct Config {
    name: Token,
}

#[tokio::test(start_paused = true)]
async fn f231_what_is_borrowed_as_another_type_is_never_lent_exclusively() {
    #[resilient]
    async fn call<C>(server: &Server, config: C) -> Result<usize, Failure>
    where
        C: Borrow<Config>,
    {
        let config = config.borrow();
        server.ask(config.name.0).await
    }
    let server = Server::new();
    let config = Config { name: Token(8) };
    assert_eq!(call(&server, config).await.unwrap(), 3);
    assert_eq!(server.asked(), ["8"; 3]);
}

/// `Send`, neither `Sync` nor `Clone`.
struct Steps(Cell<u8>);

/// Implemented for references to some types.
trait Look {
    fn look(self) -> u8;
}

impl Look for &Steps {
    fn look(self) -> u8 {
        self.0.get()
    }
}

impl Look for Token {
    fn look(self) -> u8 {
        self.0
    }
}

impl Look for &Token {
    fn look(self) -> u8 {
        self.0
    }
}

impl Look for Steps {
    fn look(self) -> u8 {
        self.0.get()
    }
}

fn looked(look: impl Look) -> u8 {
    look.look()
}

/// Without waits, since the clock of this runtime is not paused.
const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f230_lending_by_bounds_keeps_the_future_send() {
    #[resilient(policy = AT_ONCE)]
    async fn shared(server: Arc<Server>, cache: impl Cache) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    #[resilient(policy = AT_ONCE)]
    async fn of_the_caller<L>(server: Arc<Server>, look: L) -> Result<usize, Failure>
    where
        L: Look,
        for<'a> &'a L: Look,
    {
        server.ask(looked(look)).await
    }
    let spawned = [
        tokio::spawn(shared(Arc::default(), Token(1))),
        tokio::spawn(of_the_caller(Arc::default(), Token(2))),
    ];
    for task in spawned {
        assert_eq!(task.await.unwrap().unwrap(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn f230_a_where_clause_about_references_is_enough() {
    #[resilient]
    async fn call<L: Look>(server: &Server, look: L) -> Result<usize, Failure>
    where
        for<'a> &'a L: Look,
    {
        server.ask(looked(look)).await
    }
    let server = Server::new();
    assert_eq!(call(&server, Steps(Cell::new(7))).await.unwrap(), 3);
    assert_eq!(server.asked(), ["7"; 3]);
}

#[tokio::test(start_paused = true)]
async fn what_is_clone_by_its_traits_is_cloned_although_a_reference_would_do() {
    trait Counted: Cache + Clone {}
    impl<T: Cache + Clone> Counted for T {}
    struct Clones(Arc<AtomicUsize>);
    impl Clone for Clones {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }
    impl Cache for Clones {
        fn get(&self) -> u8 {
            9
        }
    }
    #[resilient]
    async fn call(server: &Server, cache: impl Counted) -> Result<usize, Failure> {
        server.ask(taken(cache)).await
    }
    let (server, clones) = (Server::new(), Arc::default());
    assert_eq!(call(&server, Clones(Arc::clone(&clones))).await.unwrap(), 3);
    assert_eq!(clones.load(Ordering::Relaxed), 3);
}

//! Names of the user that resemble ours or shadow the prelude. Above 300 lines: a list.
#![allow(
    clippy::large_types_passed_by_value,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "tests"
)]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};

/// Not even `Ok` and `Some` are in scope.
mod without_prelude {
    #![no_implicit_prelude]

    use ::core::result::Result;
    use ::resilient_shapes::{Failure, Server};
    use ::std::{boxed::Box, future::Future, pin::Pin, string::String, vec::Vec};

    pub(super) struct Client(pub(super) Server);

    #[::resilient_runtime::resilient(
        attempts = 3,
        timeout = "1m",
        backoff(kind = "fixed", initial = "1s", jitter = "equal"),
        on(rate_limited, retry = false),
        context = attempt,
        fields(n = n, prompt = %prompt),
        classify = |error: &Failure| ::resilient_runtime::Classify::classify(error),
    )]
    pub(super) async fn call(
        server: &Server,
        prompt: String,
        mut n: usize,
        log: &mut Vec<u32>,
    ) -> Result<usize, Failure> {
        log.push(attempt.number());
        n += server.ask(prompt).await?;
        ::core::result::Result::Ok(n)
    }

    #[::resilient_runtime::resilient]
    pub(super) fn boxed(
        server: &Server,
    ) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + ::core::marker::Send + '_>> {
        Box::pin(async move { server.ask("x").await })
    }

    #[::resilient_runtime::resilient(policy = ::resilient_runtime::Policy::DEFAULT, attempts = 3)]
    pub(super) fn made(server: &Server) -> impl Future<Output = Result<usize, Failure>> {
        server.ask("x")
    }

    #[::resilient_runtime::resilient(
        breaker(slow = "1m"),
        requests("600/min", burst = 9),
        tokens = "100/s",
        concurrency(min = 1, max = 2),
        cost = 1,
        budget = "none",
        hedge(after = "30s"),
        fallback(timeout = other),
    )]
    pub(super) async fn limited(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }

    fn other(_: &Server, error: Failure) -> Result<usize, Failure> {
        ::core::result::Result::Err(error)
    }

    impl Client {
        #[::resilient_runtime::resilient]
        pub(super) async fn by_mut(&mut self) -> Result<usize, Failure> {
            let this = self;
            this.0.ask("x").await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_module_without_the_prelude() {
    let mut log = vec![];
    let answer = without_prelude::call(&Server::new(), "x".to_owned(), 1, &mut log).await;
    assert_eq!(answer.unwrap(), 4);
    assert_eq!(log, [1, 2, 3]);
    assert_eq!(without_prelude::boxed(&Server::new()).await.unwrap(), 3);
    assert_eq!(without_prelude::made(&Server::new()).await.unwrap(), 3);
    assert_eq!(without_prelude::limited(&Server::new()).await.unwrap(), 3);
    let mut client = without_prelude::Client(Server::new());
    assert_eq!(client.by_mut().await.unwrap(), 3);
}

/// All names of the prelude that an expansion might use mean something else here, and so do the
/// names of the crates.
#[expect(
    dead_code,
    unused_macros,
    non_camel_case_types,
    reason = "names that only stand in the way"
)]
mod shadowed {
    use super::{Failure, Server};

    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Option;
    pub(super) struct Box;
    pub(super) struct Duration;
    pub(super) struct ControlFlow;
    pub(super) struct Policy;
    pub(super) struct String;
    pub(super) struct bool;
    pub(super) struct str;
    pub(super) struct u32;
    pub(super) enum Result {}
    pub(super) trait Clone {}
    pub(super) trait Future {}
    pub(super) trait Into {}
    pub(super) const fn drop() {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod resilient_runtime {}
    pub(super) mod tracing {}
    macro_rules! concat {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }

    /// Methods by value on all types, which method lookup finds first.
    pub(super) trait Everywhere: Sized {
        fn attempt(self, _: u8) {}
        fn context(self, _: u8) {}
        fn start(self) {}
        fn into_inner(self) {}
        fn clone(self) {}
        fn attempts(self) {}
        fn level(self) {}
        fn classify(self) {}
        fn through(self) {}
        fn key(self) {}
        fn cost(self) {}
        fn requests(self) {}
        fn breaker(self) {}
        fn extra(self, _: u8) {}
        fn race(self) {}
        fn failed_with(self, _: u8) {}
        fn falls_back(self, _: u8) {}
        fn of(self) {}
    }
    impl<T> Everywhere for T {}

    #[super::resilient(attempts = 3, context = attempt, level = "debug", fields(n = 1))]
    pub(super) async fn call(
        server: &Server,
        prompt: ::std::string::String,
    ) -> ::core::result::Result<usize, Failure> {
        let what = ::std::format!("{prompt}{}", attempt.number());
        server.ask(what).await
    }

    #[super::resilient(breaker, requests = "9/s", cost = 1, tokens = "9/s", hedge(after = "p50"), fallback = other)]
    pub(super) async fn limited(server: &Server) -> ::core::result::Result<usize, Failure> {
        server.ask("x").await
    }

    fn other(_: &Server, error: Failure) -> ::core::result::Result<usize, Failure> {
        ::core::result::Result::Err(error)
    }

    #[super::resilient]
    pub(super) fn boxed(
        server: &Server,
    ) -> ::core::pin::Pin<
        ::std::boxed::Box<
            dyn ::core::future::Future<Output = ::core::result::Result<usize, Failure>> + '_,
        >,
    > {
        ::std::boxed::Box::pin(async move { server.ask("x").await })
    }
}

#[tokio::test(start_paused = true)]
async fn shadowed_names_of_the_prelude() {
    let server = Server::new();
    assert_eq!(shadowed::call(&server, "x".to_owned()).await.unwrap(), 3);
    assert_eq!(server.asked(), ["x1", "x2", "x3"]);
    assert_eq!(shadowed::boxed(&Server::new()).await.unwrap(), 3);
    assert_eq!(shadowed::limited(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn variables_with_names_of_ours() {
    #[resilient(context = __resilient_context, policy = __resilient_policy)]
    async fn call(
        __resilient_call: &Server,
        __resilient_prompt: String,
        __resilient_0: u8,
        (__resilient_1, __resilient_2): (u8, u8),
        __resilient_policy: resilient_runtime::Policy,
        call: u8,
    ) -> Result<String, Failure> {
        let __resilient_self = __resilient_context.number();
        let __resilient_edge = __resilient_0 + __resilient_1 + __resilient_2 + call;
        let result = format!("{__resilient_edge}{}", __resilient_policy.attempts);
        __resilient_call
            .ask(format!("{__resilient_prompt}{__resilient_self}{result}"))
            .await?;
        Ok(__resilient_prompt)
    }
    let server = Server::new();
    let policy = resilient_runtime::Policy::new().attempts(3);
    let answer = call(&server, "x".to_owned(), 1, (2, 3), policy, 4);
    assert_eq!(answer.await.unwrap(), "x");
    assert_eq!(server.asked(), ["x1103", "x2103", "x3103"]);
}

/// Items have no hygiene: a constant of this name would turn a binding of the expansion into a
/// pattern.
mod items_with_names_of_ours {
    use super::{Failure, Server, resilient};

    #[expect(non_upper_case_globals, reason = "the name matters")]
    pub(super) static result: usize = 1;
    #[expect(non_camel_case_types, reason = "the name matters")]
    pub(super) struct policy;

    #[resilient]
    pub(super) async fn call(server: &Server) -> Result<usize, Failure> {
        let _ = policy;
        server.ask("x").await.map(|answer| answer + result)
    }
}

#[tokio::test(start_paused = true)]
async fn items_with_the_names_of_variables() {
    assert_eq!(
        items_with_names_of_ours::call(&Server::new())
            .await
            .unwrap(),
        4
    );
}

/// A crate that re-exports the runtime: its users name that path. Its default permits two attempts,
/// which distinguishes it from the original.
mod facade {
    pub(super) mod engine {
        pub(crate) use resilient_runtime::{__private, Class, Jitter, Rule, resilient};

        pub(crate) struct Policy;

        impl Policy {
            pub(crate) const DEFAULT: resilient_runtime::Policy =
                resilient_runtime::Policy::new().attempts(2);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crate_that_hands_the_runtime_on() {
    use facade::engine as renamed;

    #[renamed::resilient(crate = crate::facade::engine)]
    async fn from_the_root(server: &Server, n: u8) -> Result<usize, Failure> {
        server.ask(n).await
    }
    #[renamed::resilient(
        crate = renamed,
        timeout = "1s",
        backoff(jitter = "none"),
        on(timeout, retry = false),
        fields(n = n),
        level = "debug",
    )]
    async fn in_scope(server: &Server, n: u8) -> Result<usize, Failure> {
        server.ask(n).await
    }
    let server = Server::new();
    from_the_root(&server, 1).await.unwrap_err();
    assert_eq!(server.asked(), ["1"; 2]);
    let server = Server::new();
    in_scope(&server, 2).await.unwrap_err();
    assert_eq!(server.asked(), ["2"; 2]);
}

#[tokio::test(start_paused = true)]
async fn functions_side_by_side_and_inside_each_other() {
    #[resilient(attempts = 4)]
    async fn outer(server: &Server, n: u8) -> Result<usize, Failure> {
        #[resilient(attempts = 1, timeout = "1s")]
        async fn inner(server: &Server, n: u8) -> Result<usize, Failure> {
            server.ask(n).await
        }
        inner(server, n + 1).await
    }
    #[resilient(attempts = 3)]
    async fn inner(server: &Server, n: u8) -> Result<usize, Failure> {
        server.ask(n).await
    }
    assert_eq!(inner(&Server::new(), 1).await.unwrap(), 3);
    assert_eq!(outer(&Server::new(), 1).await.unwrap(), 3);
}

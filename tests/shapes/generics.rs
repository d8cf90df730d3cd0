//! Generic functions and blocks, lifetimes, constants, recursion.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{fmt::Display, marker::PhantomData, str::FromStr, time::Duration};

#[tokio::test(start_paused = true)]
async fn a_type_parameter() {
    #[resilient]
    async fn call<T: AsRef<str> + Clone>(server: &Server, prompt: T) -> Result<T, Failure> {
        server.ask(prompt.as_ref()).await?;
        Ok(prompt)
    }
    #[resilient(by_ref(prompt))]
    async fn borrowed<T: AsRef<str>>(server: &Server, prompt: T) -> Result<usize, Failure> {
        server.ask(prompt.as_ref()).await
    }
    let server = Server::new();
    assert_eq!(call(&server, String::from("hi")).await.unwrap(), "hi");
    assert_eq!(borrowed(&server, "ho").await.unwrap(), 4);
    assert_eq!(server.asked(), ["hi", "hi", "hi", "ho"]);
}

#[tokio::test(start_paused = true)]
async fn an_unsized_type_by_reference() {
    #[resilient]
    async fn call<T: AsRef<str> + ?Sized>(server: &Server, prompt: &T) -> Result<usize, Failure> {
        server.ask(prompt.as_ref()).await
    }
    let server = Server::new();
    assert_eq!(call::<str>(&server, "hi").await.unwrap(), 3);
    assert_eq!(server.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_where_clause() {
    #[resilient]
    async fn call<T, F>(server: &Server, prompt: T, pick: F) -> Result<usize, Failure>
    where
        T: ToString + Clone,
        F: for<'a> Fn(&'a str) -> &'a str + Clone,
    {
        server.ask(pick(&prompt.to_string())).await
    }
    let server = Server::new();
    assert_eq!(call(&server, 12, |text| &text[1..]).await.unwrap(), 3);
    assert_eq!(server.asked(), ["2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_closure_that_makes_a_future() {
    #[resilient(by_ref(ask))]
    async fn call<F, Fut>(ask: F) -> Result<usize, Failure>
    where
        F: Fn(u8) -> Fut,
        Fut: Future<Output = Result<usize, Failure>>,
    {
        ask(7).await
    }
    let server = Server::new();
    assert_eq!(call(|n| server.ask(n)).await.unwrap(), 3);
    assert_eq!(server.asked(), ["7"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_borrow_that_is_returned() {
    #[resilient]
    async fn named<'a>(server: &Server, text: &'a str) -> Result<&'a str, Failure> {
        server.ask(text).await?;
        Ok(text.trim())
    }
    #[resilient]
    async fn bounded<'long: 'short, 'short>(
        server: &Server,
        long: &'long str,
        short: &'short str,
    ) -> Result<&'short str, Failure> {
        server
            .ask(short)
            .await
            .map(|answer| if answer == 3 { long } else { short })
    }
    struct Client(Server, String);
    impl Client {
        #[resilient]
        async fn elided(&self, prompt: &str) -> Result<&str, Failure> {
            self.0.ask(prompt).await?;
            Ok(&self.1)
        }
    }
    assert_eq!(named(&Server::new(), " hi ").await.unwrap(), "hi");
    assert_eq!(
        bounded(&Server::new(), "long", "short").await.unwrap(),
        "long"
    );
    let client = Client(Server::new(), "own".to_owned());
    assert_eq!(client.elided("hi").await.unwrap(), "own");
}

#[tokio::test(start_paused = true)]
async fn constants() {
    #[resilient(attempts = N)]
    async fn call<const N: u32>(server: &Server, list: [u8; 2]) -> Result<usize, Failure> {
        server.ask(format!("{N}{}", list.len())).await
    }
    let server = Server::new();
    assert!(call::<2>(&server, [0; 2]).await.is_err());
    assert_eq!(call::<9>(&server, [0; 2]).await.unwrap(), 3);
    assert_eq!(server.asked(), ["22", "22", "92"]);
}

#[tokio::test(start_paused = true)]
async fn a_generic_block_whose_constants_are_in_the_attribute() {
    struct Client<'s, T, const N: usize> {
        server: &'s Server,
        marker: PhantomData<T>,
    }
    trait Slow {
        const TRIES: u32;
    }
    impl Slow for u8 {
        const TRIES: u32 = 3;
    }
    impl<T: Slow + FromStr + Display, const N: usize> Client<'_, T, N> {
        const TIMEOUT: Duration = Duration::from_secs(N as u64);

        #[resilient(
            attempts = T::TRIES,
            timeout = Self::TIMEOUT,
            deadline = Self::TIMEOUT.saturating_mul(100),
            backoff(initial = Duration::from_millis(N as u64), max = Self::TIMEOUT),
            on(server_error, attempts = 1 + T::TRIES),
        )]
        async fn parse<U: Display>(&self, text: &str, other: &U) -> Result<T, Failure> {
            self.server.ask(format!("{text}{other}")).await?;
            text.parse().map_err(|_| Failure::Server)
        }
    }
    let server = Server::new();
    let client = Client::<u8, 2> {
        server: &server,
        marker: PhantomData,
    };
    assert_eq!(client.parse::<char>("7", &'x').await.unwrap(), 7);
    assert_eq!(server.asked(), ["7x"; 3]);
    client.parse("x", &'x').await.unwrap_err();
    assert_eq!(server.asked().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_type_parameter_that_only_a_turbofish_gives() {
    #[resilient]
    async fn call<T: FromStr>(server: &Server, text: &str) -> Result<Vec<T>, Failure> {
        server.ask(text).await?;
        text.split(' ')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| Failure::Server)
    }
    assert_eq!(call::<i8>(&Server::new(), "1 -2").await.unwrap(), [1, -2]);
    assert_eq!(call::<String>(&Server::new(), "1").await.unwrap(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn recursion_through_a_box() {
    #[resilient]
    async fn call(server: &Server, depth: u32) -> Result<u32, Failure> {
        if depth == 0 {
            server.ask(depth).await?;
            return Ok(0);
        }
        let below: u32 = Box::pin(call(server, depth - 1)).await?;
        Ok(below + 1)
    }
    let server = Server::new();
    assert_eq!(call(&server, 2).await.unwrap(), 2);
    assert_eq!(server.asked(), ["0"; 3]);
}

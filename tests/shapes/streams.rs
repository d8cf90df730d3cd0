//! Functions that return a stream: opening it is repeated, reading it is not.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use futures::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::pin::Pin;

#[tokio::test(start_paused = true)]
async fn an_impl_stream() {
    #[resilient]
    async fn open(
        server: &Server,
        words: Vec<String>,
    ) -> Result<impl Stream<Item = String> + Send + use<>, Failure> {
        server.ask(words.len()).await?;
        Ok(stream::iter(words))
    }
    let server = Server::new();
    let words = open(&server, vec!["a".to_owned(), "b".to_owned()])
        .await
        .unwrap();
    assert_eq!(server.asked(), ["2"; 3]);
    assert_eq!(words.collect::<Vec<_>>().await, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_boxed_stream() {
    #[resilient]
    async fn open(
        server: &Server,
        n: usize,
    ) -> Result<Pin<Box<dyn Stream<Item = Result<usize, Failure>> + Send + '_>>, Failure> {
        server.ask(n).await?;
        Ok(Box::pin(stream::iter(0..n).then(|item| server.ask(item))))
    }
    let server = Server::new();
    let answers = open(&server, 2).await.unwrap();
    let answers: Vec<_> = answers.map(Result::unwrap).collect().await;
    assert_eq!(answers, [4, 5]);
    assert_eq!(server.asked(), ["2", "2", "2", "0", "1"]);
}

#[tokio::test(start_paused = true)]
async fn a_method_that_gives_a_stream() {
    struct Client(Server);
    impl Client {
        #[resilient]
        async fn open<'a>(&self, words: &'a [&'a str]) -> Result<BoxStream<'a, &'a str>, Failure> {
            self.0.ask(words.len()).await?;
            Ok(stream::iter(words.iter().copied()).boxed())
        }
    }
    let client = Client(Server::new());
    let words = client.open(&["a", "b"]).await.unwrap();
    assert_eq!(client.0.asked(), ["2"; 3]);
    assert_eq!(words.collect::<Vec<_>>().await, ["a", "b"]);
}

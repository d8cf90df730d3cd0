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

/// The forms of a function whose stream is resilient itself.
mod resilient_streams {
    use super::*;
    use async_trait::async_trait;
    use futures::{future::BoxFuture, stream::LocalBoxStream};
    use resilient_runtime::{Resilient, Upstream};
    use std::fmt::Display;

    type Item = Result<usize, Failure>;
    type Items<'a> = Pin<Box<dyn Stream<Item = Result<usize, Failure>> + Send + 'a>>;

    static UPSTREAM: Upstream = Upstream::new("streams");

    fn count(n: usize) -> impl Stream<Item = Item> + Send + Sync + Unpin + 'static {
        stream::iter((0..n).map(Ok))
    }

    async fn sum(stream: impl Stream<Item = Item>) -> usize {
        stream.map(Result::unwrap).fold(0, async |a, b| a + b).await
    }

    const fn is_send<T: Send>(it: T) -> T {
        it
    }

    #[resilient]
    async fn an_impl(n: usize) -> Result<impl Stream<Item = Result<usize, Failure>>, Failure> {
        Ok(count(n))
    }

    #[resilient(upstream = UPSTREAM, key = "k")]
    async fn with_a_static(
        n: usize,
    ) -> Result<impl Stream<Item = Result<usize, Failure>> + Send + use<>, Failure> {
        Ok(count(n))
    }

    #[resilient(upstream = &UPSTREAM)]
    async fn boxed(
        n: usize,
    ) -> Result<Pin<Box<dyn Stream<Item = Result<usize, Failure>> + Send>>, Failure> {
        Ok(Box::pin(count(n)))
    }

    #[resilient]
    async fn box_stream<'a>(
        words: &'a [&'a str],
    ) -> Result<BoxStream<'a, Result<usize, Failure>>, Failure> {
        Ok(stream::iter(words).map(|it| Ok(it.len())).boxed())
    }

    #[resilient]
    async fn local(n: usize) -> Result<LocalBoxStream<'static, Result<usize, Failure>>, Failure> {
        let shared = std::rc::Rc::new(1);
        Ok(count(n)
            .map(move |it| it.map(|it| it * *shared))
            .boxed_local())
    }

    #[resilient(stream = true)]
    async fn alias(n: usize) -> Result<Items<'static>, Failure> {
        Ok(Box::pin(count(n)))
    }

    #[resilient]
    async fn generic<T: Display + Clone + Send>(
        all: Vec<T>,
    ) -> Result<impl Stream<Item = Result<usize, Failure>>, Failure> {
        Ok(stream::iter(all).map(|it| Ok(it.to_string().len())))
    }

    #[resilient]
    fn future(
        n: usize,
    ) -> impl Future<Output = Result<impl Stream<Item = Result<usize, Failure>>, Failure>> {
        async move { Ok(count(n)) }
    }

    #[resilient]
    fn boxed_future(
        n: usize,
    ) -> BoxFuture<'static, Result<BoxStream<'static, Result<usize, Failure>>, Failure>> {
        Box::pin(async move { Ok(count(n).boxed()) })
    }

    #[async_trait]
    trait Ask {
        async fn ask(&self, n: usize) -> Result<BoxStream<'_, Result<usize, Failure>>, Failure>;
    }

    struct Client {
        factor: usize,
        upstream: std::sync::Arc<Upstream>,
    }

    #[async_trait]
    impl Ask for Client {
        #[resilient(upstream = self.upstream)]
        async fn ask(&self, n: usize) -> Result<BoxStream<'_, Result<usize, Failure>>, Failure> {
            Ok(count(n).map(|it| it.map(|it| it * self.factor)).boxed())
        }
    }

    impl Client {
        #[resilient(upstream = self.upstream, classify = |_: &Failure| resilient_runtime::Class::Unknown)]
        async fn method(
            &self,
            n: usize,
        ) -> Result<impl Stream<Item = Result<usize, Failure>>, Failure> {
            Ok(count(n).map(|it| it.map(|it| it * self.factor)))
        }

        #[resilient]
        async fn exclusive(
            &mut self,
            n: usize,
        ) -> Result<impl Stream<Item = Result<usize, Failure>> + use<>, Failure> {
            self.factor += 1;
            Ok(count(n))
        }
    }

    #[resilient]
    async fn written_out(
        n: usize,
    ) -> Result<Resilient<BoxStream<'static, Result<usize, Failure>>>, Failure> {
        // `?` and the end of the body give the stream itself.
        Ok(count(n).boxed())
    }

    #[tokio::test]
    async fn f225_every_form_gives_its_items_and_is_send() {
        assert_eq!(sum(is_send(is_send(an_impl(4)).await.unwrap())).await, 6);
        assert_eq!(
            sum(is_send(is_send(with_a_static(4)).await.unwrap())).await,
            6
        );
        assert_eq!(sum(is_send(is_send(boxed(4)).await.unwrap())).await, 6);
        assert_eq!(
            sum(is_send(box_stream(&["a", "bc"]).await.unwrap())).await,
            3
        );
        assert_eq!(sum(local(4).await.unwrap()).await, 6);
        assert_eq!(sum(is_send(is_send(alias(4)).await.unwrap())).await, 6);
        assert_eq!(sum(is_send(generic(vec![10, 2]).await.unwrap())).await, 3);
        assert_eq!(sum(is_send(is_send(future(4)).await.unwrap())).await, 6);
        assert_eq!(
            sum(is_send(is_send(boxed_future(4)).await.unwrap())).await,
            6
        );
        assert_eq!(
            sum(is_send(is_send(written_out(4)).await.unwrap())).await,
            6
        );
        let upstream = std::sync::Arc::new(Upstream::new("client"));
        let mut client = Client {
            factor: 2,
            upstream,
        };
        assert_eq!(
            sum(is_send(is_send(client.ask(4)).await.unwrap())).await,
            12
        );
        assert_eq!(
            sum(is_send(is_send(client.method(4)).await.unwrap())).await,
            12
        );
        assert_eq!(
            sum(is_send(is_send(client.exclusive(4)).await.unwrap())).await,
            6
        );
    }
}

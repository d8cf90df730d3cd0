//! Other attributes above, below and on the arguments.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};

#[resilient]
#[tokio::test(start_paused = true)]
async fn a_test_may_itself_be_resilient() -> Result<(), Failure> {
    static SERVER: Server = Server::new();
    SERVER.ask("x").await.map(drop)
}

mod items {
    use super::*;

    /// Documented.
    ///
    /// # Errors
    /// When the server does.
    #[inline]
    #[resilient]
    #[must_use = "by its name"]
    pub(crate) async fn documented(server: &Server) -> Result<usize, Failure> {
        //! With an inner comment,
        #![expect(unused_variables, reason = "and an inner attribute")]
        let unused = 0;
        server.ask("x").await
    }

    #[resilient]
    pub(in crate::items) async fn in_path(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }

    #[deprecated(note = "by its name")]
    #[resilient]
    pub(super) async fn old(server: &Server) -> Result<usize, Failure> {
        in_path(server).await
    }

    #[resilient]
    pub(super) extern "Rust" fn foreign(
        server: &Server,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<usize, Failure>> + '_>> {
        Box::pin(async move { server.ask("x").await })
    }
}

#[tokio::test(start_paused = true)]
async fn doc_comments_visibility_and_qualifiers() {
    assert_eq!(items::documented(&Server::new()).await.unwrap(), 3);
    #[expect(deprecated, reason = "that attribute is still there")]
    let old = items::old;
    assert_eq!(old(&Server::new()).await.unwrap(), 3);
    assert_eq!(items::foreign(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn must_use_is_still_there() {
    let server = Server::new();
    #[expect(unused_must_use, reason = "what is not awaited is never sent")]
    {
        items::documented(&server);
    }
    assert!(server.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn cfg_on_functions() {
    #[cfg(not(test))]
    #[resilient]
    async fn call(server: &Server) -> Result<usize, NoSuchType> {
        server.no_such_method().await
    }
    #[resilient]
    #[cfg(not(test))]
    async fn call(server: &Server) -> Result<usize, NoSuchType> {
        server.no_such_method().await
    }
    #[cfg_attr(test, resilient(attempts = 2))]
    #[cfg_attr(not(test), resilient(attempts = 9))]
    #[cfg(test)]
    async fn call(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    let server = Server::new();
    assert!(call(&server).await.is_err());
    assert_eq!(server.asked(), ["x"; 2]);
}

#[tokio::test(start_paused = true)]
async fn cfg_on_arguments() {
    #[resilient]
    async fn call(
        #[cfg(not(test))] absent: NoSuchType,
        #[cfg(not(test))] (no, such): NoSuchType,
        #[cfg(test)] server: &Server,
        #[cfg(test)] prompt: String,
        #[cfg_attr(test, cfg(test))] mut n: u8,
    ) -> Result<String, Failure> {
        n += 1;
        server.ask(format!("{prompt}{n}")).await?;
        Ok(prompt)
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned(), 1).await.unwrap(), "hi");
    assert_eq!(server.asked(), ["hi2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn lint_levels_on_arguments() {
    #[resilient]
    async fn call(
        server: &Server,
        #[allow(unused_variables, reason = "by its name")] allowed: String,
        #[expect(unused_variables, reason = "by its name")] expected: u8,
        #[expect(unused_mut, reason = "by its name")] mut unchanged: u8,
        #[expect(unused_variables, reason = "by its name")] (a, b): (u8, u8),
        _marked: String,
    ) -> Result<usize, Failure> {
        server.ask(unchanged).await
    }
    let server = Server::new();
    let answer = call(&server, String::new(), 1, 2, (3, 4), String::new());
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["2"; 3]);
}

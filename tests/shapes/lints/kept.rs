//! F165. The lints about a function are still those of the user's code: the attribute hides none of
//! them. Clippy reports an expectation that is not met.

use crate::{Failure, Server};
use resilient_runtime::resilient;

/// A type with functions that lints complain about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Named(pub u8);

impl Named {
    /// The documentation has no section about errors, and the type has a shorter name here.
    #[resilient]
    #[expect(clippy::missing_errors_doc, clippy::use_self, reason = "kept")]
    pub async fn again(&self, server: &Server) -> Result<Named, Failure> {
        let _: usize = server.ask(self.0).await?;
        Ok(Named(self.0))
    }
}

mod private {
    use super::{Failure, Server, resilient};

    /// Nobody outside can call it.
    #[resilient]
    #[expect(unreachable_pub, reason = "kept")]
    pub async fn unreachable(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
}

/// Calls it.
///
/// # Errors
/// Those of the server.
pub async fn reachable(server: &Server) -> Result<usize, Failure> {
    private::unreachable(server).await
}

/// A future that another function makes is not an `async fn` written by hand.
///
/// # Errors
/// Those of the server.
#[resilient]
pub fn made(server: &Server) -> impl Future<Output = Result<usize, Failure>> + Send {
    server.ask("x")
}

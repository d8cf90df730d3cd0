//! F92. The common parts of the tests of function shapes: an error, and a server that fails twice
//! before it succeeds. Every shape is run, so a loop that never repeats its body is found as well
//! as one that does not compile.

pub mod lints;

use resilient_runtime::{Class, Classification, Classify, Rejection};
use std::{
    fmt::Display,
    io,
    num::ParseIntError,
    sync::{Mutex, PoisonError},
};

/// The failures of a call of [`Server`].
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server's own fault.
    #[error("the server failed")]
    Server,
    /// A failure of the connection.
    #[error("i/o failed")]
    Io(#[from] io::Error),
    /// The response was not a number.
    #[error("not a number")]
    Number(#[from] ParseIntError),
    /// The call was rejected.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        match self {
            Self::Server => Classification::of_status(500),
            Self::Io(error) => error.classify(),
            Self::Number(_) => Class::Decode.into(),
            Self::Rejected(rejection) => rejection.classification(),
        }
    }
}

/// A server that fails twice, then succeeds, and records its requests.
#[derive(Debug, Default)]
pub struct Server(Mutex<Vec<String>>);

impl Server {
    /// A server without requests.
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Makes a request. The response is the number of requests.
    ///
    /// # Errors
    /// [`Failure::Server`] the first two times.
    pub async fn ask(&self, what: impl Display) -> Result<usize, Failure> {
        let what = what.to_string();
        tokio::task::yield_now().await;
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(what);
        if asked.len() < 3 {
            return Err(Failure::Server);
        }
        Ok(asked.len())
    }

    /// The requests, one per attempt.
    pub fn asked(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

//! F92. What the tests of function shapes share: an error, and a server that fails twice before it answers. Every
//! shape runs, so a loop that never repeats its body is found as surely as one that does not compile.

pub mod lints;

use resilient_runtime::{Class, Classification, Classify, Rejection};
use std::{
    fmt::Display,
    io,
    num::ParseIntError,
    sync::{Mutex, PoisonError},
};

/// How a call of [`Server`] fails.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server's own fault.
    #[error("the server failed")]
    Server,
    /// Something below it.
    #[error("i/o failed")]
    Io(#[from] io::Error),
    /// Its answer was no number.
    #[error("not a number")]
    Number(#[from] ParseIntError),
    /// The call itself.
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

/// A server that fails twice, then answers, and remembers what it was asked.
#[derive(Debug, Default)]
pub struct Server(Mutex<Vec<String>>);

impl Server {
    /// A server that nobody has asked.
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Asks. The answer is how often it has been asked.
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

    /// What it was asked, once for each attempt.
    pub fn asked(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

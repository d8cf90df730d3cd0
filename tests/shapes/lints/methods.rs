//! Methods, of types and of traits.

use crate::{Failure, Server};
use async_trait::async_trait;
use resilient_runtime::resilient;
use std::sync::Arc;
use tracing::instrument;

/// Methods.
#[derive(Debug, Clone, Default)]
pub struct Client {
    server: Arc<Server>,
    log: Vec<u8>,
}

impl Client {
    /// By reference.
    ///
    /// # Errors
    /// Those of the server.
    #[instrument(skip_all)]
    #[resilient]
    pub async fn shared(&self, text: String) -> Result<String, Failure> {
        let count = self.server.ask(&text).await?;
        Ok(format!("{text}{count}"))
    }

    /// By mutable reference.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    #[instrument(skip_all)]
    pub async fn mutable(&mut self) -> Result<usize, Failure> {
        self.log.push(0);
        self.server.ask("x").await
    }

    /// By a mutable reference that the body moves.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    pub async fn moved(&mut self) -> Result<usize, Failure> {
        let this = self;
        this.log.push(0);
        this.server.ask("x").await
    }

    /// By value.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    pub async fn owned(self, log: &mut Vec<u8>, add: Vec<u8>) -> Result<Vec<u8>, Failure> {
        log.extend(add);
        let count = self.server.ask("x").await?;
        log.truncate(count);
        Ok(self.log)
    }

    /// By pointer.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    pub async fn pointer(self: Arc<Self>) -> Result<usize, Failure> {
        self.server.ask("x").await
    }
}

/// Methods of a trait.
#[async_trait]
pub trait Api {
    /// By reference.
    async fn ask(&self, text: String) -> Result<usize, Failure>;
    /// By mutable reference.
    async fn ask_mut(&mut self, text: String, n: u8) -> Result<usize, Failure>;
}

#[async_trait]
impl Api for Client {
    #[resilient]
    async fn ask(&self, text: String) -> Result<usize, Failure> {
        self.server.ask(text).await
    }

    #[resilient]
    async fn ask_mut(&mut self, text: String, n: u8) -> Result<usize, Failure> {
        self.log.push(n);
        self.server.ask(text).await
    }
}

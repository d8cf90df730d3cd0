//! The operations of a store that replicas share.

use crate::sharing::messages::{Granted, Order, Placed, Report, Scope, View};
use std::{borrow::Cow, error, fmt, future::Future, pin::Pin};

/// The answer of a [`Store`], later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Holds the state of an upstream for all replicas of a program.
///
/// Each operation is one atomic step: it takes in the [`Report`] of the replica, does what it is
/// for, and answers with the [`View`] of all replicas. It compares no clock of a replica with its
/// own: every time in a message is a duration, except the start of a cap's window. An operation
/// that is dropped or that fails may have been carried out or not.
pub trait Store: Send + Sync + 'static {
    /// Places in the line of all replicas, for attempts that wait.
    fn order<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
        order: &'a Order,
    ) -> StoreFuture<'a, (Placed, View)>;

    /// Takes in the report, and answers with the view.
    fn settle<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View>;

    /// As [`settle`](Self::settle), and divides the permits of the concurrency limit among the
    /// replicas by what they hold and want.
    fn beat<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View>;

    /// The right to send a probe of a circuit whose break is over.
    fn probe<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
    ) -> StoreFuture<'a, (Granted, View)>;
}

/// A failure of a store. It contains no address, no password and no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    reason: Cow<'static, str>,
}

impl StoreError {
    /// A failure with its reason, for example `READONLY`. The reason is logged.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shared store cannot be used: {}", self.reason)
    }
}

impl error::Error for StoreError {}

//! The end of the process: waits end, attempts in flight go on.

use crate::{
    event::{EventKind, Origin},
    halt,
};

/// Ends all waits of resilient calls in this process, and lets attempts in flight end. From then on
/// no call makes another attempt.
///
/// A call that waits, in backoff, for the retry budget or for admission by an upstream, ends at
/// once with its last failure, whose history has the reason
/// [`GiveUp::ShutDown`](crate::GiveUp::ShutDown). A call without a failure so far, and every new
/// one, ends with a [`Rejection`](crate::Rejection) of class
/// [`Cancelled`](crate::Class::Cancelled); also one inside an attempt in flight. What the process
/// has to do at its end it does before, or in a function without the attribute. An attempt in
/// flight ends as it does: with its success, or with its failure, which is not retried. Fallbacks
/// are called. Streams that have begun go on, but are not resumed. Hedged runs in flight go on, but
/// no further one is started.
///
/// It returns at once, and cannot be undone; a second call does nothing. To wait for the calls
/// themselves, await their tasks. The event `shutting down` says how many calls waited.
///
/// ```
/// use resilient_runtime::{CallError, Class, resilient, shutdown};
/// use std::{io, time::Duration};
///
/// #[resilient]
/// async fn ask() -> Result<u32, CallError<io::Error>> {
///     Err(io::Error::from(io::ErrorKind::ConnectionReset))? // retried after a second or two
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let call = tokio::spawn(ask());
/// tokio::time::sleep(Duration::from_micros(1)).await;
/// shutdown();
/// let error = call.await.unwrap().unwrap_err(); // at once: the failure of its only attempt
/// assert_eq!(error.error().unwrap().kind(), io::ErrorKind::ConnectionReset);
/// let error = ask().await.unwrap_err(); // not tried at all
/// assert_eq!(error.rejection().unwrap().class(), Class::Cancelled);
/// # }
/// ```
///
/// In an isolated test (feature `testing`), it holds for the calls of that test.
pub fn shutdown() {
    if let Some(waits) = halt::shut_down() {
        // Last, because a subscriber may panic.
        Origin::default().emit_if_recorded(EventKind::ShuttingDown { waits });
    }
}

/// [`shutdown`] when the future ends, such as that of a signal or of a `CancellationToken` of the
/// crate `tokio-util`. Returns what the future does.
///
/// ```
/// use resilient_runtime::{is_shut_down, shutdown_when};
/// use tokio_util::sync::CancellationToken;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let token = CancellationToken::new();
/// let ends = tokio::spawn(shutdown_when(token.clone().cancelled_owned()));
/// assert!(!is_shut_down());
/// token.cancel();
/// ends.await.unwrap();
/// assert!(is_shut_down());
/// # }
/// ```
///
/// Cancel safe: dropped before the future ends, it does nothing.
pub async fn shutdown_when<F: Future>(signal: F) -> F::Output {
    let output = signal.await;
    shutdown();
    output
}

/// Whether [`shutdown`] has been called.
pub fn is_shut_down() -> bool {
    halt::is_shut_down()
}

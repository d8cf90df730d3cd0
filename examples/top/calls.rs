//! The thread that makes the calls, and its end.

use resilient_top::traffic;
use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::{runtime, select, signal::ctrl_c, sync::Notify};

/// The calls of [`traffic`], on a thread of their own: the terminal blocks the other one.
pub(crate) struct Calls {
    thread: JoinHandle<io::Result<()>>,
    stop: Arc<Notify>,
    /// Closed when they have ended.
    ended: Receiver<()>,
}

impl Calls {
    /// Makes calls for this long, or until the process is asked to end.
    pub(crate) fn start(time: Option<Duration>) -> io::Result<Self> {
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, ended) = sync_channel(0);
        let make_calls = move || {
            let _sender = sender;
            runtime.block_on(async {
                select! {
                    () = traffic::run(time) => Ok(()),
                    () = stopped.notified() => Ok(()),
                    ended = terminated() => ended,
                }
            })
        };
        let thread = thread::Builder::new().name("calls".to_owned());
        let thread = thread.spawn(make_calls)?;
        Ok(Self {
            thread,
            stop,
            ended,
        })
    }

    /// Whether they have ended; waits for it for this long.
    pub(crate) fn have_ended_after(&self, time: Duration) -> bool {
        self.ended.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }

    /// Ends them.
    ///
    /// # Errors
    /// A call has panicked.
    pub(crate) fn stop(self) -> io::Result<()> {
        self.stop.notify_one();
        self.thread.join().unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or(panic.downcast_ref::<String>().map(String::as_str));
            let text = text.unwrap_or("without a message");
            Err(io::Error::other(format!("a call has panicked: {text}")))
        })
    }
}

/// Ready when the process is asked to end. In the terminal, Ctrl-C is a key instead. Without its
/// terminal the process ends at once: there is nothing to restore, and reading from the terminal
/// that is gone would never end.
#[cfg(unix)]
#[expect(clippy::exit, reason = "the other thread cannot end")]
async fn terminated() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    select! {
        interrupted = ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => std::process::exit(129),
    }
}

/// Ready when the process is asked to end. In the terminal, Ctrl-C is a key instead.
#[cfg(not(unix))]
async fn terminated() -> io::Result<()> {
    ctrl_c().await
}

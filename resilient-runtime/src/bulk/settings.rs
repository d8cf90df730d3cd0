//! The settings of a bulk run.

use super::{
    Progress, Run,
    journal::{IntoJournal, NoJournal},
    report::Reporter,
    stop::Rules,
};
use crate::Money;
use std::fmt;

/// The most items in flight without a number of the caller's: below the number of files that a
/// process may have open on common systems.
const MOST_IN_FLIGHT: usize = 500;

/// Many items, each of which gets its call. [`run`](Self::run) starts the work.
///
/// The run begins further items as long as the calls of those before are really in flight. While
/// more than half as many wait for admission (for a rate limit, a permit, a shared pause or the
/// circuit breaker), or more of them wait for a retry than are in flight, it begins none. So its
/// concurrency is what the upstream gives, also if that is adaptive, and no call waits for long.
///
/// The items need not be stored: an iterator is asked for the next one when that is begun.
///
/// # Calls
///
/// Items run in the task that polls the [`Run`], concurrently, not in parallel. They may borrow,
/// and dropping the run drops all of them, which cancels their calls. Work that keeps the processor
/// busy for long belongs in `tokio::task::spawn_blocking` or in a task of its own within the item:
/// all others wait for it. The run hears of calls that are polled in the item itself, not in tasks
/// that it spawns.
///
/// A call in an item waits for an open circuit breaker, as with `on(circuit_open, retry = true)`,
/// unless it has a fallback for that: otherwise all further items would fail at once. If an
/// exhausted quota has opened it, or an operator, no call waits, and the run stops.
#[doc(alias("buffer_unordered", "for_each_concurrent", "join_all", "batch"))]
pub struct Bulk<'a, I, J = NoJournal> {
    items: I,
    concurrency: usize,
    rules: Rules<'a>,
    reporter: Reporter<'a>,
    journal: J,
}

/// Without the items.
impl<I, J> fmt::Debug for Bulk<'_, I, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// The items.
impl<I: IntoIterator> Bulk<'_, I> {
    /// Work on these items.
    pub fn new(items: I) -> Self {
        Self {
            items,
            concurrency: MOST_IN_FLIGHT,
            rules: Rules::default(),
            reporter: Reporter::default(),
            journal: NoJournal,
        }
    }
}

/// The start.
impl<'a, I: IntoIterator, J> Bulk<'a, I, J> {
    /// Starts the run: `begin` makes the future of an item, which is polled with the run.
    ///
    /// Nothing happens before the run is polled, by [`Run::collect`], [`Run::next`] or as a stream.
    pub fn run<F, Fut, R, E>(self, begin: F) -> Run<'a, I::IntoIter, F, Fut>
    where
        F: FnMut(I::Item) -> Fut,
        Fut: Future<Output = Result<R, E>>,
        J: IntoJournal<'a, I::Item, Result<R, E>>,
    {
        let Self {
            items,
            concurrency,
            rules,
            reporter,
            journal,
        } = self;
        let journal = journal.into_journal();
        Run::new(
            items.into_iter(),
            begin,
            concurrency,
            rules,
            reporter,
            journal,
        )
    }
}

/// Settings. Defaults: 500 items in flight at most; a stop after 5 refusals in a row.
impl<'a, I, J> Bulk<'a, I, J> {
    #[cfg(feature = "journal")]
    pub(super) fn with_journal<J2>(self, change: impl FnOnce(J) -> J2) -> Bulk<'a, I, J2> {
        Bulk {
            items: self.items,
            concurrency: self.concurrency,
            rules: self.rules,
            reporter: self.reporter,
            journal: change(self.journal),
        }
    }

    /// Sets the most items in flight at once, those that wait included. It is a further bound: the
    /// limits of the upstream hold too. Default: 500. Zero counts as one.
    pub fn concurrency(mut self, most: usize) -> Self {
        self.concurrency = most.max(1);
        self
    }

    /// Stops when so many items have ended in a row with a failure after which no other item can
    /// succeed either. Default: 5; `usize::MAX` for never. Zero counts as one.
    ///
    /// These are the classes [`Authentication`](crate::Class::Authentication),
    /// [`Permission`](crate::Class::Permission) and
    /// [`QuotaExhausted`](crate::Class::QuotaExhausted), and refusals of this process: the circuit
    /// breaker, the limits of the upstream, a switch of an operator. A success starts the count
    /// anew, other failures do not.
    pub fn max_refusals(mut self, in_a_row: usize) -> Self {
        self.rules.max_refusals = in_a_row.max(1);
        self
    }

    /// Stops when so many items have failed, of whatever class. Default: never. Zero counts as one.
    pub fn max_failures(mut self, failed: usize) -> Self {
        self.rules.max_failures = failed.max(1);
        self
    }

    /// Stops when the calls have used so many tokens, input and output together, those of failed
    /// attempts included. Default: never.
    ///
    /// Tokens are those that [`record_tokens`](crate::record_tokens) or a stream counts in calls
    /// through an upstream. Items in flight are finished, so somewhat more may be used.
    pub fn max_tokens(mut self, tokens: u64) -> Self {
        self.rules.max_tokens = tokens;
        self
    }

    /// Stops when the calls have cost so much, those of failed attempts included. Default: never.
    ///
    /// The cost is that of the tokens, by the [`price`](crate::Upstream::price) of the upstreams in
    /// this currency; without a reported usage, that of the estimate by `cost`. Items in flight are
    /// finished, so somewhat more may be used. A [cap](crate::guide::caps) bounds all calls of an
    /// upstream, not those of a run.
    pub fn max_cost(mut self, most: Money) -> Self {
        self.rules.max_cost = Some(most);
        self
    }

    /// Stops when this future is ready: a signal, the end of the time for the run, a message. With
    /// several, the first one that is ready stops it.
    ///
    /// ```
    /// use resilient_runtime::bulk::{Bulk, Stop};
    /// use std::{convert::Infallible, time::Duration};
    /// use tokio::time::sleep;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let done = Bulk::new(0..1_000)
    ///     .concurrency(1)
    ///     .stop_when(sleep(Duration::from_secs(10)))
    ///     .run(async |number| {
    ///         sleep(Duration::from_secs(1)).await;
    ///         Ok::<u32, Infallible>(number)
    ///     })
    ///     .collect()
    ///     .await;
    /// assert_eq!(done.stopped, Some(Stop::Requested));
    /// assert_eq!(done.results.len() + done.rest.count(), 1_000);
    /// # }
    /// ```
    pub fn stop_when(mut self, future: impl Future<Output = ()> + Send + 'a) -> Self {
        self.rules.stop_when(Box::pin(future));
        self
    }

    /// Reports the progress every 100 ms, and once at the end. It can be called several times.
    ///
    /// The function is called in the task of the run: it should not block. It needs a tokio runtime
    /// with time enabled.
    pub fn progress(mut self, report: impl FnMut(&Progress) + Send + 'a) -> Self {
        self.reporter.add(Box::new(report));
        self
    }

    /// Draws a bar on the standard error stream: the number of items that have ended, their rate,
    /// the time left, and the reason of a pause, such as `rate limited, 12 s`. Silent if the stream
    /// is no terminal.
    #[cfg(feature = "indicatif")]
    pub fn progress_bar(self) -> Self {
        let mut bar = super::bar::Bar::on_stderr();
        self.progress(move |progress| bar.draw(progress))
    }
}

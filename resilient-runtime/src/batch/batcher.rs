//! Gathers single loads of many tasks into calls of one function for batches.

use super::{
    BatchOutput,
    gathered::{Batch, Gathered, Limits},
    ticket::Ticket,
};
use crate::{
    FromRejection,
    sync::{Mutex, lock},
    timer::Timer,
};
use std::{fmt, future::poll_fn, pin::pin, sync::Arc, time::Duration};

/// Gathers items that tasks load one by one, and calls a function with many of them at once.
///
/// [`load`](Self::load) adds an item to the batch that is being gathered, and returns its result. A
/// batch is sent when it has [`max`](Self::max) items or [`weight`](Self::weight), or
/// [`wait`](Self::wait) after its first item. Several batches may be in flight; limits of an
/// [`Upstream`](crate::Upstream) hold them back.
///
/// The function takes a `Vec<T>`, and its future gives one result for each item, in their order: a
/// `Vec<Result<R, E>>`, as the `.._each` of [`split`](crate::guide::split) does, or a
/// `Result<Vec<R>, E>`, whose error all items of the batch share.
///
/// ```
/// use resilient_runtime::{CallError, batch::Batcher, resilient};
/// use std::time::Duration;
///
/// #[resilient(split)]
/// async fn lengths(words: Vec<String>) -> Result<Vec<usize>, CallError<std::io::Error>> {
///     Ok(words.iter().map(String::len).collect()) // instead of one request
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let batcher = Batcher::new(lengths_each).max(100).wait(Duration::from_millis(5));
/// let load = |word: &str| batcher.load(word.to_owned());
/// let (one, three) = tokio::join!(load("one"), load("three")); // one call
/// assert_eq!((one.unwrap(), three.unwrap()), (3, 5));
/// # }
/// ```
pub struct Batcher<T, R, E> {
    call: Gathered<T, R, E>,
    limits: Limits<T>,
    /// The batch that is being gathered.
    current: Mutex<Option<Arc<Batch<T, R, E>>>>,
}

impl<T: 'static, R: 'static, E: FromRejection + 'static> Batcher<T, R, E> {
    /// Calls `function` with the items: at most 100, which wait for at most 5 ms.
    pub fn new<F, O>(function: impl Fn(Vec<T>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = O> + Send + 'static,
        O: BatchOutput<Item = R, Error = E>,
    {
        let call = move |items: Vec<T>| {
            let number = items.len();
            let future = function(items);
            let each = async move { future.await.into_each(number) };
            Box::pin(each) as _
        };
        Self {
            call: Box::new(call),
            limits: Limits::DEFAULT,
            current: Mutex::new(None),
        }
    }

    /// The largest number of items in a batch: 100 by default. 0 counts as 1.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.limits.items = max.max(1);
        self
    }

    /// The largest weight of a batch, such as its tokens, and the weight of an item; no limit by
    /// default. An item with a larger weight is sent alone.
    #[must_use]
    pub fn weight(mut self, of: impl Fn(&T) -> u64 + Send + Sync + 'static, max: u64) -> Self {
        self.limits.weight = max;
        self.limits.weight_of = Some(Box::new(of));
        self
    }

    /// The time that the first item of a batch waits for others: 5 ms by default. With zero, a
    /// batch is sent when one of its loads is polled for the first time.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.limits.wait = wait;
        self
    }

    /// The result of this item, which is added to a batch when the future is polled first.
    ///
    /// There is no task in the background: the batch is called in the loads that wait for it, one
    /// of which polls its future. If that one is dropped, another one goes on. Loads have to be
    /// polled: one that has polled the future and is then neither polled nor dropped holds up the
    /// others.
    ///
    /// Cancel safe: an item leaves its batch if this is dropped before the batch is sent. After
    /// that, its result is dropped. If all loads of a batch are dropped, so is its call.
    ///
    /// # Errors
    /// The error of the function. A [`Rejection`](crate::Rejection) of class `decode`, if it gives
    /// another number of results than items; of class `cancelled`, if it panics: the panic itself
    /// goes to the load that has polled it.
    pub async fn load(&self, item: T) -> Result<R, E> {
        let ticket = self.join(item);
        let mut timer = pin!(Timer::new());
        poll_fn(|cx| ticket.poll(timer.as_mut(), cx, &self.call)).await
    }

    /// Adds the item to the batch that is being gathered, or to a new one.
    fn join(&self, item: T) -> Ticket<T, R, E> {
        let weight = self.limits.weight_of.as_ref().map_or(0, |of| of(&item));
        // Used without the lock: a waker and the results of a batch are the caller's code.
        let (mut woken, mut before) = (None, None);
        let mut current = lock(&self.current);
        let batch = current.take();
        let mut item = Some(item);
        let joined = batch
            .as_ref()
            .and_then(|batch| batch.join(&mut item, weight, &self.limits, &mut woken));
        let (batch, joined) = match (batch, joined) {
            (Some(batch), Some(joined)) => (batch, joined),
            (batch, _) => {
                before = batch;
                Batch::begin(&mut item, weight, &self.limits)
            }
        };
        if !joined.is_full {
            *current = Some(Arc::clone(&batch));
        }
        drop(current);
        if let Some(woken) = woken {
            woken.wake();
        }
        drop(before);
        Ticket::new(batch, joined.index)
    }
}

impl<T, R, E> fmt::Debug for Batcher<T, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher")
            .field("max", &self.limits.items)
            .field("weight", &self.limits.weight)
            .field("wait", &self.limits.wait)
            .finish_non_exhaustive()
    }
}

//! An item in flight, and the count of those that wait.

use crate::{
    Class, Tokens,
    cap::Costs,
    item::{self, Wait},
    statistics::WaitReason,
    sync::{Mutex, lock},
};
use pin_project_lite::pin_project;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

/// The payload of a panic.
pub(super) type Panic = Box<dyn Any + Send>;

/// The numbers that the items of a run add to.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Items that wait for admission.
    queued: AtomicUsize,
    /// Items that wait for a retry.
    retrying: AtomicUsize,
    input: AtomicU64,
    output: AtomicU64,
    costs: Mutex<Costs>,
}

impl Meter {
    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    pub(super) fn retrying(&self) -> usize {
        self.retrying.load(Ordering::Relaxed)
    }

    pub(super) fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input.load(Ordering::Relaxed),
            output: self.output.load(Ordering::Relaxed),
        }
    }

    pub(super) fn costs(&self) -> Costs {
        *lock(&self.costs)
    }

    fn pays(&self, costs: Costs) {
        if !costs.is_none() {
            let mut sum = lock(&self.costs);
            *sum = sum.plus(costs);
        }
    }

    fn waiting(&self, wait: Wait) -> &AtomicUsize {
        match wait.reason {
            WaitReason::Backoff | WaitReason::Server | WaitReason::Budget => &self.retrying,
            _ => &self.queued,
        }
    }

    fn spends(&self, tokens: Tokens) {
        if tokens != Tokens::default() {
            self.input.fetch_add(tokens.input, Ordering::Relaxed);
            self.output.fetch_add(tokens.output, Ordering::Relaxed);
        }
    }
}

pin_project! {
    /// An item in flight.
    pub(super) struct InFlight<Fut> {
        index: usize,
        meter: Arc<Meter>,
        wait: Option<Wait>,
        failed_with: Option<Class>,
        #[pin]
        future: Fut,
    }
}

/// The end of an item.
pub(super) struct Ended<T> {
    pub(super) index: usize,
    /// The class that its last failed call has failed with.
    pub(super) failed_with: Option<Class>,
    pub(super) result: Result<T, Panic>,
}

impl<Fut> InFlight<Fut> {
    pub(super) fn new(index: usize, meter: &Arc<Meter>, future: Fut) -> Self {
        Self {
            index,
            meter: Arc::clone(meter),
            wait: None,
            failed_with: None,
            future,
        }
    }

    /// The wait of its call, if it waits.
    pub(super) const fn wait(&self) -> Option<Wait> {
        self.wait
    }
}

impl<Fut: Future> Future for InFlight<Fut> {
    type Output = Ended<Fut::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // A panic ends the item, and is handed on with the results of the others.
        let poll = || catch_unwind(AssertUnwindSafe(|| this.future.poll(cx)));
        let (polled, report) = item::listen(poll);
        this.meter.spends(report.tokens);
        this.meter.pays(report.costs);
        *this.failed_with = report.failed_with.or(*this.failed_with);
        let result = match polled {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(output)) => Some(Ok(output)),
            Err(panic) => Some(Err(panic)),
        };
        let wait = report.wait.filter(|_| result.is_none());
        if let Some(before) = std::mem::replace(this.wait, wait) {
            this.meter.waiting(before).fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(now) = wait {
            this.meter.waiting(now).fetch_add(1, Ordering::Relaxed);
        }
        result.map_or(Poll::Pending, |result| {
            Poll::Ready(Ended {
                index: *this.index,
                failed_with: *this.failed_with,
                result,
            })
        })
    }
}

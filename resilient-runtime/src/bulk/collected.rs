//! The results of a run, and the items that it has not begun.

use super::Stop;
use std::{
    fmt,
    iter::{Enumerate, Fuse},
};

/// All results of a run, from [`Run::collect`](super::Run::collect).
#[derive(Debug)]
#[must_use = "a run may have stopped before its end"]
#[non_exhaustive]
pub struct Collected<R, E, I: Iterator> {
    /// The result of each item that was begun, with its index, in the order of the items. An item
    /// that has panicked has none.
    pub results: Vec<(usize, Result<R, E>)>,
    /// The items that were not begun; none unless the run has stopped.
    pub rest: Rest<I>,
    /// The reason why the run has stopped; `None` if all items were begun, unless the journal has
    /// failed.
    pub stopped: Option<Stop>,
}

/// The items of a run that it has not begun, each with its index among all items.
pub struct Rest<I: Iterator> {
    items: Enumerate<Fuse<I>>,
    /// Whether the iterator has ended.
    is_over: bool,
}

impl<I: Iterator> Rest<I> {
    pub(super) fn new(items: I) -> Self {
        Self {
            items: items.fuse().enumerate(),
            is_over: false,
        }
    }

    /// Whether it is known that there are no more items.
    pub(super) fn is_over(&self) -> bool {
        self.is_over || self.exact_len() == Some(0)
    }

    /// The number of items, if the iterator knows it.
    pub(super) fn exact_len(&self) -> Option<usize> {
        let (least, most) = self.items.size_hint();
        most.filter(|most| *most == least)
    }
}

impl<I: Iterator> Iterator for Rest<I> {
    type Item = (usize, I::Item);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.items.next();
        self.is_over = next.is_none();
        next
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

/// Without the items.
impl<I: Iterator> fmt::Debug for Rest<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("size_hint", &self.size_hint())
            .finish_non_exhaustive()
    }
}

//! An `impl Iterator` as an argument. Its items are taken when an attempt asks for them, as without
//! the attribute, so that it may have no end. They are kept for the attempts after it.

use super::CloneItemForEachAttempt;
use crate::sync::{Mutex, lock};
use std::{fmt, iter::Fuse, sync::Arc};

/// The items of an iterator, from the first one on.
pub struct Replayed<I: Iterator> {
    source: Arc<Mutex<Source<I>>>,
    clone_item: fn(&I::Item) -> I::Item,
    /// The number of items that this one has given.
    given: usize,
}

struct Source<I: Iterator> {
    kept: Vec<I::Item>,
    rest: Fuse<I>,
}

/// The iterator for all attempts.
pub(super) fn replayed<T, I>(items: I) -> Replayed<I>
where
    T: CloneItemForEachAttempt,
    I: Iterator<Item = T>,
{
    Replayed {
        source: Arc::new(Mutex::new(Source {
            kept: Vec::new(),
            rest: items.fuse(),
        })),
        clone_item: T::clone_item,
        given: 0,
    }
}

impl<I: Iterator> Iterator for Replayed<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let mut source = lock(&self.source);
        let Source { kept, rest } = &mut *source;
        let item = match kept.get(self.given) {
            Some(item) => (self.clone_item)(item),
            None => {
                let item = rest.next()?;
                kept.push((self.clone_item)(&item));
                item
            }
        };
        self.given = self.given.saturating_add(1);
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let source = lock(&self.source);
        let kept = source.kept.len().saturating_sub(self.given);
        let (least, most) = source.rest.size_hint();
        let most = most.and_then(|most| most.checked_add(kept));
        (least.saturating_add(kept), most)
    }
}

impl<I: Iterator> fmt::Debug for Replayed<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replayed")
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// From its next item on.
impl<I: Iterator> Clone for Replayed<I> {
    fn clone(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            clone_item: self.clone_item,
            given: self.given,
        }
    }
}

/// The items of an `impl Iterator`. The body sees no more than that.
pub fn replay<I: Iterator>(items: Replayed<I>) -> impl Iterator<Item = I::Item> {
    items
}

/// The items of an `impl IntoIterator`. The body sees no more than that.
pub fn replay_items<I: Iterator>(
    items: Replayed<I>,
) -> impl IntoIterator<Item = I::Item, IntoIter = Replayed<I>> {
    items
}

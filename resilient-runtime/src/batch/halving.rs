//! A batch that is halved after failures that smaller batches may not have.

use super::{
    BatchResult, SharedError,
    meaning::{Meaning, Sign, meaning},
};
use crate::{
    Classification, FromRejection, Rejection,
    call::{By, ByTrait, ClassifyError, IntoClassification},
    event::{EventKind, Origin},
};
use std::{borrow::Cow, collections::VecDeque, fmt, ops::Range};

/// A part of the batch.
struct Part {
    range: Range<usize>,
    /// How often the batch was halved before.
    splits: u32,
    parent: Option<usize>,
    /// The indexes of its halves, once it is split.
    halves: Option<[usize; 2]>,
    /// Its failure, if the parts in it may fail like it.
    sign: Option<Sign>,
    /// It is not tried, nor are the parts in it.
    is_over: bool,
}

type Each<Q> = Result<<Q as BatchResult>::Item, SharedError<<Q as BatchResult>::Error>>;

/// A batch in progress: its parts are called one after another, the largest first.
pub struct Halving<T, Q: BatchResult, C = ByTrait> {
    name: &'static str,
    items: Vec<T>,
    /// Clones a part of them.
    clone: fn(&[T]) -> Vec<T>,
    errors: C,
    /// One for each item, once it is known.
    results: Vec<Option<Each<Q>>>,
    parts: Vec<Part>,
    /// The indexes of the parts that are to be tried, in order.
    waiting: VecDeque<usize>,
    current: Option<usize>,
}

impl<T, Q: BatchResult> Halving<T, Q> {
    /// A batch of the function with this name. Without items, there is no part.
    // The bound is here alone, so that it is reported once.
    pub fn new(name: &'static str, items: Vec<T>) -> Self
    where
        T: Clone,
    {
        let whole = Part {
            range: 0..items.len(),
            splits: 0,
            parent: None,
            halves: None,
            sign: None,
            is_over: false,
        };
        let waiting = (!items.is_empty()).then_some(0).into_iter().collect();
        Self {
            name,
            results: items.iter().map(|_| None).collect(),
            items,
            clone: <[T]>::to_vec,
            errors: ByTrait,
            parts: vec![whole],
            waiting,
            current: None,
        }
    }

    /// Classifies errors by `classify`.
    pub fn classify<F, K>(self, classify: F) -> Halving<T, Q, By<F>>
    where
        F: Fn(&Q::Error) -> K,
        K: IntoClassification,
    {
        let Self {
            name,
            items,
            clone,
            errors: _,
            results,
            parts,
            waiting,
            current,
        } = self;
        Halving {
            name,
            items,
            clone,
            errors: By(classify),
            results,
            parts,
            waiting,
            current,
        }
    }
}

impl<T, Q: BatchResult, C> Halving<T, Q, C> {
    /// The items of the next call. `None` if each item has its result.
    pub fn next_part(&mut self) -> Option<Vec<T>> {
        while let Some(index) = self.waiting.pop_front() {
            if self.is_over(index) {
                continue;
            }
            let range = self.parts.get(index)?.range.clone();
            self.current = Some(index);
            return self.items.get(range).map(self.clone);
        }
        None
    }

    /// The call for this part has ended.
    pub fn ended(&mut self, result: Q)
    where
        C: ClassifyError<Q::Error>,
        Q::Error: FromRejection,
    {
        let Some((index, part)) = self
            .current
            .take()
            .and_then(|index| Some((index, self.parts.get(index)?)))
        else {
            return;
        };
        let (range, splits) = (part.range.clone(), part.splits);
        let error = match result.into_batch() {
            Ok(results) if results.len() == range.len() => {
                self.succeeded(range, results);
                return;
            }
            Ok(results) => {
                let rejection = Rejection::wrong_count(range.len(), results.len());
                let error = Q::Error::from_rejection(rejection);
                let error = SharedError::new(error, range.len(), splits);
                self.failed(range, &error);
                return;
            }
            Err(error) => error,
        };
        let failure = self.errors.classify_error(&error);
        let error = SharedError::new(error, range.len(), splits);
        match meaning(&failure) {
            Meaning::Whole => self.failed(range, &error),
            Meaning::Nothing => {
                self.failed(range, &error);
                self.give_up(0, &error);
            }
            meaning => {
                if let Some(part) = self.parts.get_mut(index) {
                    part.sign = (meaning == Meaning::SomeOrAll).then(|| Sign::of(&failure));
                }
                if range.len() <= 1 {
                    self.failed(range, &error);
                } else {
                    self.split(index, &failure);
                }
                if let Some(common) = self.fails_like_its_quarters(index) {
                    self.give_up(common, &error);
                }
            }
        }
    }

    /// The results, one for each item, in the order of the items.
    pub fn into_results(self) -> Vec<Each<Q>> {
        self.results.into_iter().flatten().collect()
    }

    fn succeeded(&mut self, range: Range<usize>, results: Vec<Q::Item>) {
        let places = self.results.get_mut(range).into_iter().flatten();
        for (place, result) in places.zip(results) {
            *place = Some(Ok(result));
        }
    }

    /// The items of this range have failed with their call.
    fn failed(&mut self, range: Range<usize>, error: &SharedError<Q::Error>) {
        for place in self.results.get_mut(range).into_iter().flatten() {
            *place = Some(Err(error.clone()));
        }
    }

    /// The items of this part without a result fail with this error, and are not tried.
    fn give_up(&mut self, index: usize, error: &SharedError<Q::Error>) {
        let Some(part) = self.parts.get_mut(index) else {
            return;
        };
        part.is_over = true;
        let range = part.range.clone();
        for place in self.results.get_mut(range).into_iter().flatten() {
            place.get_or_insert_with(|| Err(error.not_sent()));
        }
    }

    /// Whether the part, or one around it, is over.
    fn is_over(&self, index: usize) -> bool {
        let mut next = self.parts.get(index);
        while let Some(part) = next {
            if part.is_over {
                return true;
            }
            next = part.parent.and_then(|parent| self.parts.get(parent));
        }
        false
    }

    /// Halves the part. The first half has the odd item.
    fn split(&mut self, index: usize, failure: &Classification) {
        let first = self.parts.len();
        let Some(part) = self.parts.get_mut(index) else {
            return;
        };
        let (range, splits) = (part.range.clone(), part.splits);
        let halves = [first, first.saturating_add(1)];
        part.halves = Some(halves);
        let middle = range.start.saturating_add(range.len().div_ceil(2));
        for range in [range.start..middle, middle..range.end] {
            self.parts.push(Part {
                range,
                splits: splits.saturating_add(1),
                parent: Some(index),
                halves: None,
                sign: None,
                is_over: false,
            });
        }
        self.waiting.extend(halves);
        let kind = EventKind::BatchSplit {
            failure: Cow::Borrowed(failure),
            items: range.len(),
        };
        Origin::of(self.name).emit_if_recorded(kind);
    }

    /// The part two levels above this one, if it, both its halves and all its quarters have failed
    /// with one sign: the rest of it would too.
    fn fails_like_its_quarters(&self, index: usize) -> Option<usize> {
        let part = |index: usize| self.parts.get(index);
        let common = part(part(index)?.parent?)?.parent?;
        let sign = part(common)?.sign.as_ref()?;
        let fails_alike =
            |index: &usize| part(*index).and_then(|it| it.sign.as_ref()) == Some(sign);
        let halves = part(common)?.halves?;
        let all = halves.iter().all(|half| {
            let quarters = part(*half).and_then(|it| it.halves);
            fails_alike(half) && quarters.is_some_and(|quarters| quarters.iter().all(fails_alike))
        });
        all.then_some(common)
    }
}

impl<T, Q: BatchResult, C> fmt::Debug for Halving<T, Q, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halving")
            .field("name", &self.name)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "halving_test.rs"]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::match_bool,
    clippy::result_large_err,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]
mod tests;

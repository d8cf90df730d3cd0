//! The error of one call, shared by the items of its batch.

use crate::{Classification, Classify, FromRejection, Rejection};
use std::{error::Error, fmt, ops::Deref, sync::Arc};

/// The error of a batch, for one of its items. All items of the batch share the error itself, so a
/// clone is cheap.
///
/// It dereferences to the error, and has its text, source and classification.
pub struct SharedError<E> {
    error: Arc<E>,
    items: usize,
    splits: u32,
    was_sent: bool,
}

impl<E> SharedError<E> {
    /// The error of a call with so many items, which were halved so often before it.
    pub(super) fn new(error: E, items: usize, splits: u32) -> Self {
        Self {
            error: Arc::new(error),
            items,
            splits,
            was_sent: true,
        }
    }

    /// The same error, for an item that is given up because of it.
    pub(super) fn not_sent(&self) -> Self {
        Self {
            was_sent: false,
            ..self.clone()
        }
    }

    /// The error of the call.
    pub fn error(&self) -> &E {
        &self.error
    }

    /// The error by value, if no other item shares it.
    ///
    /// # Errors
    /// This error itself, if another item has it too.
    pub fn into_error(self) -> Result<E, Self> {
        let Self {
            error,
            items,
            splits,
            was_sent,
        } = self;
        Arc::try_unwrap(error).map_err(|error| Self {
            error,
            items,
            splits,
            was_sent,
        })
    }

    /// The number of items in the call that has failed. With 1, the failure is of this item alone,
    /// unless [`was_sent`](Self::was_sent) is false.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How often the batch was halved before that call.
    pub fn splits(&self) -> u32 {
        self.splits
    }

    /// Whether that call had this item. Otherwise the item is not tried in a smaller batch, because
    /// the failure of the others says that this fails as well; a later call may succeed.
    pub fn was_sent(&self) -> bool {
        self.was_sent
    }
}

impl<E> Clone for SharedError<E> {
    fn clone(&self) -> Self {
        Self {
            error: Arc::clone(&self.error),
            ..*self
        }
    }
}

impl<E> Deref for SharedError<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.error
    }
}

/// Of one item.
impl<E: FromRejection> From<Rejection> for SharedError<E> {
    fn from(rejection: Rejection) -> Self {
        Self::new(E::from_rejection(rejection), 1, 0)
    }
}

impl<E: Classify> Classify for SharedError<E> {
    fn classify(&self) -> Classification {
        self.error.classify()
    }
}

/// As the error.
impl<E: fmt::Display> fmt::Display for SharedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<E: fmt::Debug> fmt::Debug for SharedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedError")
            .field("error", &self.error)
            .field("items", &self.items)
            .field("splits", &self.splits)
            .field("was_sent", &self.was_sent)
            .finish()
    }
}

impl<E: Error> Error for SharedError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

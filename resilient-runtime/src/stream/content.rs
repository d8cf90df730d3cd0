//! The judgement of the items of a stream.

use crate::Tokens;
use std::fmt;

/// The judgement of items: `content`, `last` and `usage` of the attribute.
pub struct Content<T> {
    /// Whether an item is content, rather than a keep-alive or metadata; without it, every one is.
    counts: Option<fn(&T) -> bool>,
    /// Whether an item is the last one; without it, a stream may end anywhere.
    is_last: Option<fn(&T) -> bool>,
    /// The tokens that an item says were used.
    usage: Option<fn(&T) -> Option<Tokens>>,
}

impl<T> Content<T> {
    /// Every item is content, and any may be the last.
    pub const fn any() -> Self {
        Self {
            counts: None,
            is_last: None,
            usage: None,
        }
    }

    /// The items for which this is true are content.
    pub const fn content(self, is_content: fn(&T) -> bool) -> Self {
        Self {
            counts: Some(is_content),
            ..self
        }
    }

    /// The stream ends with an item for which this is true.
    pub const fn last(self, is_last: fn(&T) -> bool) -> Self {
        Self {
            is_last: Some(is_last),
            ..self
        }
    }

    /// The tokens used are the most that an item says.
    pub const fn usage(self, usage: fn(&T) -> Option<Tokens>) -> Self {
        Self {
            usage: Some(usage),
            ..self
        }
    }

    #[inline]
    pub(super) fn tokens_of(&self, item: &T) -> Option<Tokens> {
        self.usage.and_then(|usage| usage(item))
    }

    #[inline]
    pub(super) fn is_content(&self, item: &T) -> bool {
        self.counts.is_none_or(|counts| counts(item))
    }

    /// Whether content can be told from other items.
    #[inline]
    pub(super) const fn tells_content(&self) -> bool {
        self.counts.is_some()
    }

    /// Whether the last item can be told.
    pub(super) const fn has_last(&self) -> bool {
        self.is_last.is_some()
    }

    #[inline]
    pub(super) fn is_last(&self, item: &T) -> bool {
        self.is_last.is_some_and(|is_last| is_last(item))
    }
}

impl<T> Clone for Content<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Content<T> {}

impl<T> fmt::Debug for Content<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").finish_non_exhaustive()
    }
}

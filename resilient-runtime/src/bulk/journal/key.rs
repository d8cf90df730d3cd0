//! The names of items in a journal.

use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::{
    fmt,
    hash::{Hash, Hasher as _},
};

/// The name of an item in a journal.
pub(super) struct Key {
    /// Stands for the item in memory.
    pub(super) hash: u128,
    /// The key of the caller; none if items are named by their hash.
    pub(super) text: Option<Box<str>>,
}

impl Key {
    pub(super) fn of_text(text: String) -> Self {
        Self {
            hash: hash_of_text(&text),
            text: Some(text.into()),
        }
    }
}

/// The same in every process, as long as the type and its `Hash` are the same.
pub(super) fn hash<T: Hash + ?Sized>(item: &T) -> u128 {
    let mut hasher = SipHasher13::new();
    item.hash(&mut hasher);
    hasher.finish128().as_u128()
}

pub(super) fn hash_of_text(text: &str) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish128().as_u128()
}

/// A hash that differs where those of items may: with the width and the order of bytes of a number.
pub(super) fn probe() -> u128 {
    hash(&(1_usize, 2_u16, "probe"))
}

/// Items are named by their hash: the default.
#[derive(Clone, Copy, Debug)]
pub struct ByHash;

/// Items are named by a function: [`Bulk::journal_key`](super::super::Bulk::journal_key).
pub struct ByKey<'a, T>(pub(super) Box<dyn FnMut(&T) -> String + Send + 'a>);

impl<T> fmt::Debug for ByKey<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByKey").finish_non_exhaustive()
    }
}

/// The way in which items are named.
pub enum Name<'a, T> {
    /// By their hash.
    Hash(fn(&T) -> u128),
    /// By a function of the caller's.
    Key(Box<dyn FnMut(&T) -> String + Send + 'a>),
}

impl<T> Name<'_, T> {
    pub(super) fn of(&mut self, item: &T) -> Key {
        match self {
            Self::Hash(hash) => Key {
                hash: hash(item),
                text: None,
            },
            Self::Key(key) => Key::of_text(key(item)),
        }
    }

    pub(super) const fn is_hash(&self) -> bool {
        matches!(self, Self::Hash(_))
    }
}

/// Names for items of the type `T`.
pub trait Names<'a, T> {
    #[doc(hidden)]
    fn into_name(self) -> Name<'a, T>;
}

impl<'a, T: Hash> Names<'a, T> for ByHash {
    fn into_name(self) -> Name<'a, T> {
        Name::Hash(hash::<T>)
    }
}

impl<'a, T> Names<'a, T> for ByKey<'a, T> {
    fn into_name(self) -> Name<'a, T> {
        Name::Key(self.0)
    }
}

//! Hashes of keys, and the form in which a long key is kept.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The longest key that is kept as it is, in bytes.
pub(super) const LONGEST: usize = 64;

/// The bytes kept of the beginning of a longer key.
const BEGINNING: usize = 48;

/// Hashes with random keys of the process.
pub(super) struct KeyHasher([RandomState; 2]);

impl KeyHasher {
    pub(super) fn new() -> Self {
        Self([RandomState::new(), RandomState::new()])
    }

    #[inline]
    pub(super) fn hash(&self, key: &str) -> u64 {
        let [hasher, _] = &self.0;
        hasher.hash_one(key)
    }

    /// A long key as it is kept: its beginning and 128 bits of hashes. It is never that of another
    /// key, for it is longer than any key that is kept as it is.
    #[cold]
    pub(super) fn shortened(&self, key: &str) -> String {
        let [first, second] = self.0.each_ref().map(|hasher| hasher.hash_one(key));
        let mut ends = (0..=BEGINNING).rev();
        let beginning = ends.find_map(|end| key.get(..end)).unwrap_or_default();
        format!("{beginning}…{first:016x}{second:016x}")
    }
}

/// A hasher that returns its input, which is a hash already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

//! Random numbers.

use crate::clock::nanos;
use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
    time::Duration,
};

thread_local! {
    /// The seed of the thread, and how many numbers were drawn from it.
    static DRAWN: Cell<(u64, u32)> = const { Cell::new((0, 0)) };
}

/// A uniform random number, for jitter. The standard library seeds a `RandomState` from the
/// system's randomness, and the `SipHash` of anything is a random seed.
pub(crate) fn random() -> u64 {
    let (seed, drawn) = DRAWN.get();
    let (seed, drawn) = match drawn.checked_add(1) {
        Some(next) if drawn > 0 => (seed, next),
        _ => (RandomState::new().hash_one(()), 1),
    };
    DRAWN.set((seed, drawn));
    seeded(seed, drawn)
}

/// 128 bits that no other process draws.
pub(crate) fn unique() -> u128 {
    let keys = RandomState::new();
    (u128::from(keys.hash_one(0)) << 64) | u128::from(keys.hash_one(1))
}

/// A uniformly random part of `whole`.
pub(crate) fn part_of(whole: Duration) -> Duration {
    let picked = u128::from(nanos(whole)).saturating_mul(random().into());
    Duration::from_nanos((picked >> 64) as u64)
}

/// A reproducible number for a seed: [SplitMix64](https://doi.org/10.1145/2714064.2660195).
pub(crate) fn seeded(seed: u64, input: u32) -> u64 {
    let mut z = seed.wrapping_add(u64::from(input).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

//! Random numbers.

use crate::clock::nanos;
use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// A uniform random number. The standard library seeds each `RandomState` from the system's
/// randomness; the `SipHash` of any input is random enough here.
pub(crate) fn random(input: u32) -> u64 {
    RandomState::new().hash_one(input)
}

/// A uniformly random part of `whole`.
pub(crate) fn part_of(whole: Duration) -> Duration {
    let picked = u128::from(nanos(whole)).saturating_mul(random(0).into());
    Duration::from_nanos((picked >> 64) as u64)
}

/// A reproducible number for a seed: [SplitMix64](https://doi.org/10.1145/2714064.2660195).
pub(crate) fn seeded(seed: u64, input: u32) -> u64 {
    let mut z = seed.wrapping_add(u64::from(input).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

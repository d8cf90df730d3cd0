//! Where random numbers come from.

use crate::clock::nanos;
use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// A uniform random number. The standard library keys its hash maps from the system's source of randomness
/// and takes other keys for each; their `SipHash` of anything is as good a number as is needed here.
pub(crate) fn random(input: u32) -> u64 {
    RandomState::new().hash_one(input)
}

/// A random part of it.
pub(crate) fn part_of(whole: Duration) -> Duration {
    let picked = u128::from(nanos(whole)).saturating_mul(random(0).into());
    Duration::from_nanos((picked >> 64) as u64)
}

/// A repeatable number for a seed: [SplitMix64](https://doi.org/10.1145/2714064.2660195).
pub(crate) fn seeded(seed: u64, input: u32) -> u64 {
    let mut z = seed.wrapping_add(u64::from(input).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

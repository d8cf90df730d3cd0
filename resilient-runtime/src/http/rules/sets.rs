//! Sets of rules: most rules are for other statuses, and name nothing that an answer does.

use super::{Rule, table::RULES};

/// A set of rules, by their indices.
pub(super) type RuleSet = u64;

/// The bits of the names of each rule: most rules name nothing that an answer does.
static NAME_BITS: [u64; RULES.len()] = name_bits();

/// The rules for each [`status_index`]: most rules are for other statuses.
static BY_STATUS: [RuleSet; 64] = by_status();

const _: () = assert!(
    RULES.len() <= 64,
    "a set of rules has 64 bits: merge rules, or use u128"
);

/// The place of a status in [`BY_STATUS`]. Statuses that providers rarely use share one.
const fn status_index(status: u16) -> usize {
    let index = match status {
        0..400 => 0,
        400..450 => status.saturating_sub(399),
        500..512 => status.saturating_sub(449),
        _ => 63,
    };
    index as usize
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler"
)]
const fn name_bits() -> [u64; RULES.len()] {
    let mut bits = [0; RULES.len()];
    let mut at = 0;
    while at < bits.len() {
        let mut names = RULES[at].names;
        while let Some((name, rest)) = names.split_first() {
            bits[at] |= name.bit();
            names = rest;
        }
        at += 1;
    }
    bits
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler"
)]
const fn by_status() -> [RuleSet; 64] {
    let mut sets = [0; 64];
    let mut at = 0;
    while at < RULES.len() {
        let mut ranges = RULES[at].status;
        while let Some(((first, last), rest)) = ranges.split_first() {
            let mut status = *first;
            while status <= *last {
                sets[status_index(status)] |= 1 << at;
                status += 1;
            }
            ranges = rest;
        }
        at += 1;
    }
    sets
}

/// The rules that may be for this status.
pub(super) fn for_status(status: u16) -> RuleSet {
    let rules = BY_STATUS.get(status_index(status));
    rules.copied().unwrap_or_default()
}

/// Takes the first rule out of a set: the rule, its bit and the bits of its names.
#[inline]
pub(super) fn next(left: &mut RuleSet) -> Option<(&'static Rule, RuleSet, u64)> {
    let at = usize::try_from(left.trailing_zeros()).ok()?;
    let (rule, names) = (RULES.get(at)?, NAME_BITS.get(at)?);
    let bit = *left & left.wrapping_neg();
    *left ^= bit;
    Some((rule, bit, *names))
}

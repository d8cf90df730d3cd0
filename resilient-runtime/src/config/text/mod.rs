//! Durations and rates as the attribute has them: these files are those of
//! `resilient-macros`, without their tests, and a test of the workspace compares them.

#[expect(dead_code, reason = "the attribute writes durations, too")]
pub(super) mod duration;
#[expect(dead_code, reason = "the attribute writes rates, too")]
pub(super) mod rate;

//! The rows of the table for each way to write a call, and the limits of ours.
//! `tests/docs/costs.rs` holds the figures of the guide against them.
#![allow(dead_code, reason = "not every bench uses all of it")]

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The most that ours is to cost. In the default profile, 5 % above that is tolerated.
    pub(crate) goal: Option<u64>,
    /// The limits where they are not the goal, in the bench profile and in the default one:
    /// measured plus 2 %, in the default profile up to 5 %.
    today: Option<[u64; PROFILES]>,
}

/// The bench profile and the default one.
pub(crate) const PROFILES: usize = 2;

pub(crate) const AT_ONCE: &str = "success at once";
pub(crate) const ONE_PENDING: &str = "success after one Pending";
pub(crate) const FUTURE: &str = "bytes of the future: bare +";
pub(crate) const ALLOCATIONS: &str = "allocations of a success";

pub(crate) const ROWS: [Row; 12] = [
    row(AT_ONCE).goal(300).today(200, 243),
    row(ONE_PENDING).goal(1_064).today(1_036, 1_117),
    row("final error, nobody listens").goal(900),
    // Above the goal since each of its decisions asks for observers, a shutdown, switches and
    // other targets.
    row("two failures, no delay, success")
        .goal(3_000)
        .today(3_205, 3_360),
    row("upstream: success at once").goal(500),
    row(FUTURE).goal(200).today(192, 192),
    row("bytes with an upstream: bare +").goal(200),
    row("bytes in backoff, task included").goal(600),
    row("the same with an upstream").goal(600),
    row(ALLOCATIONS).goal(0),
    row("allocations of a final error"),
    row("allocations of two failures"),
];
/// Instructions of a success at once with what it shares with others, without an allocation.
pub(crate) const SHARED: [(&str, u64); 10] = [
    ("resilient: retry budget only", 388),
    // Of these, about fifteen ask whether there are observers, a shutdown or switches.
    ("resilient: all five", 515),
    ("resilient: all five, tokens too", 637),
    ("resilient: all five, by key", 955),
    // The choice of the first target costs less than 100.
    ("resilient: all five, of a failover", 608),
    // The clock is read, for the attempt is one poll, and the waker of the thread is borrowed.
    ("blocking: no upstream", 333),
    ("blocking: all five", 715),
    // At most 40 more than the same without statistics; by key, three things count.
    ("with statistics: no upstream", 177),
    ("with statistics: all five", 551),
    ("with statistics: by key", 988),
];
/// The first rows count the instructions of a scenario each.
pub(crate) const SCENARIOS: usize = 5;

/// The limit of a row in the bench profile.
pub(crate) fn limit(name: &str) -> Option<u64> {
    let row = ROWS.iter().find(|row| row.name == name);
    row.and_then(|row| row.limit(0))
}

const fn row(name: &'static str) -> Row {
    Row {
        name,
        goal: None,
        today: None,
    }
}

impl Row {
    const fn goal(self, goal: u64) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    const fn today(self, bench: u64, default: u64) -> Self {
        Self {
            today: Some([bench, default]),
            ..self
        }
    }

    /// The most that ours may cost in a profile.
    pub(crate) fn limit(&self, profile: usize) -> Option<u64> {
        let goal = self.goal?;
        let tolerated = if profile == 0 { goal } else { goal * 105 / 100 };
        let today = self.today.and_then(|today| today.get(profile).copied());
        Some(today.unwrap_or(tolerated))
    }
}

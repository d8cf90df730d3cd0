//! The rows of the table for each way to write a call, and the limits of ours.

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The most that ours is to cost. In the default profile, 5 % above that is tolerated.
    goal: Option<u64>,
    /// The limits until the engine reaches the goal, in the bench profile and in the default one: measured plus 2 %.
    today: Option<[u64; PROFILES]>,
}

/// The bench profile and the default one.
pub(crate) const PROFILES: usize = 2;
pub(crate) const ROWS: [Row; 12] = [
    row("success at once").goal(300),
    row("success after one Pending")
        .goal(1_064)
        .today(1_064, 1_172),
    row("final error, nobody listens")
        .goal(900)
        .today(1_527, 1_603),
    row("two failures, no delay, success")
        .goal(3_000)
        .today(7_428, 7_799),
    row("upstream: success at once").goal(500).today(500, 541),
    row("bytes of the future: bare +").goal(200),
    row("bytes with an upstream: bare +")
        .goal(200)
        .today(253, 253),
    row("bytes in backoff, task included")
        .goal(600)
        .today(857, 857),
    row("the same with an upstream")
        .goal(600)
        .today(1_134, 1_134),
    row("allocations of a success").goal(0),
    row("allocations of a final error"),
    row("allocations of two failures"),
];
/// The first rows count the instructions of a scenario each.
pub(crate) const SCENARIOS: usize = 5;

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
        Some(self.today.map_or(tolerated, |today| today[profile]))
    }

    pub(crate) fn print(&self, figures: [Option<u64>; PROFILES], is_ours: bool) {
        let shown =
            |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let [bench, default] = figures.map(shown);
        print!("  {:34} {bench:>8} {default:>8}", self.name);
        if is_ours {
            let [bench, default] = [0, 1].map(|profile| shown(self.limit(profile)));
            print!(" {bench:>14} {default:>7} {:>8}", shown(self.goal));
        }
        println!();
    }
}

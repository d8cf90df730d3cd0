//! The schedule of a policy as a table: [`Policy::explain`]. Every wait and every end is an answer
//! of [`decide`], asked with the smallest and with the largest random number.

mod table;

use super::{
    Policy,
    decide::{Decision, Situation, decide},
};
use crate::{Class, Classification, failure::GiveUp};
use std::time::Duration;

/// The schedule of a policy for failures of one class, from [`Policy::explain`]. Its `Display` is a
/// table, followed by why it ends.
///
/// It assumes that every attempt fails with this class, and that the failure says no more than
/// that. It leaves out what is not known before: waits that a server asks for, waits for the limits
/// of an upstream, and retries that the retry budget defers.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    class: Class,
    policy: Policy,
    attempts: Vec<PlannedAttempt>,
    most: u32,
    gives_up: GiveUp,
    longest: Option<Duration>,
    /// False if the waits come from a schedule of the call's own.
    has_waits: bool,
}

/// One attempt of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedAttempt {
    /// Its number, from 1.
    pub number: u32,
    /// The shortest wait before it; zero before the first.
    pub wait_from: Duration,
    /// The longest wait before it, jitter included.
    pub wait_to: Duration,
    /// The time from the start of the call to this attempt, if those before fail at once and the
    /// waits are the shortest.
    pub earliest: Duration,
    /// The same, if those before take their whole timeout and the waits are the longest; at most
    /// the deadline. `None` if attempts have no timeout, and the call no deadline.
    pub latest: Option<Duration>,
}

/// The schedules of a policy for all classes, from [`Policy::explain_all`]. Its `Display` is a
/// table with a line for each class.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanations(Vec<Explanation>);

impl Explanations {
    /// One for each class, in the order of [`Class::ALL`].
    pub fn classes(&self) -> &[Explanation] {
        &self.0
    }
}

impl Policy {
    /// The schedule for failures of `class`: when each attempt is made, from when to when, and why
    /// the call then gives up.
    ///
    /// ```
    /// use resilient_runtime::{Class, Policy};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::new().attempts(3).timeout(Duration::from_secs(10));
    /// let overloaded = policy.explain(Class::Overloaded);
    /// assert_eq!(overloaded.attempts().len(), 3);
    /// assert_eq!(overloaded.attempts()[2].latest, Some(Duration::from_secs(10 + 2 + 10 + 4)));
    /// assert_eq!(
    ///     overloaded.to_string(),
    ///     "\
    /// overloaded: at most 3 attempts
    /// | attempt | wait before it | begins after |
    /// | ------- | -------------- | ------------ |
    /// | 1       | none           | 0s           |
    /// | 2       | 0s to 2s       | 0s to 12s    |
    /// | 3       | 0s to 4s       | 0s to 26s    |
    /// then it gives up: attempts used up; it is over after at most 36s, unless the server asks for longer waits
    /// a wait that the server asks for (Retry-After) is the minimum, up to 120s; a longer one ends the call
    /// not included: waits for limits of an upstream and for the retry budget"
    /// );
    /// assert!(policy.explain(Class::InvalidRequest).to_string().contains("not retried"));
    /// ```
    pub fn explain(&self, class: Class) -> Explanation {
        Explanation::new(self, class, self.timeout, true, None)
    }

    /// The schedules for all classes.
    ///
    /// ```
    /// let all = resilient_runtime::Policy::DEFAULT.explain_all().to_string();
    /// let overloaded = all.lines().find(|line| line.starts_with("| overloaded "));
    /// let cells: Vec<&str> = overloaded.unwrap().split('|').map(str::trim).collect();
    /// let [_, class, attempts, waits, longest, then, _] = cells[..] else { panic!("{all}") };
    /// assert_eq!([class, attempts, waits], ["overloaded", "5", "0s to 2s, .., 0s to 16s"]);
    /// assert_eq!([longest, then], ["330s", "attempts used up"]);
    /// ```
    pub fn explain_all(&self) -> Explanations {
        let each = |class: &Class| self.explain(*class);
        Explanations(Class::ALL.iter().map(each).collect())
    }
}

/// The wait and the start of an attempt on one of the two ways through a schedule.
#[derive(Clone, Copy)]
struct Step {
    wait: Duration,
    /// When the attempt begins; `None` if that is not bounded.
    start: Option<Duration>,
}

impl Step {
    const FIRST: Self = Self {
        wait: Duration::ZERO,
        start: Some(Duration::ZERO),
    };

    /// The next step, whose attempt `number` takes `time` and fails.
    ///
    /// # Errors
    /// The reason why there is none.
    fn next(self, after: &After<'_>, time: Option<Duration>) -> Result<Self, GiveUp> {
        let After {
            policy,
            failure,
            number,
            random,
            is_cut,
        } = *after;
        let failed_at = self.start.zip(time);
        let failed_at = failed_at.map(|(start, time)| start.saturating_add(time));
        let deadline = policy.deadline.filter(|_| is_cut);
        let situation = Situation {
            remaining: deadline
                .zip(failed_at)
                .map(|(all, at)| all.saturating_sub(at)),
            previous_delay: (number > 1).then_some(self.wait),
            random,
            ..Situation::after(number)
        };
        match decide(policy, failure, &situation, &mut policy.backoff.clone()) {
            Decision::Retry { after: wait, .. } => Ok(Self {
                wait,
                start: failed_at.map(|at| at.saturating_add(wait)),
            }),
            Decision::Defer { .. } => Err(GiveUp::BudgetSpent),
            Decision::GiveUp { reason } => Err(reason),
        }
    }
}

/// The cause of a step.
#[derive(Clone, Copy)]
struct After<'a> {
    policy: &'a Policy,
    failure: &'a Classification,
    /// The number of the attempt that fails.
    number: u32,
    random: u64,
    /// Whether the deadline ends the call. It does not on the longest way: that shows the longest
    /// waits, and its times are capped by the deadline instead.
    is_cut: bool,
}

impl Explanation {
    /// The number of attempts that are listed at most.
    pub const LISTED: usize = 32;

    /// With the longest time of an attempt. Without `has_waits`, only the first attempt is known,
    /// and there is no other if a switch halts the call.
    pub(crate) fn new(
        policy: &Policy,
        class: Class,
        timeout: Option<Duration>,
        has_waits: bool,
        halted: Option<GiveUp>,
    ) -> Self {
        let failure = Classification::new(class);
        let capped = |time: Option<Duration>| match (time, policy.deadline) {
            (Some(time), Some(deadline)) => Some(time.min(deadline)),
            (time, deadline) => time.or(deadline),
        };
        let (mut shortest, mut longest) = (Step::FIRST, Step::FIRST);
        let mut attempts = Vec::new();
        let mut number = 0_u32;
        let gives_up = loop {
            number = number.saturating_add(1);
            attempts.push(PlannedAttempt {
                number,
                wait_from: shortest.wait,
                wait_to: capped(Some(longest.wait)).unwrap_or_default(),
                earliest: shortest.start.unwrap_or_default(),
                latest: capped(longest.start),
            });
            let after = After {
                policy,
                failure: &failure,
                number,
                random: 0,
                is_cut: true,
            };
            shortest = match shortest.next(&after, Some(Duration::ZERO)) {
                Ok(_) if halted.is_some() => break halted.unwrap_or(GiveUp::RetriesOff),
                Ok(next) if has_waits && attempts.len() < Self::LISTED => next,
                Ok(_) => break GiveUp::AttemptsUsedUp,
                Err(reason) => break reason,
            };
            let after = After {
                random: u64::MAX,
                is_cut: false,
                ..after
            };
            longest = match longest.next(&after, timeout) {
                Ok(next) => next,
                Err(reason) => break reason,
            };
        };
        let is_retried = attempts.len() > 1 || gives_up == GiveUp::AttemptsUsedUp;
        let most = if is_retried {
            policy.attempts_for(class)
        } else {
            1
        };
        let is_complete = u32::try_from(attempts.len()).is_ok_and(|listed| listed == most)
            || gives_up != GiveUp::AttemptsUsedUp;
        let end = longest.start.zip(timeout).filter(|_| is_complete);
        Self {
            class,
            policy: *policy,
            attempts,
            most,
            gives_up,
            longest: capped(end.map(|(start, time)| start.saturating_add(time))),
            has_waits,
        }
    }

    /// The class of the failures.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The attempts, at least the first and at most [`LISTED`](Self::LISTED). Those that would
    /// begin after the deadline even at the earliest are left out.
    pub fn attempts(&self) -> &[PlannedAttempt] {
        &self.attempts
    }

    /// The number of attempts after such a failure by the policy; 1 if it is not retried.
    pub const fn most_attempts(&self) -> u32 {
        self.most
    }

    /// Whether such a failure is retried at all.
    pub fn is_retried(&self) -> bool {
        self.most > 1
    }

    /// Why the call gives up after the last attempt, or why the failure is not retried.
    pub const fn gives_up(&self) -> GiveUp {
        self.gives_up
    }

    /// The longest time of the call, if the server asks for no longer waits; at most the deadline.
    /// `None` if that is not known: attempts without a timeout, a schedule of the call's own, or
    /// more attempts than are listed, each without a deadline.
    pub const fn longest(&self) -> Option<Duration> {
        self.longest
    }
}

//! The choice between targets, by their health and by what holds back an attempt at each of them.
//! Pure functions.

use super::health::Condition;
use crate::upstream::Hindrance;
use std::time::Duration;

/// The outlook of an attempt at one target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlook {
    pub(crate) index: u8,
    pub(crate) condition: Condition,
    pub(crate) hindrance: Option<Hindrance>,
}

impl Outlook {
    /// The wait until it can serve. `None` if no wait helps, or nobody knows how long it is.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let held = self.held();
        match self.hindrance {
            None => Some(held),
            Some(Hindrance::Wait(_, wait)) => Some(wait.max(held)),
            Some(Hindrance::Unknown(_) | Hindrance::Never(_)) => None,
        }
    }

    /// Whether a wait may help.
    pub(crate) const fn is_possible(&self) -> bool {
        !matches!(self.hindrance, Some(Hindrance::Never(_)))
    }

    /// The time until its next probe is due, or its pause ends.
    const fn held(&self) -> Duration {
        match self.condition {
            Condition::Up => Duration::ZERO,
            Condition::Down(wait) | Condition::Paused(wait) => wait,
        }
    }

    /// Whether it is down, and no probe is due.
    pub(crate) fn is_down(&self) -> bool {
        matches!(self.condition, Condition::Down(_)) && self.is_held()
    }

    fn is_held(&self) -> bool {
        !self.held().is_zero()
    }

    /// The rest of its pause, if it has asked for one.
    fn pause(&self) -> Option<Duration> {
        match self.condition {
            Condition::Paused(wait) if !wait.is_zero() && self.is_possible() => Some(wait),
            _ => None,
        }
    }
}

/// The targets of the next attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This one can serve now.
    Now(u8),
    /// The attempt waits for all of these, and the first that admits it serves. After `look`, the
    /// choice is made again; with no targets, that is all the attempt waits for.
    Wait {
        targets: Vec<u8>,
        look: Option<Duration>,
    },
    /// No wait helps at any target.
    Never,
}

/// Chooses between targets in their order of preference. A wait of at most `prefer_wait` for a
/// better target beats another one that can serve now.
///
/// Health only sorts: if all targets are down, all of them are tried. If one of them only pauses,
/// the attempt waits for it, as long as the pause ends before the deadline.
pub(crate) fn choose(
    outlooks: &[Outlook],
    prefer_wait: Duration,
    time_left: Option<Duration>,
) -> Choice {
    let serving = || {
        outlooks
            .iter()
            .filter(|it| it.is_possible() && !it.is_held())
    };
    if serving().next().is_some() {
        return match serving().find(|it| it.hindrance.is_none()) {
            Some(first) => prefer(outlooks, first.index, prefer_wait, time_left),
            None => Choice::Wait {
                targets: serving().map(|it| it.index).collect(),
                // Then a further target may serve.
                look: outlooks
                    .iter()
                    .filter(|it| it.is_held() && it.is_possible())
                    .filter_map(Outlook::wait)
                    .min(),
            },
        };
    }
    // Until then, a probe of another one may be due.
    let mut pauses = outlooks.iter().filter_map(Outlook::pause);
    let is_in_time = |pause: &Duration| time_left.is_none_or(|left| *pause < left);
    if pauses.any(|pause| is_in_time(&pause)) {
        let possible = outlooks.iter().filter(|it| it.is_possible());
        return Choice::Wait {
            targets: Vec::new(),
            look: possible.map(Outlook::held).min(),
        };
    }
    let mut possible = outlooks.iter().filter(|it| it.is_possible());
    if let Some(first) = possible.clone().find(|it| it.hindrance.is_none()) {
        return Choice::Now(first.index);
    }
    match possible.next() {
        None => Choice::Never,
        Some(first) => Choice::Wait {
            targets: std::iter::once(first)
                .chain(possible)
                .map(|it| it.index)
                .collect(),
            look: None,
        },
    }
}

/// The first target that can serve now, or a short wait for better ones.
fn prefer(
    outlooks: &[Outlook],
    first: u8,
    prefer_wait: Duration,
    time_left: Option<Duration>,
) -> Choice {
    if prefer_wait.is_zero() {
        return Choice::Now(first);
    }
    let is_in_time = |wait: Duration| time_left.is_none_or(|left| wait < left);
    let is_short = |it: &&Outlook| {
        let wait = it.wait().filter(|wait| *wait <= prefer_wait);
        !it.is_down() && wait.is_some_and(is_in_time)
    };
    let better = || {
        let before = outlooks.iter().take_while(|it| it.index != first);
        before.filter(is_short)
    };
    let Some(look) = better().filter_map(Outlook::wait).max() else {
        return Choice::Now(first);
    };
    Choice::Wait {
        targets: better()
            .filter(|it| !it.is_held())
            .map(|it| it.index)
            .collect(),
        look: Some(look),
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Outlook, choose};
    use crate::{event::WaitsFor, failover::health::Condition, upstream::Hindrance};
    use std::time::Duration;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn outlooks(of: &[(Condition, Option<Hindrance>)]) -> Vec<Outlook> {
        let of = of.iter().zip(0..);
        of.map(|((condition, hindrance), index)| Outlook {
            index,
            condition: *condition,
            hindrance: *hindrance,
        })
        .collect()
    }

    const UP: (Condition, Option<Hindrance>) = (Condition::Up, None);
    const FULL: (Condition, Option<Hindrance>) = (
        Condition::Up,
        Some(Hindrance::Unknown(WaitsFor::Concurrency)),
    );

    const fn down(wait: u64) -> (Condition, Option<Hindrance>) {
        (Condition::Down(seconds(wait)), None)
    }

    const fn paused(wait: u64) -> (Condition, Option<Hindrance>) {
        (Condition::Paused(seconds(wait)), None)
    }

    const fn limited(wait: u64) -> (Condition, Option<Hindrance>) {
        let limit = Hindrance::Wait(WaitsFor::Requests, seconds(wait));
        (Condition::Up, Some(limit))
    }

    fn wait(targets: &[u8], look: Option<u64>) -> Choice {
        Choice::Wait {
            targets: targets.to_vec(),
            look: look.map(seconds),
        }
    }

    #[test]
    fn first_target_that_can_serve_is_taken_after_a_short_wait_for_a_better_one() {
        let choice = |of: &[_]| choose(&outlooks(of), seconds(2), None);
        assert_eq!(choice(&[UP, UP]), Choice::Now(0));
        assert_eq!(choice(&[down(1), UP]), Choice::Now(1));
        assert_eq!(choice(&[down(0), UP]), Choice::Now(0), "a probe");
        assert_eq!(choice(&[limited(3), UP]), Choice::Now(1));
        assert_eq!(choice(&[limited(2), UP]), wait(&[0], Some(2)));
        assert_eq!(choice(&[paused(2), limited(1), UP]), wait(&[1], Some(2)));
        assert_eq!(choice(&[paused(2), UP]), wait(&[], Some(2)));
        assert_eq!(choice(&[FULL, UP]), Choice::Now(1));
    }

    #[test]
    fn attempt_waits_for_every_target_that_may_serve() {
        let choice = |of: &[_]| choose(&outlooks(of), seconds(2), None);
        assert_eq!(choice(&[limited(9), FULL]), wait(&[0, 1], None));
        assert_eq!(choice(&[down(4), FULL]), wait(&[1], Some(4)));
        let never = (Condition::Up, Some(Hindrance::Never("isolated")));
        assert_eq!(choice(&[never, limited(9)]), wait(&[1], None));
        assert_eq!(choice(&[never, never]), Choice::Never);
    }

    #[test]
    fn targets_that_are_all_down_are_tried_and_one_that_pauses_is_waited_for() {
        let choice = |of: &[_], left| choose(&outlooks(of), seconds(2), Some(seconds(left)));
        assert_eq!(choice(&[down(4), down(1)], 60), Choice::Now(0));
        assert_eq!(choice(&[down(4), paused(9)], 60), wait(&[], Some(4)));
        assert_eq!(choice(&[down(20), paused(9)], 60), wait(&[], Some(9)));
        assert_eq!(choice(&[down(4), paused(9)], 9), Choice::Now(0));
    }
}

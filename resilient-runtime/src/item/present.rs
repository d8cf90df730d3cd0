//! The item of a bulk run around the code that runs now.

use crate::{Class, Money, Tokens, cap::Costs, clock::Moment, statistics::WaitReason};
use std::cell::Cell;

thread_local! {
    static REPORT: Cell<Option<Report>> = const { Cell::new(None) };
}

/// The reports of the calls in one poll of an item.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Report {
    /// The wait that the poll has ended with; none if something is in flight.
    pub(crate) wait: Option<Wait>,
    /// The class that the last call has failed with.
    pub(crate) failed_with: Option<Class>,
    pub(crate) tokens: Tokens,
    pub(crate) costs: Costs,
}

/// A wait of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) reason: WaitReason,
    /// When it ends; unset if that is not known.
    pub(crate) until: Moment,
}

/// Restores the report of the item outside, also in a panic. It gets the tokens and the failure of
/// the item inside, which is part of it.
struct Outside(Option<Report>);

impl Drop for Outside {
    fn drop(&mut self) {
        // At the end of the thread nothing is polled any more.
        let _ = REPORT.try_with(|report| {
            let inner = report.take().unwrap_or_default();
            report.set(self.0.map(|outer| Report {
                wait: outer.wait,
                failed_with: inner.failed_with.or(outer.failed_with),
                tokens: outer.tokens.plus(inner.tokens),
                costs: outer.costs.plus(inner.costs),
            }));
        });
    }
}

/// Polls an item, and returns the reports of its calls.
pub(crate) fn listen<T>(poll: impl FnOnce() -> T) -> (T, Report) {
    let outside = Outside(REPORT.replace(Some(Report::default())));
    let polled = poll();
    let report = REPORT.get().unwrap_or_default();
    drop(outside);
    (polled, report)
}

/// Whether the code that runs now is part of an item.
pub(crate) fn is_inside() -> bool {
    REPORT.get().is_some()
}

fn change(change: impl FnOnce(&mut Report)) {
    if let Some(mut report) = REPORT.get() {
        change(&mut report);
        REPORT.set(Some(report));
    }
}

/// A call waits. To be called in every poll that ends with this wait.
#[cold]
pub(crate) fn waits(reason: impl Into<WaitReason>, until: Moment) {
    let reason = reason.into();
    change(|report| report.wait = Some(Wait { reason, until }));
}

/// A call has failed.
#[cold]
pub(crate) fn failed(class: Class) {
    change(|report| report.failed_with = Some(class));
}

/// A call has used tokens.
#[cold]
pub(crate) fn spends(tokens: Tokens) {
    change(|report| report.tokens = report.tokens.plus(tokens));
}

/// A call has cost this much.
#[cold]
pub(crate) fn costs(money: Money) {
    change(|report| report.costs.add(money));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn reports_reach_the_item_around_them_and_what_is_inside_is_part_of_it() {
        spends(Tokens::input(1));
        failed(Class::Network);
        assert!(!is_inside());
        let ((), outer) = listen(|| {
            waits(WaitReason::Gate, Moment(7));
            spends(Tokens::input(10));
            costs(Money::usd(1.0));
            let ((), inner) = listen(|| {
                assert!(is_inside());
                failed(Class::NotFound);
                spends(Tokens::input(5));
                spends(Tokens::input(3));
                costs(Money::usd(0.5));
            });
            assert_eq!((inner.wait, inner.tokens), (None, Tokens::input(8)));
        });
        assert_eq!(outer.wait.map(|wait| wait.until), Some(Moment(7)));
        assert_eq!(outer.failed_with, Some(Class::NotFound));
        assert_eq!(outer.tokens, Tokens::input(18));
        assert_eq!(outer.costs.in_one_currency(), Some(Money::usd(1.5)));
        assert!(!is_inside());
    }

    #[test]
    fn a_panic_inside_an_item_leaves_the_report_of_that_around_it() {
        let (panicked, report) = listen(|| {
            let inner = || listen(|| assert!(!is_inside(), "inside"));
            let panicked = catch_unwind(AssertUnwindSafe(inner)).is_err();
            spends(Tokens::input(2));
            panicked
        });
        assert!(panicked && !is_inside());
        assert_eq!(report.tokens, Tokens::input(2));
    }
}

use super::*;
use crate::{
    Class,
    budget::{Budget, DueRetry, RetryTerms, balance::Balance, state::TransientFailure},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_deferred_retry_is_released_when_the_balance_of_all_pays_for_it() {
    let state = BudgetState::new(Balance::new());
    let now = Moment(1_000_000_000_000);
    let failure = || TransientFailure {
        is_first: true,
        is_new: true,
        class: Class::Overloaded,
        sent: None,
    };
    for _ in 0..3 {
        state.failed(&failure(), None, now, |_, _| {});
    }
    let empty = Budget::DEFAULT.most_missing().into();
    state.follow(empty, state.balance.missing(now), now);
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let retry = DueRetry {
        terms: RetryTerms::new(Budget::DEFAULT, Class::Overloaded, None),
        is_sent_when_released: false,
        waker: &Waker::from(Arc::clone(&woken)),
    };
    assert!(state.ask(retry, now).is_err());
    // Its head is woken once, to look at the time of a trial.
    woken.0.store(false, Ordering::Relaxed);
    state.follow(0, state.balance.missing(now), now);
    assert!(woken.0.load(Ordering::Relaxed));
    assert_eq!(state.balance.missing(now).amount(), 5_000);
}

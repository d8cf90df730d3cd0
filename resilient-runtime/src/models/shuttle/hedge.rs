//! Models of a hedged attempt: the hedge's timer, the ends of the runs and the drop of the call
//! come from separate threads.

use super::{explore, join};
use crate::{
    Class, Classification,
    call::{FailedRun, Runs as _},
    event::{NotHedged, Origin},
    hedge::Hedge,
    route::{HedgeAllowance, HedgeAllowances},
    sync::{ALARM, Alarm},
};
use shuttle::{
    future::block_on,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};
use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

const ORDERS: usize = 100_000;

#[derive(Clone, Default)]
struct Leaves {
    given: Arc<AtomicU64>,
    back: Arc<AtomicU64>,
}

struct Leave(Arc<AtomicU64>);

impl HedgeAllowances for Leaves {
    type HedgeAllowance = Leave;

    fn origin(&self) -> Origin<'_> {
        Origin::default()
    }

    fn start(&mut self) -> Result<Leave, NotHedged> {
        self.given.fetch_add(1, Ordering::SeqCst);
        Ok(Leave(Arc::clone(&self.back)))
    }
}

impl HedgeAllowance for Leave {
    fn sent(&mut self) {}

    fn failed(self, _: &Classification) {}
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The hedge is due as the first run ends or fails, or as the call is dropped: there is at most one
/// result, no run starts after it, and each allowance is returned.
#[test]
fn f73_a_hedge_due_at_the_end_leaves_no_run_behind() {
    for fails in [false, true] {
        explore(ORDERS / 2, move || {
            let [due, ended, cancelled] = [(); 3].map(|()| Alarm::default());
            ALARM.set(Some(due.clone()));
            let threads = [&due, &ended, &cancelled].map(|alarm| {
                let alarm = alarm.clone();
                thread::spawn(move || alarm.ring())
            });
            let (leaves, runs) = (Leaves::default(), AtomicU64::new(0));
            let hedge = Hedge::after(Duration::from_secs(1), 1);
            let result = {
                let body = || {
                    let run = runs.fetch_add(1, Ordering::SeqCst);
                    let ended = ended.clone();
                    poll_fn(move |cx| {
                        ended.poll(cx).map(|()| match run {
                            0 if fails => Err(()),
                            _ => Ok(run),
                        })
                    })
                };
                let mut judge = |result: &Result<u64, ()>| {
                    result.is_err().then(|| FailedRun {
                        failure: Class::ServerError.into(),
                        is_final: false,
                    })
                };
                let mut race = pin!(hedge.race(leaves.clone(), body));
                block_on(poll_fn(|cx| {
                    if let Poll::Ready(result) = race.as_mut().poll_runs(cx, &mut judge) {
                        return Poll::Ready(Some(result));
                    }
                    cancelled.poll(cx).map(|()| None)
                }))
            };
            ALARM.set(None);
            let (runs, given) = (runs.into_inner(), leaves.given.load(Ordering::SeqCst));
            assert_eq!(runs, given.saturating_add(1));
            assert_eq!(leaves.back.load(Ordering::SeqCst), given);
            match result {
                // Dropped.
                None => {}
                Some(Ok(run)) => assert!(run < runs && (run == 1 || !fails)),
                // No run was left.
                Some(Err(())) => assert!(fails && runs == 1),
            }
            threads.into_iter().for_each(join);
        });
    }
}

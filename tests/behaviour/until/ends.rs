//! The ends of polling other than a job that is ready.

use super::{Job, SECOND, is_done, job};
use resilient_runtime::{CallError, Class, resilient, shutdown};
use resilient_tests::{Counter, Failure};
use std::{io, time::Duration};
use tokio::time::{Instant, sleep, timeout};

#[resilient_runtime::test(start_paused = true)]
async fn the_deadline_is_that_of_all_polls_and_says_how_many_were_made() {
    #[resilient(until = is_done, deadline = "10s", backoff(jitter = "none"))]
    async fn bounded(polls: &Counter) -> Result<Job, CallError<io::Error>> {
        let poll = polls.count();
        Ok(Job {
            is_done: false,
            poll,
        })
    }
    let (polls, start) = (Counter::new(), Instant::now());
    let error = bounded(&polls).await.unwrap_err();
    let error = error.rejection().unwrap();
    // After 1, 2 and 4 s; the next one would be at 15 s.
    assert_eq!((error.polls(), polls.get()), (Some(4), 4));
    assert_eq!(error.class(), Class::Deadline);
    assert!(
        error
            .to_string()
            .starts_with("the job was not ready after 4 polls in 7.0s"),
        "{error}"
    );
    assert_eq!(start.elapsed(), 7 * SECOND);
}

#[resilient(until = is_done, deadline = "10s")]
async fn mute() -> Result<Job, CallError<io::Error>> {
    std::future::pending().await
}

#[resilient_runtime::test(start_paused = true)]
async fn a_poll_that_the_deadline_cuts_says_that_the_job_was_not_ready() {
    #[resilient(until = is_done, deadline = "10s", backoff(jitter = "none"))]
    async fn hangs(polls: &Counter) -> Result<Job, CallError<io::Error>> {
        let poll = polls.count();
        if poll > 2 {
            sleep(60 * SECOND).await;
        }
        Ok(Job {
            is_done: false,
            poll,
        })
    }
    let start = Instant::now();
    let error = hangs(&Counter::new()).await.unwrap_err();
    let error = error.rejection().unwrap();
    assert_eq!((error.polls(), start.elapsed()), (Some(2), 10 * SECOND));
    // Before any answer, the error is that of the call.
    let error = mute().await.unwrap_err();
    let error = error.rejection().unwrap();
    assert_eq!((error.polls(), error.class()), (None, Class::Deadline));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_call_around_it_bounds_the_polls() {
    #[resilient(attempts = 1, deadline = "5s")]
    async fn outer(polls: &Counter) -> Result<Job, Failure> {
        let mut result = job(polls, 99).await;
        if let Err(error) = &mut result {
            error.history = None;
        }
        result
    }
    let (polls, start) = (Counter::new(), Instant::now());
    let error = outer(&polls).await.unwrap_err();
    assert_eq!((error.class(), polls.get()), (Class::Deadline, 3));
    assert_eq!(start.elapsed(), 3 * SECOND);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_final_failure_of_a_poll_ends_them() {
    #[resilient(until = is_done)]
    async fn lost(polls: &Counter) -> Result<Job, Failure> {
        match polls.count() {
            3 => Err(Failure::of(Class::NotFound)),
            poll => Ok(Job {
                is_done: false,
                poll,
            }),
        }
    }
    let polls = Counter::new();
    let error = lost(&polls).await.unwrap_err();
    assert_eq!((error.class(), polls.get()), (Class::NotFound, 3));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_fallback_answers_for_a_job_that_is_not_ready_in_time() {
    fn unfinished(_: &Counter, error: Failure) -> Result<Job, Failure> {
        if error.class() != Class::Deadline {
            return Err(error);
        }
        Ok(Job {
            is_done: false,
            poll: 0,
        })
    }
    #[resilient(until = is_done, deadline = "3s", fallback = unfinished, requests = "10/s")]
    async fn bounded(polls: &Counter) -> Result<Job, Failure> {
        let poll = polls.count();
        Ok(Job {
            is_done: false,
            poll,
        })
    }
    assert_eq!(bounded(&Counter::new()).await.unwrap().poll, 0);
}

#[resilient_runtime::test(start_paused = true)]
async fn dropped_in_a_wait_it_leaves_nothing_behind() {
    let polls = Counter::new();
    timeout(2 * SECOND, job(&polls, 99)).await.unwrap_err();
    sleep(1_000 * SECOND).await;
    assert_eq!(polls.get(), 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_shutdown_ends_the_wait_and_makes_no_further_poll() {
    let (polls, start) = (Counter::new(), Instant::now());
    let (result, ()) = tokio::join!(job(&polls, 99), async {
        sleep(10 * SECOND).await;
        shutdown();
    });
    let error = result.unwrap_err();
    assert_eq!((error.class(), polls.get()), (Class::Cancelled, 4));
    assert_eq!(start.elapsed(), 10 * SECOND);
}

#[resilient_runtime::test(start_paused = true, no_waits)]
async fn without_waits_the_polls_follow_each_other() {
    let start = Instant::now();
    assert_eq!(job(&Counter::new(), 99).await.unwrap().poll, 99);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

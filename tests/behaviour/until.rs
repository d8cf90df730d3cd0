//! Functions that poll a job until it is ready.

mod ends;

use resilient_runtime::{
    Breaker, CallError, Class, Event, EventKind, Upstream, observe, resilient,
};
use resilient_tests::{Counter, Failure};
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

#[derive(Debug, PartialEq)]
struct Job {
    is_done: bool,
    poll: u32,
}

fn is_done(job: &Job) -> bool {
    job.is_done
}

const SECOND: Duration = Duration::from_secs(1);

#[resilient(until = is_done, backoff(jitter = "none"))]
async fn job(polls: &Counter, ready_at: u32) -> Result<Job, Failure> {
    let poll = polls.count();
    let is_done = poll >= ready_at;
    Ok(Job { is_done, poll })
}

#[resilient_runtime::test(start_paused = true)]
async fn a_job_is_polled_by_the_schedule_until_it_is_ready() {
    let (polls, start) = (Counter::new(), Instant::now());
    let job = job(&polls, 8).await.unwrap();
    assert_eq!((job.poll, polls.get()), (8, 8));
    assert_eq!(start.elapsed(), (1 + 2 + 4 + 8 + 16 + 32 + 32) * SECOND);
    let start = Instant::now();
    self::job(&Counter::new(), 1).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[resilient_runtime::test(start_paused = true)]
async fn not_yet_is_no_failure_and_failures_between_polls_are_retried_apart() {
    #[resilient(until = is_done, attempts = 2, name = "until.between",
        backoff(kind = "fixed", initial = "1s", jitter = "none"))]
    async fn between(attempts: &Counter) -> Result<Job, Failure> {
        // Each second attempt fails: counted together, the second failure would be final.
        let poll = attempts.count();
        match poll % 2 {
            1 => Err(Failure::of(Class::ServerError)),
            _ => Ok(Job {
                is_done: poll >= 20,
                poll,
            }),
        }
    }
    let heard: Arc<Mutex<Vec<(u32, Duration)>>> = Arc::default();
    let told = Arc::clone(&heard);
    let observation = observe(move |event: &Event<'_>| {
        if let (Some("until.between"), EventKind::NotReady { polls, delay, .. }) =
            (event.function(), &event.kind)
        {
            told.lock().unwrap().push((*polls, *delay));
        }
    });
    let start = Instant::now();
    let attempts = Counter::new();
    assert_eq!(between(&attempts).await.unwrap().poll, 20);
    observation.stop();
    // A second after each of ten failures, and after each of nine polls.
    assert_eq!(start.elapsed(), 19 * SECOND);
    let expected: Vec<_> = (1..=9).map(|polls| (polls, SECOND)).collect();
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[resilient_runtime::test(start_paused = true)]
async fn not_yet_leaves_breaker_and_retry_budget_as_they_are() {
    static API: Upstream = Upstream::new("until.api").breaker(
        Breaker::new()
            .consecutive(2)
            .failure_ratio(0.1)
            .min_calls(1),
    );
    #[resilient(upstream = API, until = is_done)]
    async fn shared(polls: &Counter) -> Result<Job, Failure> {
        let poll = polls.count();
        let is_done = poll >= 40;
        Ok(Job { is_done, poll })
    }
    let before = API.snapshot();
    assert_eq!(shared(&Counter::new()).await.unwrap().poll, 40);
    let after = API.snapshot();
    assert_eq!(after.breaker, before.breaker);
    assert!(after.budget >= before.budget);
    assert_eq!((after.counts.refused, after.counts.deferred), (0, 0));
}

#[resilient_runtime::test(start_paused = true)]
async fn an_answer_that_is_classified_as_a_failure_is_no_state_of_the_job() {
    fn overloaded(job: &Job) -> Option<resilient_runtime::Classification> {
        (job.poll > 2).then(|| resilient_runtime::Classification::new(Class::NotFound))
    }
    #[resilient(until = is_done, classify_ok = overloaded)]
    async fn refused(polls: &Counter) -> Result<Job, Failure> {
        let poll = polls.count();
        Ok(Job {
            is_done: false,
            poll,
        })
    }
    assert_eq!(refused(&Counter::new()).await.unwrap().poll, 3);
}

struct Client {
    polls: u32,
}

impl Client {
    #[resilient(until = |job: &Job| job.poll >= limit, name = "until.owned")]
    async fn owned(mut self, log: &mut Vec<u32>, limit: u32, id: String) -> Result<Job, Failure>
    where
        Self: Clone,
    {
        self.polls += 1;
        log.push(self.polls);
        assert_eq!(id, "id");
        let poll = u32::try_from(log.len()).unwrap();
        Ok(Job {
            is_done: false,
            poll,
        })
    }
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self { polls: self.polls }
    }
}

#[resilient(until = |job| job.is_done, classify = |_: &Failure| Class::NotFound,
    hedge(after = "30s"), fields(polls = polls.get()))]
async fn converted(
    name: impl Into<String>,
    polls: &Counter,
    names: impl IntoIterator<Item = u8>,
) -> Result<Job, Failure> {
    let name: String = name.into();
    assert_eq!(name, "a");
    assert_eq!(names.into_iter().count(), 2);
    let poll = polls.count();
    Ok(Job {
        is_done: poll == 3,
        poll,
    })
}

#[resilient_runtime::test(start_paused = true)]
async fn arguments_reach_every_poll_as_they_reach_every_attempt() {
    let mut log = vec![];
    let client = Client { polls: 0 };
    client.owned(&mut log, 3, "id".to_owned()).await.unwrap();
    assert_eq!(log, [1, 1, 1]);
    let polls = Counter::new();
    assert_eq!(converted("a", &polls, [1, 2]).await.unwrap().poll, 3);
}

#[resilient(until = |_: &u8| true)]
async fn foreign() -> Result<u8, CallError<io::Error>> {
    Ok(1)
}

#[test]
fn futures_that_poll_are_send() {
    fn is_send(_: impl Send) {}
    is_send(job(&Counter::new(), 1));
    is_send(foreign());
}

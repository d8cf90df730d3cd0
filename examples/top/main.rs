//! Provisional.
#![allow(clippy::unwrap_used)]
use resilient_runtime::*;
use resilient_top::{
    page::page,
    recording::{Limits, Recorder, numbered},
};
use std::time::Duration;
use tokio::time::sleep;

static API: Upstream = Upstream::new("chat-api")
    .requests_per_minute(3_600)
    .concurrency(Concurrency::new(12))
    .breaker(
        Breaker::new()
            .failure_ratio(0.5)
            .window(Duration::from_secs(2))
            .min_calls(6)
            .break_duration(Duration::from_millis(800)),
    );
static SEARCH: Upstream = Upstream::new("search");

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[derive(Debug)]
struct Fault(Classification);
impl From<Rejection> for Fault {
    fn from(r: Rejection) -> Self {
        Self(r.classification())
    }
}
impl Classify for Fault {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}

fn dice(n: &mut u64) -> u64 {
    *n = n
        .wrapping_mul(6364136223846793005)
        .wrapping_add(1442695040888963407);
    (*n >> 33) % 100
}

async fn body(seed: &mut u64, start: tokio::time::Instant) -> Result<(), Fault> {
    let d = dice(seed);
    sleep(ms(10 + dice(seed) * 2 + if d > 93 { 400 } else { 0 })).await;
    let at = start.elapsed().as_millis();
    let bad = (3_000..5_500).contains(&at);
    let limited = (7_000..8_000).contains(&at);
    let f = match d {
        _ if bad && d < 80 => Classification::of_status(503).message("the server is overloaded"),
        _ if limited && d < 60 => Classification::of_status(429)
            .wait(ServerWait::new(ms(400), WaitOrigin::RetryAfter))
            .message("slow down </script><img src=x onerror=alert(1)>"),
        0..3 => Classification::new(Class::Network).message("connection reset by peer"),
        3..5 => Classification::of_status(400)
            .code("invalid_model")
            .message("no such model"),
        5..10 => Classification::of_status(500).message("internal error"),
        _ => return Ok(()),
    };
    Err(Fault(f))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    tokio::task::LocalSet::new().run_until(run()).await
}
async fn run() {
    let recorder = Recorder::start(Limits::default());
    observe(recorder.clone());
    let start = tokio::time::Instant::now();
    let policy = Policy::DEFAULT
        .attempts(4)
        .timeout(ms(450))
        .backoff(Backoff::exponential(ms(60)));
    let mut set = tokio::task::JoinSet::new();
    for n in 0..400_u64 {
        sleep(ms(25)).await;
        set.spawn_local(numbered(async move {
            let mut seed = n.wrapping_mul(77_777);
            let call = async {
                if n % 3 == 0 {
                    let _ = SEARCH
                        .call::<(), Fault>("search")
                        .policy(&policy)
                        .hedge(&Hedge::after(ms(180), 1))
                        .run(async || {
                            let mut s = seed;
                            body(&mut s, start).await
                        })
                        .await;
                } else {
                    let name = if n % 3 == 1 { "chat" } else { "embed" };
                    let _ = API
                        .call::<(), Fault>(name)
                        .policy(&policy)
                        .run(async || body(&mut seed, start).await)
                        .await;
                }
            };
            if n % 41 == 0 {
                let _ = tokio::time::timeout(ms(60), call).await;
            } else {
                call.await
            }
        }));
    }
    while set.join_next().await.is_some() {}
    let out = std::env::args()
        .skip_while(|a| a != "--report")
        .nth(1)
        .unwrap();
    std::fs::write(out, page(&recorder.recording()).unwrap()).unwrap();
}

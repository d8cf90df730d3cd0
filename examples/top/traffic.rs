//! The calls: functions of an application whose upstreams misbehave, each in its own way.

use crate::incidents::{self, spread};
use reqwest::Client;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Breaker, Class, Concurrency, Rate, ReadChecked as _, SendChecked as _, Upstream,
    resilient, testing::server::FaultyServer,
};
use std::{
    panic::resume_unwind,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};

static CATALOG: Upstream = Upstream::new("catalog").breaker(Breaker::new());
static CHAT: Upstream = Upstream::new("chat-api")
    .tokens_per_minute(200_000)
    .concurrency(Concurrency::new(3))
    .gate(true);
static EMBEDDINGS: Upstream = Upstream::new("embeddings")
    .requests(Rate::per_second(8).burst(4))
    .concurrency(Concurrency::new(4).queue(16))
    .max_wait(Duration::from_secs(2));
static INDEX: Upstream = Upstream::new("index").breaker(
    Breaker::new()
        .failure_ratio(0.6)
        .window(Duration::from_secs(4))
        .min_calls(8)
        .break_duration(Duration::from_secs(2)),
);
static BILLING: Upstream = Upstream::new("billing");
static PROFILES: Upstream = Upstream::new("profiles").concurrency(Concurrency::new(16));

/// The client, and the address of the server that all functions call.
struct Api {
    http: Client,
    url: String,
}

impl Api {
    async fn get(&self, path: &str) -> Result<String, ApiError> {
        let request = self.http.get(format!("{}{path}", self.url));
        request.send_checked().await?.text_checked().await
    }
}

/// Healthy.
#[resilient(name = "read_item", upstream = CATALOG, timeout = "2s")]
async fn read_item(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::ITEMS).await
}

/// Flaky: the server is overloaded at times, and now and then asks for a pause.
#[resilient(
    name = "chat",
    upstream = CHAT,
    cost = 500,
    attempts = 4,
    timeout = "2s",
    deadline = "8s",
    backoff(initial = "100ms", max = "1s")
)]
async fn chat(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::CHAT).await
}

/// More calls than its limits admit: they wait in a queue, and some are rejected.
#[resilient(name = "embed", upstream = EMBEDDINGS, timeout = "2s")]
async fn embed(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::EMBEDDINGS).await
}

/// Its upstream breaks: the circuit opens, the fallback answers, and the circuit closes again.
#[resilient(
    name = "search",
    upstream = INDEX,
    attempts = 2,
    timeout = "1s",
    backoff(initial = "50ms"),
    fallback = cached
)]
async fn search(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::INDEX).await
}

fn cached(_: &Api, error: ApiError) -> Result<String, ApiError> {
    match error.failure().class {
        Class::InvalidRequest => Err(error),
        _ => Ok("(cached)".to_owned()),
    }
}

/// Some keys are invalid, which no retry mends; a charge must not happen twice.
#[resilient(name = "charge", upstream = BILLING, idempotent = false, timeout = "2s")]
async fn charge(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::BILLING).await
}

/// Some answers are slow: a second run of the attempt is started. Its callers wait for 700 ms, and
/// drop the call then.
#[resilient(name = "profile", upstream = PROFILES, hedge(after = "150ms"), timeout = "2s")]
async fn profile(api: &Api) -> Result<String, ApiError> {
    api.get(incidents::PROFILES).await
}

tokio::task_local! {
    /// The number of the call of an application that runs.
    static NUMBER: u64;
}

/// Every call of this module goes through here. It gets a number, which observers can ask for.
pub async fn call<T>(future: impl Future<Output = T>) -> T {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NUMBER
        .scope(NEXT.fetch_add(1, Ordering::Relaxed), future)
        .await
}

/// The number of the call around the code that runs, from 1; `None` outside of a call.
pub fn number() -> Option<u64> {
    NUMBER.try_with(|number| *number).ok()
}

type Call = fn(Arc<Api>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// The callers of a function, who do not read its result.
struct Callers {
    /// The mean time between two bursts of calls.
    pause: Duration,
    /// The calls of a burst.
    burst: u32,
    call: Call,
}

const CALLERS: [Callers; 6] = [
    Callers {
        pause: Duration::from_millis(80),
        burst: 1,
        call: |api| Box::pin(async move { drop(call(read_item(&api)).await) }),
    },
    Callers {
        pause: Duration::from_millis(200),
        burst: 1,
        call: |api| Box::pin(async move { drop(call(chat(&api)).await) }),
    },
    Callers {
        pause: Duration::from_secs(3),
        burst: 24,
        call: |api| Box::pin(async move { drop(call(embed(&api)).await) }),
    },
    Callers {
        pause: Duration::from_millis(100),
        burst: 1,
        call: |api| Box::pin(async move { drop(call(search(&api)).await) }),
    },
    Callers {
        pause: Duration::from_millis(600),
        burst: 1,
        call: |api| Box::pin(async move { drop(call(charge(&api)).await) }),
    },
    Callers {
        pause: Duration::from_millis(150),
        burst: 1,
        call: |api| {
            Box::pin(async move {
                let patience = Duration::from_millis(700);
                let _ = timeout(patience, call(profile(&api))).await;
            })
        },
    },
];

/// At most so many calls of a function at the same time: beyond, its callers stay away.
const MOST_CALLS: usize = 64;

/// Starts the server, and calls all functions for this long, or until it is dropped.
///
/// # Panics
/// If the system has no free port, and as a call does.
pub async fn run(time: Option<Duration>) {
    let server = FaultyServer::start().await;
    let (http, url) = (client(), server.url());
    let api = Arc::new(Api { http, url });
    let mut callers = JoinSet::new();
    callers.spawn(async move { incidents::play(&server).await });
    for of_function in CALLERS {
        callers.spawn(of_function.make_calls(Arc::clone(&api)));
    }
    let ended = async {
        while let Some(ended) = callers.join_next().await {
            propagate(ended);
        }
    };
    match time {
        Some(time) => drop(timeout(time, ended).await),
        None => ended.await,
    }
}

impl Callers {
    /// Makes calls until this is dropped.
    async fn make_calls(self, api: Arc<Api>) {
        let mut calls = JoinSet::new();
        for number in 0_u32.. {
            for _ in 0..self.burst {
                if calls.len() < MOST_CALLS {
                    calls.spawn((self.call)(Arc::clone(&api)));
                }
            }
            // From half to one and a half of it.
            sleep(self.pause.mul_f64(0.5 + spread(number))).await;
            while let Some(ended) = calls.try_join_next() {
                propagate(ended);
            }
        }
    }
}

fn propagate(ended: Result<(), JoinError>) {
    if let Err(Ok(panic)) = ended.map_err(JoinError::try_into_panic) {
        resume_unwind(panic);
    }
}

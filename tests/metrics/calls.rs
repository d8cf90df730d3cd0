//! The scripted set of calls.

use futures::{Stream, StreamExt as _, future::pending, stream::BoxStream};
use resilient_runtime::{
    CallError, Concurrency, Kept, ServerLimits, Tokens, Upstream, record_server_limits,
    record_tokens, resilient,
    sharing::Sharing,
    testing::{
        MemoryStore, isolated,
        script::{body, hang, script, status},
    },
};
use std::{
    io,
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::sleep;

pub(crate) static UPSTREAM: Upstream = Upstream::new("metered upstream")
    .requests_per_minute(600)
    .concurrency(Concurrency::new(8));

static ONE_AT_A_TIME: Upstream = Upstream::new("metered queue").concurrency(Concurrency::new(1));

static SHARED: Upstream = Upstream::new("metered shared").requests_per_minute(600);

static SHADOW: Upstream = Upstream::new("metered shadow")
    .requests_per_minute(60)
    .concurrency(Concurrency::new(1))
    .shadow(true);

type Error = CallError<io::Error>;
type Answer = Result<u32, Error>;

#[resilient(
    name = "metered",
    upstream = UPSTREAM,
    attempts = 2,
    timeout = "10s",
    backoff(initial = "1s", jitter = "none")
)]
async fn metered() -> Answer {
    record_tokens(Tokens::input(30));
    Ok(1)
}

#[resilient(name = "metered fallback", attempts = 1, fallback = instead)]
async fn with_fallback() -> Answer {
    Ok(1)
}

/// Takes two seconds, and a second run of it at most one.
#[resilient(name = "metered wait", upstream = ONE_AT_A_TIME)]
async fn waiting() -> Answer {
    sleep(Duration::from_secs(2)).await;
    Ok(1)
}

#[resilient(name = "metered hedge", hedge(after = "1s"))]
async fn hedged() -> Answer {
    sleep(Duration::from_secs(2)).await;
    Ok(1)
}

#[resilient(name = "metered stream", attempts = 1)]
async fn stream(
    last: Option<io::ErrorKind>,
) -> Result<impl Stream<Item = Result<u32, Error>>, Error> {
    let last = last.map_or(Ok(3), |kind| Err(io::Error::from(kind).into()));
    Ok(
        futures::stream::iter([Ok(1), Ok(2), last]).then(|item| async {
            sleep(Duration::from_secs(3)).await;
            item
        }),
    )
}

/// Sent at once, in spite of the limits; the server's limit is learned.
#[resilient(name = "metered shadow", upstream = SHADOW)]
async fn shadowed() -> Answer {
    let mut limits = ServerLimits::default();
    limits.requests.limit = Some(30);
    limits.requests.reset = Some(Duration::from_secs(2));
    record_server_limits(&limits);
    sleep(Duration::from_secs(2)).await;
    Ok(1)
}

#[resilient(name = "metered shared", upstream = SHARED)]
async fn shared() -> Answer {
    Ok(1)
}

type Items = BoxStream<'static, Result<u32, Error>>;

/// Two items, and then a third one that is not the last, or none at all.
fn open(hangs: bool) -> Items {
    let third = async move {
        if hangs {
            pending::<()>().await;
        }
        Ok(3)
    };
    let items = futures::stream::iter([Ok(1), Ok(2)]);
    items.chain(futures::stream::once(third)).boxed()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form of a predicate")]
fn is_last(item: &u32) -> bool {
    *item == 9
}

#[resilient(name = "metered ends", idle = "5s", last = is_last, stream = true)]
async fn ends(hangs: bool) -> Result<Items, Error> {
    Ok(open(hangs))
}

#[resilient(name = "metered resume", last = is_last, resume = go_on, stream = true)]
async fn resumed() -> Result<Items, Error> {
    Ok(open(false))
}

#[expect(clippy::unused_async, reason = "the form of a function that goes on")]
async fn go_on(_: Error, _: Kept) -> Result<Items, Error> {
    Ok(futures::stream::iter([Ok(9)]).boxed())
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a fallback")]
fn instead(_: Error) -> Answer {
    Ok(2)
}

/// Makes calls of every outcome, in paused time and with upstreams of their own, and looks at these
/// before and after. Tests take turns: an observer hears the calls of all threads.
pub(crate) fn make(before: impl FnOnce(), after: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(isolated(async {
        before();
        make_all().await;
        after();
    }));
}

async fn make_all() {
    let outcomes = [
        body(),
        status(503),
        body(),
        status(400),
        status(503).times(2),
        hang(),
    ];
    let calls = async {
        metered().await.unwrap();
        metered().await.unwrap();
        metered().await.unwrap_err();
        metered().await.unwrap_err();
        // Dropped in its first attempt.
        let dropped = tokio::time::timeout(Duration::from_secs(1), metered());
        dropped.await.unwrap_err();
    };
    script("metered", outcomes, calls).await;
    let answer = script("metered fallback", [status(500)], with_fallback()).await;
    assert_eq!(answer.unwrap(), 2);
    // Rejected.
    UPSTREAM.isolate();
    metered().await.unwrap_err();
    UPSTREAM.release();

    let (first, second) = futures::join!(waiting(), waiting());
    assert!(first.is_ok() && second.is_ok());
    hedged().await.unwrap();
    // Complete, dropped after two items, and broken.
    pin!(stream(None).await.unwrap()).count().await;
    stream(None).await.unwrap().boxed().take(2).count().await;
    // Idle, truncated, and continued by another one.
    pin!(ends(true).await.unwrap()).count().await;
    pin!(ends(false).await.unwrap()).count().await;
    pin!(resumed().await.unwrap()).count().await;
    let (first, second) = futures::join!(shadowed(), shadowed());
    assert!(first.is_ok() && second.is_ok());
    let broken = stream(Some(io::ErrorKind::ConnectionReset)).await;
    pin!(broken.unwrap()).count().await;
    // Shared with nobody, and then over a store that cannot be reached.
    let store = MemoryStore::new();
    store.latency(Duration::from_millis(2));
    SHARED.share(Sharing::new(store.clone()));
    shared().await.unwrap();
    store.fail();
    shared().await.unwrap();
}

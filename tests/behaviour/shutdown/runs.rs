//! Hedged runs and streams.

use super::{SECOND, shutdown_after};
use futures::{Stream, StreamExt as _, stream};
use resilient_runtime::{
    Class, GiveUp, Hedge, Kept, Policy, ServerWait, Upstream, WaitOrigin, resilient,
    testing::{Step, isolated, record},
};
use resilient_tests::{Counter, Failure};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[resilient_runtime::test(start_paused = true)]
async fn no_hedge_is_started_after_a_shutdown() {
    let upstream = Upstream::new("hedged");
    let hedge = Hedge::after(2 * SECOND, 1);
    let counter = Counter::new();
    let body = async || {
        counter.count();
        sleep(10 * SECOND).await;
        Ok::<u32, Failure>(7)
    };
    let calls = async {
        tokio::join!(
            record(Policy::DEFAULT.call("direct").hedge(&hedge).run(body)),
            upstream.call("through").hedge(&hedge).run(body)
        )
    };
    let (((direct, trace), through), ()) = tokio::join!(calls, shutdown_after(SECOND));
    assert_eq!(
        (direct.unwrap(), through.unwrap(), counter.get()),
        (7, 7, 2)
    );
    assert!(trace.steps().any(|it| *it == Step::NotHedged), "{trace}");
}

type Items = Vec<Result<u32, Failure>>;

/// A stream of one item, a pause, and a failure.
fn breaks(wait: Option<Duration>) -> impl Stream<Item = Result<u32, Failure>> {
    let mut failure = Failure::of(Class::Network);
    failure.classification.wait = wait.map(|wait| ServerWait::new(wait, WaitOrigin::RetryAfter));
    stream::iter([Ok(1)]).chain(stream::once(async move {
        sleep(2 * SECOND).await;
        Err(failure)
    }))
}

#[resilient(resume = go_on)]
async fn ask(
    resumed: &Counter,
    wait: Option<Duration>,
) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
    let _ = resumed;
    Ok(breaks(wait))
}

#[expect(clippy::unused_async, reason = "a real one opens a connection")]
async fn go_on(
    resumed: &Counter,
    _: Option<Duration>,
    _: Failure,
    _: Kept,
) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
    resumed.count();
    Ok(stream::iter([Ok(2)]))
}

#[resilient_runtime::test(start_paused = true)]
async fn a_stream_goes_on_and_is_not_resumed() {
    // The shutdown comes before the stream breaks, and while the server's wait lasts.
    for (wait, at) in [(None, SECOND), (Some(60 * SECOND), 3 * SECOND)] {
        isolated(async move {
            let (start, resumed) = (Instant::now(), Counter::new());
            let items = async {
                let stream = ask(&resumed, wait).await.unwrap();
                stream.collect::<Items>().await
            };
            let (items, ()) = tokio::join!(items, shutdown_after(at));
            assert_eq!(*items[0].as_ref().unwrap(), 1);
            let broken = items[1].as_ref().unwrap_err();
            assert_eq!((items.len(), broken.class()), (2, Class::StreamBroken));
            assert_eq!(broken.history().gave_up, Some(GiveUp::ShutDown));
            assert_eq!((resumed.get(), start.elapsed()), (0, at.max(2 * SECOND)));
        })
        .await;
    }
}

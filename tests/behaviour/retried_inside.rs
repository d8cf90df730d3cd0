//! Retries of an inner call that reach an outer one on different ways: they do not multiply. An
//! inner failure that was handled costs the outer call nothing.

use futures::{StreamExt as _, future::join, stream::FuturesUnordered};
use resilient_runtime::{
    CallError, Class, Classification, Classify, GiveUp, Policy, Rejection, call,
};
use resilient_tests::Counter;
use std::{error::Error, fmt, io, time::Duration};
use tokio::{
    task::yield_now,
    time::{sleep, timeout},
};

const POLICY: Policy = Policy::new().attempts(5).no_timeout();

/// An error that holds the history of its call.
type Carrying = CallError<Busy>;

#[derive(Debug)]
struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Classification {
        Class::Overloaded.into()
    }
}

/// An error that cannot hold it.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Busy,
    Rejected(Class),
}

impl Classify for Plain {
    fn classify(&self) -> Classification {
        match self {
            Self::Busy => Class::Overloaded.into(),
            Self::Rejected(class) => (*class).into(),
        }
    }
}

impl From<Rejection> for Plain {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection.class())
    }
}

trait Fails: Classify + From<Rejection> {
    fn busy() -> Self;
}

impl Fails for Carrying {
    fn busy() -> Self {
        Busy.into()
    }
}

impl Fails for Plain {
    fn busy() -> Self {
        Self::Busy
    }
}

async fn inner<E: Fails>(sent: &Counter) -> Result<(), E> {
    call!(POLICY, async {
        sent.count();
        Err(E::busy())
    })
    .await
}

async fn succeeds<E: Fails>() -> Result<(), E> {
    call!(POLICY, async { Ok(()) }).await
}

/// The requests of five attempts around five, in each of the ways that the result takes.
async fn requests_on_all_ways<E: Fails>() -> Vec<(&'static str, u32)> {
    let mut all = Vec::new();
    macro_rules! way {
        ($name:literal, $sent:ident => $body:expr) => {{
            let counter = Counter::new();
            let $sent = &counter;
            let result: Result<(), E> = call!(POLICY, async { $body }).await;
            assert!(result.is_err());
            all.push(($name, counter.get()));
        }};
    }
    way!("returned", sent => inner(sent).await);
    way!("an await after it", sent => {
        let result = inner(sent).await;
        sleep(Duration::from_millis(5)).await;
        result
    });
    way!("yields after it", sent => {
        let result = inner(sent).await;
        yield_now().await;
        result
    });
    way!("a rollback by a resilient call", sent => {
        let result = inner(sent).await;
        succeeds::<E>().await?;
        sleep(Duration::from_millis(5)).await;
        result
    });
    way!("beside a slower one", sent => {
        let (result, ()) = join(inner(sent), sleep(Duration::from_secs(600))).await;
        result
    });
    way!("beside another that fails", sent => {
        let other = async { Err::<(), E>(E::busy()) };
        let (result, _) = join(inner(sent), other).await;
        yield_now().await;
        result
    });
    way!("from many futures", sent => {
        let mut futures = FuturesUnordered::new();
        futures.push(inner(sent));
        let result = futures.next().await.unwrap();
        yield_now().await;
        result
    });
    way!("inside a timeout", sent => {
        timeout(Duration::from_secs(600), inner(sent)).await.unwrap()
    });
    way!("through a layer between", sent => {
        let result = call!(POLICY.attempts(2), async { inner(sent).await }).await;
        yield_now().await;
        result
    });
    all
}

#[resilient_runtime::test(start_paused = true)]
async fn f130_retries_do_not_multiply_on_any_way_of_an_error_with_its_history() {
    for (way, requests) in requests_on_all_ways::<Carrying>().await {
        assert_eq!(requests, 5, "{way}");
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f130_retries_do_not_multiply_on_any_way_of_an_error_without_its_history() {
    for (way, requests) in requests_on_all_ways::<Plain>().await {
        assert_eq!(requests, 5, "{way}");
    }
}

/// An error of another type, with the inner one as its source.
#[derive(Debug)]
struct Wrapped(Carrying);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the order was not placed")
    }
}

impl Error for Wrapped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("busy")
    }
}

impl Error for Busy {}

#[resilient_runtime::test(start_paused = true)]
async fn f130_retries_do_not_multiply_if_the_inner_error_is_in_the_chain() {
    assert!(resilient_runtime::register_error::<Carrying>());
    let sent = &Counter::new();
    let result: Result<(), CallError<Box<dyn Error + Send + Sync>>> = call!(POLICY, async {
        let result = inner::<Carrying>(sent).await;
        yield_now().await;
        result.map_err(|error| Box::<dyn Error + Send + Sync>::from(Wrapped(error)).into())
    })
    .await;
    assert_eq!(sent.get(), 5);
    let gave_up = result.unwrap_err().history().gave_up;
    assert_eq!(gave_up, Some(GiveUp::RetriedInside));
}

/// An error that keeps the classification of the inner one.
struct Recorded(Classification);

impl Classify for Recorded {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}

impl From<Rejection> for Recorded {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.classification())
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f130_retries_do_not_multiply_if_the_inner_error_is_recorded() {
    let sent = &Counter::new();
    let result: Result<(), Recorded> = call!(POLICY, async {
        let result = inner::<Carrying>(sent).await;
        yield_now().await;
        result.map_err(|error| Recorded(error.classify()))
    })
    .await;
    assert!(result.is_err());
    assert_eq!(sent.get(), 5);
}

#[resilient_runtime::test(start_paused = true)]
async fn f131_an_inner_failure_that_was_handled_costs_the_body_nothing() {
    let (inside, own) = (&Counter::new(), &Counter::new());
    let result: Result<(), Carrying> = call!(POLICY, async {
        let _ = inner::<Carrying>(inside).await;
        own.count();
        Err(Carrying::busy())
    })
    .await;
    assert!(result.is_err());
    assert_eq!((inside.get(), own.get()), (25, 5));
}

#[resilient_runtime::test(start_paused = true)]
async fn f131_an_equal_failure_with_details_is_the_bodys_own() {
    type Reset = CallError<io::Error>;
    let reset = || {
        Reset::from(io::Error::new(
            io::ErrorKind::ConnectionReset,
            "reset by peer",
        ))
    };
    let own = &Counter::new();
    let result: Result<(), Reset> = call!(POLICY, async {
        let handled: Result<(), Reset> = call!(POLICY, async { Err(reset()) }).await;
        assert!(handled.unwrap_err().history().is_used_up());
        own.count();
        Err(reset())
    })
    .await;
    assert!(result.is_err());
    assert_eq!(own.get(), 5);
}

#[resilient_runtime::test(start_paused = true)]
async fn f131_another_failure_than_the_handled_one_is_retried() {
    let own = &Counter::new();
    let result: Result<(), Plain> = call!(POLICY, async {
        let _ = inner::<Plain>(&Counter::new()).await;
        own.count();
        Err(Plain::Rejected(Class::ServerError))
    })
    .await;
    assert_eq!(
        (result, own.get()),
        (Err(Plain::Rejected(Class::ServerError)), 5)
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_history_is_used_up_after_retries_only() {
    for (attempts, is_used_up) in [(1, false), (2, true)] {
        let policy = POLICY.attempts(attempts);
        let result: Result<(), Carrying> = call!(policy, async { Err(Carrying::busy()) }).await;
        let error = result.unwrap_err();
        assert_eq!(error.history().is_used_up(), is_used_up);
        assert_eq!(error.classify().retried, is_used_up);
    }
    assert!(!Carrying::busy().classify().retried);
}

//! Type-erased errors: long and shared chains of sources, and the history of a call in them.

use resilient_runtime::{
    ApiError, Backoff, CallError, Class, Classify, ErasedHistory, GiveUp, Policy, Processed,
    Rejection, call, resilient,
};
use std::{
    cell::Cell,
    error::Error,
    fmt,
    io::{self, ErrorKind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

type Boxed = Box<dyn Error + Send + Sync>;
type Shared = Arc<dyn Error + Send + Sync>;

const FAST: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::exponential(Duration::from_millis(1)));

/// A shared error below another one, as clients that clone their errors have it.
#[derive(Debug)]
struct Link(Shared);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("link")
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown")
    }
}

impl Error for Unknown {}

fn links(count: usize, last: Shared) -> Boxed {
    let shared = (0..count).fold(last, |shared, _| Arc::new(Link(shared)));
    Box::new(Link(shared))
}

/// On a stack as small as that of a thread of a busy program. The error is leaked, since dropping
/// a long chain is a recursion of its own.
fn class_on_a_small_stack(error: Boxed) -> Class {
    let error: &'static (dyn Error + Send + Sync) = Box::leak(error);
    let thread = thread::Builder::new().stack_size(512 * 1024);
    let classify = move || error.classify().class;
    thread.spawn(classify).unwrap().join().unwrap()
}

#[test]
fn f121_a_chain_of_shared_errors_is_followed_once() {
    let begin = Instant::now();
    let unknown = links(24, Arc::new(Unknown));
    assert_eq!(unknown.classify().class, Class::Unknown);
    let reset = links(24, Arc::new(io::Error::from(ErrorKind::ConnectionReset)));
    assert_eq!(reset.classify().class, Class::Network);
    let shared: Shared = Arc::new(Unknown);
    let nested: Shared = (0..24).fold(shared, |shared, _| Arc::new(shared));
    assert_eq!(links(0, nested).classify().class, Class::Unknown);
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[test]
fn f121_ten_thousand_links_end_neither_the_stack_nor_the_time() {
    const LINKS: usize = 10_000;
    let begin = Instant::now();
    let reset = || io::Error::from(ErrorKind::ConnectionReset);
    let shared = links(LINKS, Arc::new(reset()));
    assert_eq!(class_on_a_small_stack(shared), Class::Unknown);
    let shared: Shared = Arc::new(reset());
    let nested: Shared = (0..LINKS).fold(shared, |shared, _| Arc::new(shared));
    assert_eq!(class_on_a_small_stack(Box::new(nested)), Class::Unknown);
    let nested = (0..LINKS).fold(reset(), |inner, _| io::Error::other(inner));
    assert_eq!(class_on_a_small_stack(Box::new(nested)), Class::Unknown);
    let refused = |inner| io::Error::new(ErrorKind::ConnectionRefused, inner);
    let nested = (0..LINKS).fold(reset(), |inner, _| refused(inner));
    assert_eq!(class_on_a_small_stack(Box::new(nested)), Class::Connect);
    let wrapped: Boxed = Box::new(Unknown);
    let nested = (0..LINKS).fold(wrapped, |inner, _| Box::new(Own(inner)));
    assert!(resilient_runtime::register_error::<Own>());
    assert_eq!(class_on_a_small_stack(nested), Class::Unknown);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

/// A registered type that classifies itself by its source, and asks twice.
#[derive(Debug)]
struct Own(Boxed);

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("own")
    }
}

impl Error for Own {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl Classify for Own {
    fn classify(&self) -> resilient_runtime::Classification {
        let _ = self.0.classify();
        self.0.classify()
    }
}

#[test]
fn a_shared_error_of_a_known_type_is_known() {
    let reset = || io::Error::from(ErrorKind::ConnectionReset);
    let shared: Boxed = Box::new(Arc::new(reset()));
    assert_eq!(shared.classify().class, Class::Network);
    let shared: Boxed = Box::new(Arc::new(ApiError::from_transport(reset())));
    assert_eq!(shared.classify().class, Class::Network);
}

#[test]
fn f128_an_error_whose_display_fails_does_not_panic() {
    #[derive(Debug)]
    struct Broken;
    impl fmt::Display for Broken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    impl Error for Broken {}
    for error in [Boxed::from(Broken), Boxed::from(io::Error::other(Broken))] {
        let told = error.classify();
        assert_eq!(told.class, Class::Unknown);
        assert_eq!(told.message.unwrap().as_str(), "half");
    }
}

#[test]
fn f120_the_kind_of_an_io_error_does_not_tell_that_nothing_was_sent() {
    for kind in [
        ErrorKind::ConnectionRefused,
        ErrorKind::HostUnreachable,
        ErrorKind::NetworkUnreachable,
        ErrorKind::NetworkDown,
    ] {
        let plain = io::Error::from(kind);
        let boxed: Boxed = Box::new(io::Error::from(kind));
        let nested = io::Error::other(io::Error::from(kind));
        for told in [plain.classify(), boxed.classify(), nested.classify()] {
            let told = (told.class, told.processed);
            assert_eq!(told, (Class::Connect, Processed::Maybe), "{kind}");
        }
    }
}

#[tokio::test]
async fn f120_a_read_that_is_unreachable_is_not_repeated() {
    #[resilient(policy = FAST, idempotent = false)]
    async fn order(sent: &mut u32) -> Result<(), CallError<io::Error>> {
        *sent += 1;
        Err(io::Error::from(ErrorKind::HostUnreachable))?;
        Ok(())
    }
    let mut sent = 0;
    let error = order(&mut sent).await.unwrap_err();
    assert_eq!(sent, 1);
    assert_eq!(error.history().gave_up, Some(GiveUp::MaybeProcessed));
}

#[tokio::test]
async fn f122_anyhow_keeps_the_history_and_the_original_error() {
    #[resilient(policy = FAST)]
    async fn ask() -> anyhow::Result<()> {
        Err(anyhow::Error::from(io::Error::from(ErrorKind::ConnectionReset)).context("asking"))
    }
    let error = ask().await.unwrap_err();
    let history = error.history().unwrap();
    assert_eq!(history.attempts.len(), 3);
    assert_eq!(history.gave_up, Some(GiveUp::AttemptsUsedUp));
    let original = error.downcast_ref::<io::Error>().unwrap();
    assert_eq!(original.kind(), ErrorKind::ConnectionReset);
    assert_eq!(error.downcast_ref::<&str>(), Some(&"asking"));
    assert_eq!(error.classify().class, Class::Network);
    let line = error.to_string();
    assert!(
        line.starts_with("asking; gave up after 3 attempts in "),
        "{line}"
    );
    assert!(line.ends_with(": attempts used up"), "{line}");
    // Also below a further context.
    assert_eq!(error.context("outer").history().unwrap().attempts.len(), 3);
    assert!(anyhow::anyhow!("no call").history().is_none());
}

#[tokio::test]
async fn f122_anyhow_keeps_the_history_of_an_api_error_and_of_a_rejection() {
    let error: anyhow::Result<()> = call!(FAST, async {
        let reset = io::Error::from(ErrorKind::ConnectionReset);
        Err(anyhow::Error::from(ApiError::from_transport(reset)).context("asking"))
    })
    .await;
    let error = error.unwrap_err();
    assert_eq!(error.history().unwrap().attempts.len(), 3);
    let own = error.downcast_ref::<ApiError>().unwrap();
    assert_eq!(own.history().attempts.len(), 3);
    assert_eq!(error.to_string(), "asking");

    let slow = FAST.timeout(Duration::from_millis(5));
    let error: anyhow::Result<()> = call!(slow, async { std::future::pending().await }).await;
    let error = error.unwrap_err();
    assert_eq!(error.history().unwrap().attempts.len(), 3);
    assert!(error.downcast_ref::<Rejection>().is_some());
}

#[tokio::test]
async fn f122_a_box_keeps_the_history_of_an_error_that_can_hold_it() {
    let failed: Result<(), Boxed> = call!(FAST, async {
        let reset = io::Error::from(ErrorKind::ConnectionReset);
        Err(Boxed::from(ApiError::from_transport(reset)))
    })
    .await;
    assert_eq!(failed.unwrap_err().history().unwrap().attempts.len(), 3);
    let failed: Result<(), Boxed> = call!(FAST, async {
        Err(Boxed::from(io::Error::from(ErrorKind::ConnectionReset)))
    })
    .await;
    assert!(failed.unwrap_err().history().is_none());
    let failed: Result<(), CallError<Boxed>> = call!(FAST, async {
        Err(Boxed::from(io::Error::from(ErrorKind::ConnectionReset)))?;
        Ok(())
    })
    .await;
    assert_eq!(failed.unwrap_err().history().attempts.len(), 3);
}

#[tokio::test]
async fn f131_an_equal_failure_of_an_erased_error_is_the_bodys_own() {
    let reset = || ApiError::from_transport(io::Error::from(ErrorKind::ConnectionReset));
    for erase in [
        |error: ApiError| anyhow::Error::from(error),
        |error| anyhow::Error::from(error).context("asking"),
    ] {
        let (inside, own) = (Cell::new(0), Cell::new(0));
        let failed: anyhow::Result<()> = call!(FAST, async {
            let handled: Result<(), anyhow::Error> = call!(FAST, async {
                inside.update(|count| count + 1);
                Err(erase(reset()))
            })
            .await;
            assert!(handled.is_err());
            own.update(|count| count + 1);
            Err(erase(reset()))
        })
        .await;
        assert!(failed.is_err());
        assert_eq!((inside.get(), own.get()), (9, 3));
    }
}

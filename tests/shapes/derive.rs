//! `#[derive(Classify)]` on every shape of error type.
#![allow(clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{
    CallError, Class, Classification, Classify, FromRejection, History, Processed, Rejection,
    ServerWait, WaitOrigin, resilient,
};
use std::{borrow::Cow, error::Error, fmt, io, sync::Arc, time::Duration};

const WAIT: Duration = Duration::from_secs(20);

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// All words except those for `thiserror`.
#[derive(Debug, thiserror::Error, Classify)]
enum Failure {
    #[error("busy")]
    #[classify(rate_limited, retry_after = wait, request_id = id)]
    Busy { wait: Option<Duration>, id: u64 },
    #[error("status {0}")]
    #[classify(status = 0, code = 1, message = 2)]
    Status(u16, Option<&'static str>, Cow<'static, str>),
    #[error("refused")]
    #[classify(invalid_request, status = status, kind = r#type, param = param)]
    Refused {
        status: Option<u16>,
        r#type: &'static str,
        param: Option<String>,
    },
    #[error(transparent)]
    #[classify(delegate)]
    Io(#[from] io::Error),
    #[error("boxed")]
    #[classify(delegate = source, code = r#type, retry_after = wait)]
    Boxed {
        r#type: String,
        wait: Duration,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error(transparent)]
    #[classify(rejection)]
    Rejected(Rejection),
    #[error("other")]
    #[classify(unknown)]
    Other,
}

#[test]
fn a_class_with_what_fields_tell() {
    let busy = |wait| Failure::Busy { wait, id: 7 }.classify();
    let known = Classification::new(Class::RateLimited).request_id("7");
    let wait = ServerWait::new(WAIT, WaitOrigin::Error);
    assert_eq!(busy(Some(WAIT)), known.clone().wait(wait));
    assert_eq!(busy(None), known);
    let refused = |status, param: Option<&str>| {
        let (r#type, param) = ("invalid_request_error", param.map(str::to_owned));
        let failure = Failure::Refused {
            status,
            r#type,
            param,
        };
        failure.classify()
    };
    let known = Classification::new(Class::InvalidRequest).kind("invalid_request_error");
    assert_eq!(refused(None, None), known);
    assert_eq!(
        refused(Some(503), Some("model")),
        known.status(503).param("model")
    );
    assert_eq!(Failure::Other.classify(), Class::Unknown.into());
}

#[test]
fn a_status_alone_gives_its_class() {
    let failure = Failure::Status(503, Some("slow_down"), "later".into());
    let known = Classification::of_status(503);
    assert_eq!(failure.classify(), known.code("slow_down").message("later"));
}

#[test]
fn a_delegate_says_what_its_field_says_and_more() {
    assert_eq!(Failure::from(refused()).classify(), refused().classify());
    let boxed = Failure::Boxed {
        r#type: "outer".to_owned(),
        wait: WAIT,
        source: refused().into(),
    };
    let known = refused().classify().code("outer");
    let wait = ServerWait::new(WAIT, WaitOrigin::Error);
    assert_eq!(boxed.classify(), known.wait(wait));
}

#[tokio::test(start_paused = true)]
async fn a_resilient_function_can_return_it() {
    #[resilient(attempts = 3, timeout = "1s")]
    async fn ask(attempts: &mut u32) -> Result<(), Failure> {
        *attempts += 1;
        match attempts {
            1 => Err(Failure::Busy {
                wait: Some(WAIT),
                id: 1,
            }),
            2 => Err(refused().into()),
            _ => std::future::pending().await,
        }
    }
    let (mut attempts, start) = (0, tokio::time::Instant::now());
    let failure = ask(&mut attempts).await.unwrap_err();
    assert!(matches!(failure, Failure::Rejected(_)), "{failure:?}");
    assert_eq!(failure.classify().class, Class::Timeout);
    assert_eq!(attempts, 3);
    assert!(start.elapsed() >= WAIT);
}

#[derive(Debug, Classify)]
#[classify(status = status)]
#[classify(retry_after = wait, message = text)]
struct Answer {
    status: Option<u16>,
    wait: Duration,
    text: &'static str,
}

#[derive(Debug, Classify)]
#[classify(delegate)]
struct Wrapper(io::Error);

#[derive(Debug, Classify)]
#[classify(rejection)]
struct OnlyRejected(Rejection);

#[derive(Debug, Classify)]
#[classify(decode)]
struct Unit;

#[derive(Debug, Classify)]
enum Never {}

#[test]
fn structs_are_classified_as_variants_are() {
    fn is_classified<T: Classify>() {}
    fn holds_a_rejection<T: Classify + FromRejection>() {}
    let answer = |status| {
        Answer {
            status,
            wait: WAIT,
            text: "later",
        }
        .classify()
    };
    assert_eq!(answer(Some(503)).class, Class::Overloaded);
    // A server that names a wait has not processed the request.
    assert_eq!(answer(Some(503)).processed, Processed::No);
    assert_eq!(answer(None).class, Class::Unknown);
    assert_eq!(Wrapper(refused()).classify(), refused().classify());
    assert_eq!(Unit.classify(), Class::Decode.into());
    is_classified::<Never>();
    holds_a_rejection::<OnlyRejected>();
}

/// Keeps the attached history.
#[derive(Debug, Default)]
struct Keeper(Option<History>);

impl Classify for Keeper {
    fn classify(&self) -> Classification {
        Class::InvalidRequest.into()
    }

    fn attach(&mut self, history: History) {
        self.0 = Some(history);
    }
}

#[tokio::test(start_paused = true)]
async fn the_history_goes_to_the_field_that_delegates() {
    #[derive(Debug, Classify)]
    enum Outer {
        #[classify(delegate = keeper)]
        Kept { keeper: Inner<Keeper>, _id: u8 },
        #[classify(rejection)]
        Rejected(Rejection),
    }
    #[derive(Debug, Classify)]
    #[classify(delegate)]
    struct Inner<T>(Box<T>);
    #[resilient]
    async fn ask() -> Result<(), Outer> {
        let keeper = Inner(Box::new(Keeper::default()));
        Err(Outer::Kept { keeper, _id: 1 })
    }
    match ask().await.unwrap_err() {
        Outer::Kept { keeper, .. } => assert_eq!(keeper.0.0.unwrap().attempts.len(), 1),
        Outer::Rejected(rejection) => unreachable!("{rejection}"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_boxed_or_shared_is_what_it_is() {
    #[resilient(attempts = 2)]
    async fn ask() -> Result<(), CallError<Arc<io::Error>>> {
        Err(Arc::new(refused()))?
    }
    let classified = |error: &dyn Classify| error.classify();
    assert_eq!(classified(&Box::new(refused())), refused().classify());
    assert_eq!(classified(&Arc::new(refused())), refused().classify());
    let erased: Arc<dyn Error + Send + Sync> = Arc::new(refused());
    assert_eq!(classified(&erased), refused().classify());
    let dynamic: Box<dyn Classify> = Box::new(refused());
    assert_eq!(classified(&dynamic), refused().classify());
    let failed = ask().await.unwrap_err();
    let history = failed.history();
    assert_eq!(history.attempts.len(), 2);
    let mut alone = Arc::new(Keeper::default());
    let mut held = Arc::new(Keeper::default());
    let _holder = Arc::clone(&held);
    alone.attach(history.clone());
    held.attach(history.clone());
    assert!(alone.0.is_some() && held.0.is_none());
}

/// A client with its own error type.
trait Client {
    type Error;
}

struct Disk;

impl Client for Disk {
    type Error = io::Error;
}

/// Only delegated fields have to be classified.
#[derive(Classify)]
enum Wrapped<'a, C: Client, T, M: fmt::Display + ?Sized, U = (), const N: usize = 0>
where
    U: fmt::Debug,
{
    #[classify(delegate)]
    Client(C::Error),
    #[classify(delegate)]
    Typed(T),
    #[classify(server_error, message = 0)]
    Text(&'a M),
    #[classify(unknown)]
    #[expect(dead_code, reason = "its type is what matters")]
    Other([U; N]),
    #[classify(rejection)]
    Rejected(Rejection),
}

#[test]
fn generic_types_are_classified_where_what_they_ask_is() {
    type Of<'a> = Wrapped<'a, Disk, Classification, str, u8, 3>;
    let known = Classification::of_status(503);
    assert_eq!(Of::Typed(known.clone()).classify(), known);
    assert_eq!(Of::Client(refused()).classify(), refused().classify());
    let text = Of::Text("oops").classify();
    assert_eq!(
        text.message
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("oops")
    );
    let _: CallError<Of<'_>> = Of::Typed(known).into();
}

/// No `From` but that of itself, so that `?` leaves the compiler no choice.
#[derive(Debug, Classify)]
enum Inferred {
    #[classify(decode)]
    Short,
    #[classify(rejection)]
    Rejected(Rejection),
}

#[tokio::test(start_paused = true)]
async fn f164_the_derive_adds_no_from_that_would_leave_a_choice_to_the_operator() {
    #[resilient(timeout = "1s", attempts = 1)]
    async fn call(text: &str) -> Result<usize, Inferred> {
        // The type of its error is inferred from the `?`.
        let length = || Ok(text.len());
        match length()? {
            0 => std::future::pending().await,
            1 => Err(Inferred::Short),
            n => Ok(n),
        }
    }
    assert_eq!(call("ab").await.unwrap(), 2);
    assert!(matches!(call("a").await, Err(Inferred::Short)));
    let rejected = call("").await.unwrap_err();
    assert!(
        matches!(rejected, Inferred::Rejected(rejection) if rejection.class() == Class::Timeout)
    );
}

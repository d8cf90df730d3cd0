//! Errors of clients below other errors, and types that the application registers.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use eyre::WrapErr;
use resilient_runtime::{
    Class, Classification, Classify, ErasedHistory, GiveUp, Rejection, register_error, resilient,
};
use std::{error::Error, fmt, io, sync::Arc};

type Boxed = Box<dyn Error + Send + Sync>;

#[derive(Debug)]
struct Ours(u16);

impl fmt::Display for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "our own {}", self.0)
    }
}

impl Error for Ours {}

impl Classify for Ours {
    fn classify(&self) -> Classification {
        Classification::of_status(self.0)
    }
}

#[test]
fn a_registered_type_is_found_wherever_it_stands_in_a_chain() {
    assert_eq!(Boxed::from(Ours(503)).classify().class, Class::Unknown);
    assert!(register_error::<Ours>());
    assert!(register_error::<Ours>(), "the second time changes nothing");
    assert_eq!(Boxed::from(Ours(503)).classify().class, Class::Overloaded);
    assert_eq!(
        io::Error::other(Ours(401)).classify().class,
        Class::Authentication
    );
    let report = Err::<(), _>(Ours(429))
        .wrap_err("asking")
        .wrap_err("chatting")
        .unwrap_err();
    assert_eq!(report.classify().class, Class::RateLimited);
}

#[test]
fn every_clients_error_is_found_below_a_report() {
    let found = |error: Boxed| {
        eyre::Report::msg("outer")
            .wrap_err("outermost")
            .classify()
            .class
            == Class::Unknown
            && eyre::Report::from(Wrapped(error))
                .wrap_err("context")
                .classify()
                .class
                != Class::Unknown
    };
    let errors: [Boxed; 6] = [
        Box::new(sqlx::Error::PoolTimedOut),
        Box::new(redis::RedisError::from((
            redis::ErrorKind::ClusterConnectionNotFound,
            "no",
        ))),
        Box::new(tonic::Status::unavailable("no")),
        Box::new(ureq::Error::HostNotFound),
        Box::new(async_openai::error::OpenAIError::InvalidArgument(
            "no".to_owned(),
        )),
        Box::new(Arc::<dyn Error + Send + Sync>::from(Boxed::from(
            io::Error::from(io::ErrorKind::TimedOut),
        ))),
    ];
    for error in errors {
        let name = format!("{error:?}");
        assert!(found(error), "{name}");
    }
}

#[derive(Debug)]
struct Wrapped(Boxed);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapped")
    }
}

impl Error for Wrapped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_returns_a_report_is_retried_and_can_be_rejected() {
    #[resilient(attempts = 3, timeout = "1s")]
    async fn ask(asked: &mut u32) -> eyre::Result<()> {
        *asked += 1;
        if *asked < 3 {
            Err(io::Error::from(io::ErrorKind::ConnectionReset)).wrap_err("asking")?;
        }
        std::future::pending().await
    }
    let mut asked = 0;
    let report = ask(&mut asked).await.unwrap_err();
    assert_eq!((asked, report.classify().class), (3, Class::Timeout));
    assert!(report.downcast_ref::<Rejection>().is_some());
}

#[tokio::test(start_paused = true)]
async fn f122_eyre_keeps_the_history_and_the_original_error() {
    #[resilient(attempts = 3)]
    async fn ask() -> eyre::Result<()> {
        Err(io::Error::from(io::ErrorKind::ConnectionReset)).wrap_err("asking")
    }
    let report = ask().await.unwrap_err();
    let history = report.history().unwrap();
    assert_eq!(history.attempts.len(), 3);
    assert_eq!(history.gave_up, Some(GiveUp::AttemptsUsedUp));
    let original = report.downcast_ref::<io::Error>().unwrap();
    assert_eq!(original.kind(), io::ErrorKind::ConnectionReset);
    assert!(
        report
            .to_string()
            .starts_with("asking; gave up after 3 attempts in ")
    );
    assert_eq!(report.classify().class, Class::Network);
}

/// As `#[error(transparent)]` of `thiserror` writes it: `source` leaves out the error in it.
#[derive(Debug)]
struct Transparent<E>(E);

impl<E: Error> fmt::Display for Transparent<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<E: Error> Error for Transparent<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<E: Classify> Classify for Transparent<E> {
    fn classify(&self) -> Classification {
        self.0.classify()
    }
}

#[test]
fn f269_a_transparent_error_is_found_once_its_type_is_registered() {
    type OfStatus = Transparent<tonic::Status>;
    let erased = || Boxed::from(Transparent(tonic::Status::unavailable("no")));
    assert_eq!(erased().classify().class, Class::Unknown);
    assert!(register_error::<OfStatus>());
    assert_eq!(erased().classify().class, Class::Overloaded);
    let boxed = Boxed::from(Box::new(Transparent(tonic::Status::aborted("no"))));
    assert_eq!(boxed.classify().class, Class::Conflict);
    let report = eyre::Report::from(Wrapped(erased())).wrap_err("asking");
    assert_eq!(report.classify().class, Class::Overloaded);
}

#[test]
fn f269_a_boxed_error_of_a_known_type_is_known() {
    let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
    for (error, class) in [
        (Boxed::from(Box::new(reset())), Class::Network),
        (Boxed::from(Arc::new(reset())), Class::Network),
        (
            Boxed::from(Box::new(tonic::Status::unavailable("no"))),
            Class::Overloaded,
        ),
        (
            Boxed::from(Box::new(redis::RedisError::from(reset()))),
            Class::Network,
        ),
        (
            Boxed::from(Box::new(sqlx::Error::RowNotFound)),
            Class::NotFound,
        ),
    ] {
        assert_eq!(error.classify().class, class, "{error:?}");
        assert_eq!(Boxed::from(Wrapped(error)).classify().class, class);
    }
}

/// A reader that fails.
struct Broken(io::ErrorKind);

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
}

#[test]
fn f268_json_that_does_not_fit_is_decode_and_a_broken_reader_is_not() {
    let parse = serde_json::from_str::<u8>;
    for text in ["", "{", "300", "\"text\"", "nul", "1 2"] {
        let error = Boxed::from(parse(text).unwrap_err());
        assert_eq!(error.classify().class, Class::Decode, "{text}");
        let held = io::Error::from(parse(text).unwrap_err());
        assert_eq!(held.classify().class, Class::Decode, "{text}");
    }
    for (kind, class) in [
        (io::ErrorKind::ConnectionReset, Class::Network),
        (io::ErrorKind::TimedOut, Class::Timeout),
    ] {
        let error = serde_json::from_reader::<_, u8>(Broken(kind)).unwrap_err();
        assert_eq!(Boxed::from(error).classify().class, class);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_resources_is_known_through_every_wrapper() {
    // ENFILE, EMFILE, EADDRNOTAVAIL, ENOBUFS, EHOSTDOWN.
    for number in [23, 24, 99, 105, 112] {
        let io = || io::Error::from_raw_os_error(number);
        let errors: [Boxed; 10] = [
            io().into(),
            io::Error::other(io()).into(),
            Wrapped(io().into()).into(),
            Arc::new(io()).into(),
            sqlx::Error::Io(io()).into(),
            redis::RedisError::from(io()).into(),
            ureq::Error::Io(io()).into(),
            tonic::Status::from_error(io().into()).into(),
            tonic::ConnectError(io().into()).into(),
            aws_smithy_runtime_api::client::result::ConnectorError::io(io().into()).into(),
        ];
        for error in errors {
            let says = error.classify();
            assert_eq!(says.class, Class::Connect, "{number} {error:?}");
            let report = eyre::Report::from(Wrapped(error)).wrap_err("asking");
            assert_eq!(report.classify().class, Class::Connect);
        }
    }
}

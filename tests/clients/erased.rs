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

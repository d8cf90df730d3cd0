//! The parameters of a `fallback`: their number is checked, and arguments are converted as in any
//! call.
#![allow(clippy::unwrap_used, clippy::unnecessary_wraps, reason = "tests")]

use resilient_runtime::{CallError, resilient};
use std::io;

type Result<T, E = CallError<io::Error>> = std::result::Result<T, E>;

async fn fail() -> Result<String> {
    tokio::task::yield_now().await;
    Err(io::Error::from(io::ErrorKind::ConnectionReset).into())
}

#[resilient(attempts = 2, fallback = of_impl_trait)]
async fn converted(log: &mut Vec<u8>, text: &String) -> Result<String> {
    log.push(1);
    fail().await.map(|it| it + text)
}

fn of_impl_trait(
    log: &[u8],
    text: impl AsRef<str>,
    error: impl Into<CallError<io::Error>>,
) -> Result<String> {
    let attempts = error.into().history().attempts.len();
    Ok(format!("{} {} {attempts}", text.as_ref(), log.len()))
}

#[tokio::test(start_paused = true)]
async fn arguments_are_converted_and_types_inferred() {
    let answer = converted(&mut Vec::new(), &"text".to_owned()).await;
    assert_eq!(answer.unwrap(), "text 2 2");
}

const POINTER: fn(&str, CallError<io::Error>) -> Result<String> = |text, _| Ok(text.to_owned());

#[resilient(attempts = 2, fallback = POINTER)]
async fn pointer(text: &String) -> Result<String> {
    fail().await.map(|it| it + text)
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_a_pointer() {
    assert_eq!(pointer(&"text".to_owned()).await.unwrap(), "text");
}

fn prefixed(prefix: &str) -> impl Fn(&str, CallError<io::Error>) -> Result<String> + use<> {
    let prefix = prefix.to_owned();
    move |text, _| Ok(format!("{prefix} {text}"))
}

#[resilient(attempts = 2, fallback = prefixed("a"))]
async fn made_by_a_call(text: &str) -> Result<String> {
    fail().await.map(|it| it + text)
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_made_by_a_call() {
    assert_eq!(made_by_a_call("text").await.unwrap(), "a text");
}

macro_rules! many {
    ($($name:ident)*) => {
        #[expect(clippy::too_many_arguments, reason = "the number matters")]
        #[resilient(attempts = 2, fallback = sum)]
        async fn many($($name: u8),*) -> Result<u8> {
            fail().await?;
            Ok(0 $(+ $name)*)
        }

        #[expect(clippy::too_many_arguments, reason = "the number matters")]
        fn sum($($name: u8,)* _: CallError<io::Error>) -> Result<u8> {
            Ok(0 $(+ $name)*)
        }

        #[tokio::test(start_paused = true)]
        async fn a_fallback_may_have_more_parameters_than_are_checked() {
            $(let $name = 1;)*
            assert_eq!(many($($name),*).await.unwrap(), 14);
        }
    };
}

many!(n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 n10 n11 n12 n13);

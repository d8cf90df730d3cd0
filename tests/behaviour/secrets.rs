//! No secret appears in an event or an error, and no text of a server can forge a line of the log.

use resilient_runtime::{
    CallError, Class, Classification, Classify, Policy, Rejection, call, resilient,
};
use resilient_tests::{CANARY, Leaky, Recorder, clean, printed};
use std::io;

#[tokio::test(start_paused = true)]
async fn f82_no_secret_in_events_errors_or_records() {
    #[resilient(attempts = 3)]
    async fn call(key: &str, owned: String) -> Result<(), CallError<Leaky>> {
        assert!(key.contains(CANARY) && owned.contains(CANARY));
        Err(Leaky.into())
    }
    let (recorder, _guard) = Recorder::start();
    let error = call(CANARY, CANARY.to_owned()).await.unwrap_err();
    assert!(recorder.events().len() >= 6);
    clean(&format!("{:?} {:?}", recorder.events(), recorder.spans()));
    clean(&printed(&error));
    clean(&format!("{:?}", error.history()));
    clean(&format!("{:?}", error.classify()));
}

#[tokio::test(start_paused = true)]
async fn f82_erased_and_io_errors_are_redacted_too() {
    let io = io::Error::other(format!("GET https://h/v1?key={CANARY} failed"));
    clean(&format!("{:?}", io.classify()));
    clean(&format!("{:?}", anyhow::Error::from(Leaky).classify()));
    let result: Result<(), anyhow::Error> =
        call!(Policy::new(), async { Err(anyhow::anyhow!("x")) }).await;
    result.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn f83_a_hostile_message_is_one_bounded_line_of_the_log() {
    struct Hostile(String);
    impl Classify for Hostile {
        fn classify(&self) -> Classification {
            Classification::new(Class::InvalidRequest).message(&self.0)
        }
    }
    impl From<Rejection> for Hostile {
        fn from(rejection: Rejection) -> Self {
            Self(rejection.to_string())
        }
    }
    for message in [
        "ok\r\nERROR forged line".to_owned(),
        "\u{1b}[31mred\u{1b}[0m\0\u{7}\u{202e}".to_owned(),
        "x".repeat(10_000_000),
        "\n".repeat(10_000_000),
        String::from_utf8_lossy(&[0xff, 0xfe, 0x00]).into_owned(),
    ] {
        let (recorder, _guard) = Recorder::start();
        let result: Result<(), Hostile> =
            call!(Policy::new(), async { Err(Hostile(message.clone())) }).await;
        assert!(result.is_err());
        let logged = recorder.of("giving up");
        let text = logged.first().unwrap().field("error.message");
        assert!(text.len() <= 8 * 1_024, "{}", text.len());
        assert!(!text.chars().any(char::is_control), "{text}");
    }
}

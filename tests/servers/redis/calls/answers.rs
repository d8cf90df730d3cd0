//! Connections that give other answers than a server with the script.

use super::{Fleet, wire::Wire};
use redis::{RedisError, RedisResult, Value};
use resilient_runtime::sharing::Sharing;
use std::time::Duration;
use tokio::time::sleep;

fn says(code: &str) -> RedisResult<Value> {
    let detail = "3999 127.0.0.1:6381 resilient:1:{canary-9913}:s".to_owned();
    Err(redis::make_extension_error(code.to_owned(), Some(detail)))
}

fn text(text: &str) -> Value {
    Value::BulkString(text.as_bytes().to_vec())
}

#[tokio::test(start_paused = true)]
async fn f435_calls_go_on_with_a_connection_that_gives_any_other_answer() {
    let malformed = "the answer is malformed";
    let server_error = redis::parse_redis_value(b"-MOVED 3999 127.0.0.1:6381\r\n").unwrap();
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let answers = [
        (says("MOVED"), "MOVED"),
        (says("ASK"), "ASK"),
        (says("CLUSTERDOWN"), "CLUSTERDOWN"),
        (says("TRYAGAIN"), "TRYAGAIN"),
        (says("CROSSSLOT"), "CROSSSLOT"),
        (says("NOSCRIPT"), "NOSCRIPT"),
        (says("NOPERM"), "NOPERM"),
        (says("canary-7731"), "an error of the server"),
        (Ok(server_error), "MOVED"),
        (Err(RedisError::from(refused)), "connection refused"),
        (Ok(Value::Nil), malformed),
        (Ok(Value::Okay), malformed),
        (Ok(Value::Int(7)), malformed),
        (Ok(Value::Double(f64::NAN)), malformed),
        (Ok(Value::Boolean(true)), malformed),
        (Ok(Value::Array(vec![Value::Int(1); 11])), malformed),
        (Ok(Value::Map(vec![(Value::Nil, Value::Nil)])), malformed),
        (Ok(Value::BulkString(vec![0xff; 9])), malformed),
        (Ok(text(&"9 ".repeat(100_000))), malformed),
        (
            Ok(text("0 7 1 0 -1 5 -1 0 -1 -1 0 99999999999999999999")),
            malformed,
        ),
        (
            Ok(text("0 7 1 0 -1 5 -1 0 -1 -1 1 0 7")),
            "the answer does not fit the question",
        ),
    ];
    for (answer, reason) in answers {
        let wires = [Wire::answering(answer.clone()), Wire::answering(answer)];
        let fleet = Fleet::start("answers", wires.map(Sharing::redis));
        sleep(Duration::from_secs(5)).await;
        // Neither knows of the other one.
        assert_eq!(fleet.end(2.0).await, [reason; 2]);
    }
}

//! The arguments of the script and its answers, without a server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::{SCRIPT, error::store_error, key::keys, wire};
use crate::sharing::messages::Scope;
use ::redis::{ErrorKind, RedisError, ServerErrorKind};
use std::collections::BTreeSet;

fn scope(upstream: &str, key: Option<&str>) -> Scope {
    Scope {
        upstream: upstream.to_owned(),
        key: key.map(str::to_owned),
    }
}

#[test]
fn script_uses_only_commands_of_redis_5() {
    let commands: BTreeSet<&str> = SCRIPT
        .split("redis.call('")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
        .collect();
    let old = ["HDEL", "HGETALL", "HMGET", "HSET", "PEXPIRE", "TIME"];
    assert_eq!(commands.into_iter().collect::<Vec<_>>(), old);
    // No other way of a call.
    assert_eq!(
        SCRIPT.matches("redis.").count(),
        SCRIPT.matches("redis.call('").count()
    );
}

#[test]
fn script_and_keys_have_the_same_layout() {
    let head = SCRIPT.lines().next().unwrap();
    assert!(head.contains("Layout 1, script 1."), "{head}");
    let [state, replicas, caps] = keys(&scope("openai", None));
    assert_eq!(state, "resilient:1:{openai}:s");
    assert_eq!(replicas, "resilient:1:{openai}:n");
    assert_eq!(caps, "resilient:1:{openai}:c");
}

#[test]
fn f405_keys_of_a_scope_are_in_one_slot_and_of_no_other_scope_whatever_its_name() {
    let long = "ä{".repeat(400);
    let names = [
        "", "a", "a/b", "b", "{", "}", "{}", "}{", "%7B", "a\nb\0", "~", "%", &long,
    ];
    let mut seen = BTreeSet::new();
    for upstream in names {
        for key in [None].into_iter().chain(names.map(Some)) {
            for key in keys(&scope(upstream, key)) {
                assert!(key.len() < 230 && !key.contains(['\n', '\0']), "{key}");
                let rest = key.strip_prefix("resilient:1:{").unwrap();
                let (tag, suffix) = rest.split_once('}').unwrap();
                assert!(!tag.is_empty() && !tag.contains('{'), "{key}");
                assert!([":s", ":n", ":c"].contains(&suffix), "{key}");
                assert!(seen.insert(key.clone()), "{key}");
            }
        }
    }
}

#[test]
fn f406_malformed_answer_is_an_error_and_no_panic() {
    let good = "0 7 1 0 -1 5 -1 0 -1 -1 1 2 7 0 1.5";
    let answer = wire::read(good).unwrap();
    assert_eq!((answer.caps, answer.waits), (vec![7.0], vec![0.0, 1.5]));
    let bad = [
        "",
        "1",
        "OK",
        "0 7 1 0 -1 5 -1 0 -1 -1 1 2 7 0",
        "0 7 1 0 -1 5 -1 0 -1 -1 1 2 7 0 1 2",
        "0 7 1 0 -1 5 -1 0 -1 -1 -1 0",
        "0 7 1 0 -1 5 -1 0 -1 -1 1e300 0",
        "0 7 1 nan -1 5 -1 0 -1 -1 0 0",
        "0 7 inf 0 -1 5 -1 0 -1 -1 0 0",
        "0 7 1 0 -1 5 -1 0 -1 -1 0 1 x",
        "0 7 1 0 -1 5 -1 0 -1 -1 0 0.5",
    ];
    for text in bad {
        let error = wire::read(text).unwrap_err();
        assert_eq!(error.reason(), "the answer is malformed", "{text}");
    }
    // Finite, but of no use: saturates.
    let view = wire::read("1 7 -5 1e300 1e300 1e300 1e300 -1e300 -1 -1 0 0")
        .unwrap()
        .view();
    assert_eq!((view.replicas, view.permits), (0, Some(u32::MAX)));
    assert_eq!(view.missing, 0);
}

#[test]
fn f407_reason_of_a_failure_is_a_code_without_key_address_or_password() {
    let secret = "resilient:1:{customer}:s at 10.0.0.7:6379 password hunter2".to_owned();
    let of = |kind| RedisError::from((kind, "text", secret.clone()));
    let server = |code: &str| ::redis::make_extension_error(code.to_owned(), Some(secret.clone()));
    let errors = [
        (server("READONLY"), "READONLY"),
        (server("OOM"), "OOM"),
        (server("NOPERM"), "NOPERM"),
        (server("SECRET"), "an error of the server"),
        (of(ErrorKind::Server(ServerErrorKind::ReadOnly)), "READONLY"),
        (of(ErrorKind::AuthenticationFailed), "WRONGPASS"),
        (
            of(ErrorKind::UnexpectedReturnType),
            "the answer is malformed",
        ),
        (of(ErrorKind::Io), "connection closed"),
        (of(ErrorKind::InvalidClientConfig), "an error of the client"),
    ];
    for (error, reason) in errors {
        assert_eq!(store_error(&error).reason(), reason, "{error:?}");
    }
    let old = "Error running script (call to f_ab): @user_script:9: OOM command not allowed";
    let error = ::redis::make_extension_error("ERR".to_owned(), Some(old.to_owned()));
    assert_eq!(store_error(&error).reason(), "OOM");
}

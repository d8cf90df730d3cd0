//! The names of the arguments that set something of the policy or of the limits: the runtime shows
//! them as the source of a value (`policy_of`).

use crate::args::{Args, Steps};

/// Their names, as the runtime has them.
///
/// Input: `attempts = 3, backoff(initial = "2s"), on(not_found, retry = true)`
///
/// Output: `attempts`, `backoff.initial`, `on(not_found).retry`
pub(super) fn names(args: &Args, is_stream: bool) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |is_empty: bool, name: &str| {
        if !is_empty {
            names.push(name.to_owned());
        }
    };
    // With it, the runtime shows the settings of streams.
    add(!is_stream, "stream");
    add(args.policy.is_empty(), "policy");
    add(args.attempts.is_empty(), "attempts");
    add(args.timeout.is_empty(), "timeout");
    add(args.deadline.is_empty(), "deadline");
    add(args.first.is_empty(), "first");
    add(args.idle.is_empty(), "idle");
    add(args.max_retry_after.is_empty(), "max_retry_after");
    add(args.idempotent.is_empty(), "idempotent");
    add(args.repeat_nested.is_empty(), "repeat_nested");
    add(args.budget.is_empty(), "budget");
    add(args.requests.is_empty(), "requests");
    add(args.tokens.is_empty(), "tokens");
    add(args.concurrency.is_empty(), "concurrency");
    add(args.breaker.is_empty(), "breaker");
    add(args.schedule().is_none(), "backoff");
    steps(args.steps(), |is_empty, step| {
        add(is_empty, &format!("backoff.{step}"));
    });
    for rule in &args.on {
        let (class, settings) = (rule.value.class.0, &rule.value.settings);
        let mut add = |is_empty, name: &str| add(is_empty, &format!("on({class}).{name}"));
        add(settings.retry.is_empty(), "retry");
        add(settings.attempts.is_empty(), "attempts");
        steps(&settings.steps, add);
    }
    names
}

fn steps(steps: &Steps, mut add: impl FnMut(bool, &str)) {
    add(steps.kind.is_empty(), "kind");
    add(steps.initial.is_empty(), "initial");
    add(steps.factor.is_empty(), "factor");
    add(steps.max.is_empty(), "max");
    add(steps.jitter.is_empty(), "jitter");
}

//! The promises that hold in every world.

use super::world::{Fault, Log, World};
use resilient_runtime::Class;
use std::time::Duration;

/// # Errors
/// The first promise that was broken.
pub(super) fn check(world: &World, log: &Log) -> Result<(), String> {
    attempts(world, log)?;
    deadline(world, log)?;
    limits(world, log)?;
    nothing_is_left(log)?;
    recovers(log)?;
    heals(world, log)
}

fn attempts(world: &World, log: &Log) -> Result<(), String> {
    let most = world.policy.attempts as usize;
    match log.calls.iter().find(|call| call.sent.len() > most) {
        Some(call) => Err(format!("more attempts than {most}: {call:?}")),
        None => Ok(()),
    }
}

/// Nothing is sent after the deadline.
fn deadline(world: &World, log: &Log) -> Result<(), String> {
    let Some(deadline) = world.policy.deadline else {
        return Ok(());
    };
    for call in &log.calls {
        let late = call
            .sent
            .iter()
            .find(|sent| **sent >= call.start + deadline);
        if let Some(late) = late {
            return Err(format!("sent after the deadline, at {late:?}: {call:?}"));
        }
    }
    Ok(())
}

fn limits(world: &World, log: &Log) -> Result<(), String> {
    if world
        .permits
        .is_some_and(|permits| log.most_in_flight > permits)
    {
        return Err(format!("{} attempts in flight", log.most_in_flight));
    }
    let Some((rate, burst)) = world.rate else {
        return Ok(());
    };
    let mut sent: Vec<Duration> = log
        .calls
        .iter()
        .flat_map(|call| call.sent.clone())
        .collect();
    sent.sort_unstable();
    // Timers are of a millisecond.
    let nanos = |time: Duration| time.as_nanos() + 1_000_000;
    for (first, begin) in sent.iter().enumerate() {
        for (last, end) in sent.iter().enumerate().skip(first) {
            let number = last - first + 1;
            let refilled = nanos(end.saturating_sub(*begin)) * u128::from(rate) / 1_000_000_000;
            let most = u128::from(burst) + refilled;
            if number as u128 > most {
                return Err(format!(
                    "{number} requests from {begin:?} to {end:?}: {most}"
                ));
            }
        }
    }
    Ok(())
}

fn nothing_is_left(log: &Log) -> Result<(), String> {
    let after = &log.after;
    let is_idle = after.in_use.unwrap_or(0) == 0
        && after.waiting.unwrap_or(0) == 0
        && after.waiting_retries == 0;
    if is_idle {
        Ok(())
    } else {
        Err(format!("calls that have ended hold something: {after:?}"))
    }
}

/// A server that has been well for long is not refused, whatever happened before.
fn recovers(log: &Log) -> Result<(), String> {
    let refused = |class: &Class| {
        matches!(
            class,
            Class::CircuitOpen | Class::Throttled | Class::AtCapacity
        )
    };
    match log
        .later
        .iter()
        .find(|later| later.as_ref().is_err_and(refused))
    {
        Some(_) => Err(format!("a healthy server is refused: {:?}", log.later)),
        None => Ok(()),
    }
}

/// A call that could have succeeded by waiting does: with enough attempts, patience and time, a
/// short outage fails nobody.
fn heals(world: &World, log: &Log) -> Result<(), String> {
    let policy = &world.policy;
    let (begin, end) = world.outage;
    let is_short = end <= begin + Duration::from_secs(4);
    let can_heal = matches!(
        world.fault,
        Fault::ServerError | Fault::Overloaded | Fault::Refused
    );
    let is_patient = policy.attempts >= 5
        && policy.deadline.is_none()
        && policy.budget.is_limited()
        && policy.backoff.initial >= Duration::from_secs(1);
    if world.has_breaker || world.noise > 0 || !(is_short && can_heal && is_patient) {
        return Ok(());
    }
    match log.calls.iter().find(|call| call.has_failed()) {
        Some(call) => Err(format!("a short outage has failed a call: {call:?}")),
        None => Ok(()),
    }
}

//! The promises that hold in every world.

use super::{
    run::{CallLog, Log, SideLog},
    server::Unit,
    world::{Fault, Limit, World},
};
use std::time::Duration;

/// # Errors
/// The first promise that was broken.
pub(super) fn check(world: &World, log: &Log) -> Result<(), String> {
    for call in &log.calls {
        attempts(world, call)?;
        deadline(world, call)?;
        for (_, inner) in &call.inner {
            attempts(world, inner)?;
            deadline(world, inner)?;
        }
        retries_do_not_multiply(world, call)?;
    }
    for side in &log.sides {
        limits(world, side)?;
        nothing_is_left(side)?;
        recovers(side)?;
    }
    heals(world, log)
}

fn attempts(world: &World, call: &CallLog) -> Result<(), String> {
    let runs = world.hedging.map_or(1, |hedging| hedging.runs() as usize);
    for (attempt, _) in &call.sent {
        if *attempt > call.attempts {
            return Err(format!("attempt {attempt} of {}: {call:?}", call.attempts));
        }
        let of_it = |sent: &&(u32, Duration)| sent.0 == *attempt;
        if call.sent.iter().filter(of_it).count() > runs {
            return Err(format!("more runs than {runs}: {call:?}"));
        }
    }
    Ok(())
}

/// Nothing is sent after the deadline of a call, or of the call around it.
fn deadline(world: &World, call: &CallLog) -> Result<(), String> {
    let Some(deadline) = world.policy.deadline else {
        return Ok(());
    };
    let end = call.start + deadline;
    let inside = call.inner.iter().flat_map(|(_, inner)| &inner.sent);
    match call.sent.iter().chain(inside).find(|sent| sent.1 >= end) {
        Some(late) => Err(format!("sent after the deadline, at {late:?}: {call:?}")),
        None => Ok(()),
    }
}

/// An outer call does not repeat the retries of an inner one that has made all of them.
fn retries_do_not_multiply(world: &World, call: &CallLog) -> Result<(), String> {
    if world.hedging.is_some() {
        // Another run of the attempt may decide it.
        return Ok(());
    }
    for (attempt, inner) in &call.inner {
        let is_used_up = inner.has_failed() && inner.attempts > 1;
        let has_made_all = inner.attempts_made() == inner.attempts as usize;
        let is_repeated = (*attempt as usize) < call.attempts_made();
        if is_used_up && has_made_all && is_repeated {
            return Err(format!("the retries of a call inside multiply: {call:?}"));
        }
    }
    Ok(())
}

fn limits(world: &World, side: &SideLog) -> Result<(), String> {
    let server = &side.server;
    let most = server.most_in_flight;
    if world.permits.is_some_and(|permits| most > permits) {
        return Err(format!("{most} attempts in flight"));
    }
    if let Some(limit) = world.rate {
        let requests = server.sent.iter().map(|at| (*at, Unit::Sent(1)));
        bucket(limit, requests).map_err(|broken| format!("requests: {broken}"))?;
    }
    if let Some(limit) = world.tokens {
        let tokens = server.tokens.iter().copied();
        bucket(limit, tokens).map_err(|broken| format!("tokens: {broken}"))?;
    }
    Ok(())
}

/// In no period is more sent than the burst and the units that come in meanwhile.
fn bucket(
    (rate, burst): Limit,
    units: impl Iterator<Item = (Duration, Unit)>,
) -> Result<(), String> {
    const UNIT: i128 = 1_000_000_000;

    let full = i128::from(burst) * UNIT;
    let (mut level, mut before) = (full, Duration::ZERO);
    for (at, unit) in units {
        let passed = i128::try_from(at.saturating_sub(before).as_nanos()).unwrap();
        before = at;
        level = full.min(level + passed * i128::from(rate));
        match unit {
            Unit::Sent(units) => {
                level -= i128::from(units) * UNIT;
                // Timers are of a millisecond.
                if level < -i128::from(rate) * 1_000_000 {
                    return Err(format!(
                        "{units} sent at {at:?}, beyond the limit by {}",
                        -level / UNIT
                    ));
                }
            }
            Unit::Owed(units) => level -= i128::from(units) * UNIT,
            Unit::Returned(units) => level = full.min(level + i128::from(units) * UNIT),
        }
    }
    Ok(())
}

fn nothing_is_left(side: &SideLog) -> Result<(), String> {
    let SideLog { after, rested, .. } = side;
    let is_idle = after.in_use.unwrap_or(0) == 0
        && after.waiting.unwrap_or(0) == 0
        && after.waiting_retries == 0;
    if !is_idle {
        return Err(format!("calls that have ended hold something: {after:?}"));
    }
    let is_full = |level: Option<i64>, capacity: Option<u64>| {
        level == capacity.map(|capacity| i64::try_from(capacity).unwrap())
    };
    if is_full(rested.requests, rested.request_capacity)
        && is_full(rested.tokens, rested.token_capacity)
    {
        Ok(())
    } else {
        Err(format!("limits do not recover: {rested:?}"))
    }
}

/// A server that has been well for long is not refused, whatever happened before.
fn recovers(side: &SideLog) -> Result<(), String> {
    match side.later.iter().find(|later| later.is_err()) {
        Some(_) => Err(format!("a healthy server is refused: {:?}", side.later)),
        None => Ok(()),
    }
}

/// A call that could have succeeded by waiting does: with enough attempts, patience and time, a
/// short outage fails nobody whose attempts reach its end. Full jitter may, once in many thousand
/// worlds, make all waits so short that they do not.
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
    // The waits of an inner call count as time of the attempt around it.
    let calls = || log.calls.iter().filter(|call| call.inner.is_empty());
    let has_used_up = |call: &CallLog| {
        call.attempts_made() == policy.attempts as usize
            && call.sent.iter().all(|(_, at)| (begin..end).contains(at))
    };
    match calls().find(|call| call.has_failed() && !has_used_up(call)) {
        Some(call) => Err(format!("a short outage has failed a call: {call:?}")),
        None => Ok(()),
    }
}

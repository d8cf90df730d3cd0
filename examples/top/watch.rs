//! The state of a program that runs, from its snapshot and its events.

use crate::{
    events::EventLines,
    rates::Rates,
    state::{Failures, Function, Level, State, Upstream, Wait},
    waits::{Waiting, Waits},
    words,
};
use resilient_runtime::{
    Buffered, Class, Dropped, Rate,
    inspect::{FunctionSnapshot, ProgramSnapshot, UpstreamSnapshot},
    observe, snapshot,
    statistics::{self, WaitReason},
};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

/// Watches the calls of the program from its start on.
#[derive(Debug)]
pub struct Watch {
    start: Instant,
    rates: Rates,
    waits: Waits,
    events: EventLines,
    dropped: Dropped,
}

impl Watch {
    /// Starts the statistics, and observes all events.
    ///
    /// # Errors
    /// The operating system starts no thread.
    pub fn start() -> io::Result<Self> {
        let start = Instant::now();
        statistics::start();
        // Within the call that waits, whose number it needs; it only counts.
        let waits = Waits::default();
        observe(waits.observer());
        // On a thread of its own, for it makes texts.
        let events = EventLines::new(start);
        let buffered = Buffered::new(events.observer(), 1_000)?;
        let dropped = buffered.dropped();
        observe(buffered);
        let rates = Rates::default();
        Ok(Self {
            start,
            rates,
            waits,
            events,
            dropped,
        })
    }

    /// The state now.
    pub fn state(&mut self) -> State {
        let time = self.start.elapsed();
        let program = snapshot();
        let waiting = self.waits.at(Instant::now());
        let functions = program.functions.iter();
        let functions = functions.map(|it| self.function(it, time)).collect();
        let upstreams = program.upstreams.iter();
        let upstreams = upstreams.map(|it| self.upstream(it, time)).collect();
        State {
            time,
            functions,
            upstreams,
            waits: waits_of(&program, &waiting),
            failures: failures_of(&program),
            events: self.events.last(),
            dropped: self.dropped.count(),
            is_interactive: false,
        }
    }

    fn function(&mut self, function: &FunctionSnapshot, time: Duration) -> Function {
        let calls = &function.calls;
        self.rates.sample(function.name, time, calls.calls);
        Function {
            name: function.name.to_owned(),
            upstream: function.upstream.clone(),
            rate: self.rates.rate(function.name),
            trend: self.rates.trend(function.name),
            calls: calls.calls,
            outcomes: calls.outcomes.iter().copied().collect(),
            hedges: calls.hedges,
            error_rate: calls.error_rate,
            latency: calls.latency.map(|it| [it.p50, it.p90, it.p99]),
        }
    }

    fn upstream(&mut self, upstream: &UpstreamSnapshot, time: Duration) -> Upstream {
        let state = &upstream.state;
        // A function may have the same name.
        let name = format!("upstream {}", upstream.name);
        self.rates.sample(&name, time, upstream.calls.calls);
        Upstream {
            name: upstream.name.clone(),
            breaker: state.breaker,
            gate: state.gate,
            requests: rate_level(state.requests, state.request_capacity, state.request_rate),
            tokens: rate_level(state.tokens, state.token_capacity, state.token_rate),
            permits: state
                .in_use
                .zip(state.permits)
                .map(|(in_use, all)| Level::new(in_use.into(), all.into())),
            queued: state.waiting,
            budget: (state.budget_capacity > 0.0)
                .then(|| Level::new(state.budget, state.budget_capacity)),
            deferred: state.waiting_retries,
            rate: self.rates.rate(&name),
            error_rate: upstream.calls.error_rate,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
fn rate_level(now: Option<i64>, most: Option<u64>, rate: Option<Rate>) -> Option<Level> {
    Some(Level {
        refill: Some(words::rate(rate?)),
        ..Level::new(now? as f64, most? as f64)
    })
}

/// The waits of all functions so far, and the calls that wait now.
fn waits_of(
    program: &ProgramSnapshot,
    waiting: &BTreeMap<(&'static str, WaitReason), Waiting>,
) -> Vec<Wait> {
    let mut waits = BTreeMap::new();
    for function in &program.functions {
        for total in &function.calls.waits {
            let count = u32::try_from(total.count).unwrap_or(u32::MAX);
            let mean = total.time.checked_div(count).unwrap_or_default();
            waits.insert((function.name, total.reason), (total.count, mean));
        }
    }
    for caller in waiting.keys() {
        waits.entry(*caller).or_default();
    }
    let wait = |(caller, (count, mean)): ((&str, WaitReason), _)| Wait {
        function: caller.0.to_owned(),
        reason: caller.1,
        now: waiting.get(&caller).copied().unwrap_or_default(),
        count,
        mean,
    };
    let mut waits: Vec<Wait> = waits.into_iter().map(wait).collect();
    waits.sort_by_key(|wait| Reverse(wait.count));
    waits
}

#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
fn failures_of(program: &ProgramSnapshot) -> Vec<Failures> {
    let mut classes = BTreeMap::<Class, u64>::new();
    for (class, count) in program.functions.iter().flat_map(|it| &it.calls.failures) {
        let total = classes.entry(*class).or_default();
        *total = total.saturating_add(*count);
    }
    let all: u64 = classes.values().sum();
    let failures = classes.into_iter().map(|(class, count)| Failures {
        class,
        count,
        share: count as f64 / all.max(1) as f64,
    });
    let mut failures: Vec<_> = failures.collect();
    failures.sort_by_key(|it| Reverse(it.count));
    failures
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::Watch;
    use resilient_runtime::{
        CallError, Class, Concurrency, Outcome, Rate, Upstream, resilient, statistics::WaitReason,
    };
    use std::io;

    static API: Upstream = Upstream::new("api")
        .requests(Rate::per_minute(20_000).burst(9))
        .concurrency(Concurrency::new(4));

    #[resilient(name = "ask", upstream = API, attempts = 2, backoff(jitter = "none"))]
    async fn ask(failures: &mut u32) -> Result<(), CallError<io::Error>> {
        match failures.checked_sub(1) {
            None => Ok(()),
            Some(rest) => {
                *failures = rest;
                Err(io::Error::from(io::ErrorKind::ConnectionReset).into())
            }
        }
    }

    #[resilient_runtime::test(start_paused = true)]
    async fn the_state_has_the_numbers_of_functions_and_upstreams() -> io::Result<()> {
        let mut watch = Watch::start()?;
        for mut failures in [0, 1, 2] {
            let _ = ask(&mut failures).await;
        }
        let state = watch.state();
        let outcomes = [Outcome::Ok, Outcome::OkAfterRetry, Outcome::Failed];
        let function = &state.functions[0];
        assert_eq!(function.name, "ask");
        assert_eq!(outcomes.map(|it| function.outcome(it)), [1; 3]);
        assert_eq!(state.calls(), 3);
        assert!(state.rate() > 0.0);

        let upstream = &state.upstreams[0];
        let text = |level: &Option<crate::state::Level>| format!("{level:?}");
        let requests = r#"Some(Level { now: 8.0, most: 9.0, refill: Some("20k/min") })"#;
        assert_eq!(text(&upstream.requests), requests);
        let permits = "Some(Level { now: 0.0, most: 4.0, refill: None })";
        assert_eq!(text(&upstream.permits), permits);
        assert!(upstream.budget.as_ref().is_some_and(|it| it.now < it.most));
        assert_eq!(upstream.trouble(), 0);

        let failures = state
            .failures
            .iter()
            .map(|it| (it.class, it.count, it.share));
        assert_eq!(failures.collect::<Vec<_>>(), [(Class::Network, 3, 1.0)]);
        // The observer also hears of the calls of other tests.
        let waits = state.waits.iter().filter(|it| it.function == "ask");
        let waits = waits.map(|it| (it.reason, it.count, it.now.calls));
        assert_eq!(waits.collect::<Vec<_>>(), [(WaitReason::Backoff, 2, 0)]);
        Ok(())
    }
}

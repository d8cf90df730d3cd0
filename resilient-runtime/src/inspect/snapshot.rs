//! A snapshot of all functions and upstreams of the program.

use super::{EffectivePolicy, Setting, registry, table::Table, upstream};
use crate::{
    Outcome, Snapshot,
    statistics::Calls,
    switch::{self, OffSwitch},
    upstream::{KeySnapshot, RunningUpstream, used_upstreams},
};
use std::{fmt, sync::Arc, time::Duration};

/// All functions and upstreams that were used, from [`snapshot`]. Its `Display` has a table of the
/// functions and one of the upstreams; `{:#}` also has their settings, each with its source.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProgramSnapshot {
    /// The functions that have made a call, in alphabetical order.
    pub functions: Vec<FunctionSnapshot>,
    /// The upstreams that were used and still exist, in the order of their first use.
    pub upstreams: Vec<UpstreamSnapshot>,
    /// Retries, hedges and upstreams that operators have switched off.
    pub switched_off: Vec<OffSwitch>,
    /// The names in the configuration that match no function and no upstream so far.
    #[cfg(feature = "config")]
    pub unmatched: Vec<String>,
}

/// A function, in a [`ProgramSnapshot`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FunctionSnapshot {
    /// Its name, as in logs.
    pub name: &'static str,
    /// The name of the upstream of its first call.
    pub upstream: Option<String>,
    /// Its policy.
    pub policy: EffectivePolicy,
    /// Its calls, while [statistics](crate::statistics) are kept.
    pub calls: Calls,
}

/// An upstream, in a [`ProgramSnapshot`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UpstreamSnapshot {
    /// Its name.
    pub name: String,
    /// Its limits, each with its source.
    pub settings: Vec<Setting>,
    /// The state of calls without a key.
    pub state: Snapshot,
    /// All calls, also with a key, while [statistics](crate::statistics) are kept.
    pub calls: Calls,
    /// The number of keys that have a state.
    pub keys: usize,
    /// The number of those whose circuit breaker is open, or isolated by hand.
    pub open_keys: usize,
}

/// All functions and upstreams that were used so far, with their settings in effect, their state
/// and, while [statistics](crate::statistics) are kept, their calls.
///
/// ```
/// use resilient_runtime::{CallError, Outcome, resilient, snapshot, statistics};
///
/// #[resilient(name = "ask", attempts = 4)]
/// async fn ask() -> Result<u32, CallError<std::io::Error>> {
///     Ok(42)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// statistics::start();
/// ask().await.unwrap();
/// let snapshot = snapshot();
/// let ask = snapshot.function("ask").unwrap();
/// assert_eq!(ask.calls.outcome(Outcome::Ok), 1);
/// assert_eq!(ask.policy.policy().attempts, 4);
/// println!("{snapshot}");
/// # }
/// ```
pub fn snapshot() -> ProgramSnapshot {
    let functions = registry::functions().clone();
    let functions = functions.into_values().flatten();
    let running = used_upstreams().get();
    ProgramSnapshot {
        functions: functions.map(|it| FunctionSnapshot::of(&it)).collect(),
        upstreams: running.iter().map(UpstreamSnapshot::of).collect(),
        switched_off: switch::switched_off(),
        #[cfg(feature = "config")]
        unmatched: unmatched(),
    }
}

/// The names in the configuration that match no function and no upstream so far.
#[cfg(feature = "config")]
pub(crate) fn unmatched() -> Vec<String> {
    let functions: Vec<_> = registry::functions().keys().copied().collect();
    let upstreams = used_upstreams().get();
    let upstreams: Vec<_> = upstreams.iter().map(|it| &*it.built.name).collect();
    crate::upstream::unmatched_names(&functions, &upstreams)
}

/// The keys of all upstreams with this name that have a state.
///
/// They come from arguments of functions: do not log them.
pub fn keys_of(upstream: &str) -> Vec<KeySnapshot> {
    let running = used_upstreams().get();
    let named = running.iter().filter(|it| it.built.name == upstream);
    named.flat_map(|it| it.list_keys()).collect()
}

impl FunctionSnapshot {
    fn of(function: &registry::Function) -> Self {
        let name_of = |upstream: &Arc<RunningUpstream>| upstream.built.name.clone().into_owned();
        Self {
            name: function.name,
            upstream: function.upstream.as_ref().map(name_of),
            policy: EffectivePolicy::of(function),
            calls: function.site.state().statistics.read(),
        }
    }
}

impl UpstreamSnapshot {
    fn of(running: &Arc<RunningUpstream>) -> Self {
        let now = running.settings_now();
        Self {
            name: running.built.name.clone().into_owned(),
            settings: upstream::settings_of(running, &now, |_| false),
            state: running.snapshot(),
            calls: running.shared.statistics.read(),
            keys: running.key_count(),
            open_keys: running.open_keys(),
        }
    }
}

impl ProgramSnapshot {
    /// The function with this name; the first one, if several have it.
    pub fn function(&self, name: &str) -> Option<&FunctionSnapshot> {
        self.functions.iter().find(|it| it.name == name)
    }

    /// The upstream with this name; the first one, if several have it.
    pub fn upstream(&self, name: &str) -> Option<&UpstreamSnapshot> {
        self.upstreams.iter().find(|it| it.name == name)
    }
}

/// The columns that functions and upstreams have alike.
const COLUMNS: [&str; 9] = [
    "calls",
    "ok",
    "retried",
    "failed",
    "rejected",
    "cancelled",
    "error rate",
    "p50",
    "p99",
];

fn cells(calls: &Calls) -> [String; COLUMNS.len()] {
    let of = |outcome| calls.outcome(outcome).to_string();
    let failed = calls.outcome(Outcome::Failed);
    let failed = failed.saturating_add(calls.outcome(Outcome::Fallback));
    let time = |time: Option<Duration>| time.map_or_else(none, |time| format!("{time:.1?}"));
    [
        calls.calls.to_string(),
        of(Outcome::Ok),
        of(Outcome::OkAfterRetry),
        failed.to_string(),
        of(Outcome::Rejected),
        of(Outcome::Cancelled),
        calls
            .error_rate
            .map_or_else(none, |rate| format!("{:.1}%", rate * 100.0)),
        time(calls.latency.map(|it| it.p50)),
        time(calls.latency.map(|it| it.p99)),
    ]
}

fn none() -> String {
    "-".to_owned()
}

impl fmt::Display for ProgramSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut functions = Table::new(["function", "upstream"].iter().chain(&COLUMNS));
        for function in &self.functions {
            let upstream = function.upstream.clone().unwrap_or_else(none);
            let names = [function.name.to_owned(), upstream];
            functions.row(names.into_iter().chain(cells(&function.calls)));
        }
        let states = ["upstream", "breaker", "in use", "waiting", "keys"];
        let mut upstreams = Table::new(states.iter().chain(&COLUMNS));
        for upstream in &self.upstreams {
            let state = &upstream.state;
            let waiting = u64::from(state.waiting.unwrap_or_default());
            let states = [
                upstream.name.clone(),
                state.breaker.map_or_else(none, |it| it.to_string()),
                state.in_use.map_or_else(none, |it| it.to_string()),
                waiting.saturating_add(state.waiting_retries).to_string(),
                match upstream.open_keys {
                    0 => upstream.keys.to_string(),
                    open => format!("{} ({open} open)", upstream.keys),
                },
            ];
            upstreams.row(states.into_iter().chain(cells(&upstream.calls)));
        }
        write!(f, "{functions}")?;
        if !self.upstreams.is_empty() {
            write!(f, "\n\n{upstreams}")?;
        }
        if !self.switched_off.is_empty() {
            write!(f, "\n\nswitched off:")?;
            for off in &self.switched_off {
                write!(f, "\n{off}")?;
            }
        }
        #[cfg(feature = "config")]
        if !self.unmatched.is_empty() {
            let names = self.unmatched.join(", ");
            write!(
                f,
                "\n\nnames in the configuration that match nothing so far: {names}"
            )?;
        }
        if f.alternate() {
            for function in &self.functions {
                write!(f, "\n\n{}", function.policy)?;
            }
            for upstream in &self.upstreams {
                let title = format_args!("\n\nlimits of {}", upstream.name);
                super::setting::write_lines(f, title, &upstream.settings)?;
            }
        }
        Ok(())
    }
}

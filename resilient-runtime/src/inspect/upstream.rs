//! The upstream of a function as it is in effect.

use super::{
    registry::Function,
    setting::{Setting, Source, limit, write_lines},
};
use crate::{Breaker, Concurrency, Rate, UpstreamConfig, sync::lock, upstream::RunningUpstream};
use std::{fmt, time::Duration};

/// The upstream of a function, from [`upstream_of`](crate::upstream_of). Its `Display` has a line
/// for each value, such as `requests: 500/min (upstream)`.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectiveUpstream {
    function: &'static str,
    config: UpstreamConfig,
    settings: Vec<Setting>,
}

impl EffectiveUpstream {
    pub(super) fn of(function: &Function, config: &RunningUpstream) -> Self {
        let now = config.settings_now();
        let settings = settings_of(config, &now, |argument| function.sets(argument));
        Self {
            function: function.name,
            config: now,
            settings,
        }
    }

    /// The name of the upstream.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The name of the function.
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The settings as plain data, as changed at run time.
    pub const fn config(&self) -> &UpstreamConfig {
        &self.config
    }

    /// All values, except those of its policy: [`policy_of`](crate::policy_of) has these.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The value with this name; see [`Setting::name`].
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|it| it.name() == name)
    }

    /// Where the value with this name comes from.
    pub fn source(&self, name: &str) -> Option<Source> {
        self.get(name).map(Setting::source)
    }
}

impl fmt::Display for EffectiveUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format_args!("upstream of {}: {}", self.function, self.name());
        write_lines(f, title, &self.settings)
    }
}

/// All values but those of the policy, as they are now, with their sources. `is_argument` tells the
/// settings that an argument of the function sets.
pub(super) fn settings_of(
    running: &RunningUpstream,
    now: &UpstreamConfig,
    is_argument: impl Fn(&str) -> bool,
) -> Vec<Setting> {
    let built = settings(&running.built);
    // A configuration that adds a breaker adds its defaults.
    let code = settings(&lock(&running.now));
    let mut default = settings(&UpstreamConfig::new(""));
    default.extend(breaker(&Breaker::DEFAULT));
    default.push(("concurrency.queue", or_none(None)));
    let source = |it: &(&'static str, String)| {
        let argument = it.0.split('.').next().unwrap_or(it.0);
        #[cfg(feature = "config")]
        if let Some(origin) = crate::upstream::configured_origin(&running.built.name, it.0) {
            return Setting::configured(origin);
        }
        if !built.contains(it) && code.contains(it) {
            Source::RunTime
        } else if default.contains(it) {
            Source::Default
        } else if is_argument(argument) {
            Source::Argument
        } else {
            Source::FromUpstream
        }
    };
    let with_source = |it: (&'static str, String)| {
        let source = source(&it);
        Setting::new(it.0, it.1, source)
    };
    settings(now).into_iter().map(with_source).collect()
}

/// The names of all settings but the policy, with their values.
fn settings(config: &UpstreamConfig) -> Vec<(&'static str, String)> {
    let mut settings = Vec::new();
    let rates = [
        (["requests", "requests.burst"], config.requests),
        (["tokens", "tokens.burst"], config.tokens),
    ];
    for ([name, burst_name], rate) in rates {
        settings.push((name, or_none(rate.map(|rate| rate.to_string()))));
        if let Some(Rate {
            burst: Some(burst), ..
        }) = rate
        {
            settings.push((burst_name, burst.to_string()));
        }
    }
    let concurrency = config.concurrency.map(|it| match it.adaptive {
        Some(min) => format!("{min} to {}, adaptive", it.limit),
        None => it.limit.to_string(),
    });
    settings.push(("concurrency", or_none(concurrency)));
    if let Some(Concurrency { queue, .. }) = config.concurrency {
        let is_bounded = queue != Concurrency::DEFAULT_QUEUE;
        let queue = or_none(is_bounded.then(|| queue.to_string()));
        settings.push(("concurrency.queue", queue));
    }
    match &config.breaker {
        None => settings.push(("breaker", or_none(None))),
        Some(it) => settings.extend(breaker(it)),
    }
    settings.push(("cap", config.caps.to_string()));
    settings.push(("key_cap", config.key_caps.to_string()));
    if let Some(price) = config.price {
        settings.push(("price.input", price.input.to_string()));
        settings.push(("price.output", price.output.to_string()));
        settings.push(("price.currency", price.currency_code().to_owned()));
    }
    settings.push(("gate", config.gate.to_string()));
    let max_wait = (config.max_wait != Duration::MAX).then_some(config.max_wait);
    settings.push(("max_wait", limit(max_wait)));
    settings.push(("keys", config.keys.to_string()));
    settings.push(("shadow", config.shadow.to_string()));
    settings
}

fn breaker(breaker: &Breaker) -> Vec<(&'static str, String)> {
    let time = |time: Duration| format!("{time:?}");
    let slow = breaker
        .slow
        .map(|slow| format!("{} above {:?}", slow.ratio, slow.longer_than));
    vec![
        ("breaker.failure_ratio", breaker.failure_ratio.to_string()),
        ("breaker.window", time(breaker.window)),
        ("breaker.min_calls", breaker.min_calls.to_string()),
        (
            "breaker.consecutive",
            or_none(breaker.consecutive.map(|it| it.to_string())),
        ),
        ("breaker.slow", or_none(slow)),
        ("breaker.break_duration", time(breaker.break_duration)),
        (
            "breaker.max_break_duration",
            time(breaker.max_break_duration),
        ),
        ("breaker.factor", breaker.factor.to_string()),
        (
            "breaker.half_open_probes",
            breaker.half_open_probes.to_string(),
        ),
        ("breaker.probe_timeout", time(breaker.probe_timeout)),
    ]
}

fn or_none(value: Option<String>) -> String {
    value.unwrap_or_else(|| "none".to_owned())
}

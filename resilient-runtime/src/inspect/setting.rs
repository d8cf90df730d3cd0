//! A value of a policy or of an upstream, with its source.

use std::{borrow::Cow, fmt, time::Duration};

/// A value that is in effect. Its `Display` is `name: value (source)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    name: Cow<'static, str>,
    value: String,
    source: Source,
}

/// Where a value comes from.
// No variant has the name of a public type: messages of the compiler would name that by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The built-in default. A policy or an upstream that sets the same value is not told apart.
    Default,
    /// The policy that was given, such as by `policy = expr` or
    /// [`Policy::call`](crate::Policy::call).
    FromPolicy,
    /// The upstream: its own policy, or its limits.
    FromUpstream,
    /// An argument of the attribute.
    Argument,
    /// A change of the upstream at run time.
    RunTime,
    /// A [switch](crate::switch) of an operator.
    Switched,
    /// The file of the configuration.
    #[cfg(feature = "config")]
    Config,
    /// An environment variable.
    #[cfg(feature = "config")]
    Environment,
    /// A scope of the test kit: `with_policy` or `attempts_at_most`.
    #[cfg(feature = "testing")]
    Test,
}

impl Setting {
    pub(super) fn new(name: impl Into<Cow<'static, str>>, value: String, source: Source) -> Self {
        Self {
            name: name.into(),
            value,
            source,
        }
    }

    /// The name, as in the attribute: `attempts`, `backoff.initial`, `on(not_found).retry`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value as text, with times as `Duration` prints them; `none` without one.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where the value comes from.
    pub const fn source(&self) -> Source {
        self.source
    }

    #[cfg(feature = "config")]
    pub(super) const fn configured(is_from_environment: bool) -> Source {
        if is_from_environment {
            Source::Environment
        } else {
            Source::Config
        }
    }

    /// The value has another source.
    #[cfg(feature = "testing")]
    pub(super) fn from(self, source: Source) -> Self {
        Self { source, ..self }
    }
}

/// The time, or `none`.
pub(super) fn limit(time: Option<Duration>) -> String {
    time.map_or_else(|| "none".to_owned(), |time| format!("{time:?}"))
}

/// A line for the title, and a line for each setting.
pub(super) fn write_lines(
    f: &mut fmt::Formatter<'_>,
    title: fmt::Arguments<'_>,
    settings: &[Setting],
) -> fmt::Result {
    f.write_fmt(title)?;
    settings
        .iter()
        .try_for_each(|setting| write!(f, "\n{setting}"))
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            value,
            source,
        } = self;
        write!(f, "{name}: {value} ({source})")
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Default => "default",
            Self::FromPolicy => "policy",
            Self::FromUpstream => "upstream",
            Self::Argument => "argument",
            Self::RunTime => "changed at run time",
            Self::Switched => "switched",
            #[cfg(feature = "config")]
            Self::Config => "configuration",
            #[cfg(feature = "config")]
            Self::Environment => "environment",
            #[cfg(feature = "testing")]
            Self::Test => "test",
        })
    }
}

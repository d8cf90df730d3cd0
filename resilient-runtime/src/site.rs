//! What is fixed about an annotated function.

/// An annotated function, or another place in the code that makes resilient calls.
#[derive(Debug)]
pub struct Site {
    pub(crate) name: &'static str,
    #[cfg_attr(
        not(feature = "tracing"),
        expect(dead_code, reason = "there are no spans")
    )]
    pub(crate) level: Level,
}

impl Site {
    /// The place with this name, which the log uses.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            level: Level::Info,
        }
    }

    /// The name of the place.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Sets the level of the span of a call.
    pub const fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }
}

/// The level of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the levels of `tracing`")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

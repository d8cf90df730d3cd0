//! The settings of functions that give a [stream](crate::guide::streams).

use super::Policy;
use std::time::Duration;

impl Policy {
    /// Sets the longest time of an attempt until the first content of a stream, its opening
    /// included.
    pub const fn first(self, first: Duration) -> Self {
        Self {
            first: Some(first),
            ..self
        }
    }

    /// Removes the limit on the time until the first content of a stream.
    pub const fn no_first(self) -> Self {
        Self {
            first: None,
            ..self
        }
    }

    /// The longest time of an attempt until the first content of a stream.
    pub(crate) fn longest_until_content(&self) -> Option<Duration> {
        let timeout = self.timeout.unwrap_or_default();
        self.first.map(|first| first.max(timeout))
    }

    /// Sets the longest gap between two items with content of a stream. It runs only while the
    /// consumer waits for an item.
    pub const fn idle(self, idle: Duration) -> Self {
        Self {
            idle: Some(idle),
            ..self
        }
    }

    /// Removes the limit on gaps in a stream.
    pub const fn no_idle(self) -> Self {
        Self { idle: None, ..self }
    }
}

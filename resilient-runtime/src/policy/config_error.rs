//! An invalid setting.

use std::fmt;

/// A setting of a [`Policy`](crate::Policy), an [`UpstreamConfig`](crate::UpstreamConfig) or a part
/// of them that makes no sense.
///
/// ```
/// use resilient_runtime::{Policy, Rate};
///
/// let mistake = Policy::new().attempts(0).validate().unwrap_err();
/// assert_eq!(mistake.setting(), "attempts");
/// assert_eq!(mistake.to_string(), "attempts: at least 1, since the first try counts");
/// assert_eq!(Rate::per_minute(0).validate().unwrap_err().setting(), "rate");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError {
    setting: &'static str,
    /// Begins with the name of the innermost setting, so that it can stand alone.
    message: &'static str,
}

impl ConfigError {
    pub(crate) const fn new(setting: &'static str, message: &'static str) -> Self {
        Self { setting, message }
    }

    /// The mistake of a part, as that of the setting that holds the part.
    pub(crate) const fn within(self, setting: &'static str) -> Self {
        Self { setting, ..self }
    }

    /// The name of the setting, such as `attempts` or `requests`.
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// The mistake, as a sentence that begins with the name of the setting, or with that of a part
    /// of it.
    pub const fn message(&self) -> &'static str {
        self.message
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, message } = self;
        if !message.starts_with(setting) {
            write!(f, "{setting}: ")?;
        }
        f.write_str(message)
    }
}

impl std::error::Error for ConfigError {}

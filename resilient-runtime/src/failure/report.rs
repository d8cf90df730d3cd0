//! The report of a failed call, in one line or in full.

use super::{Classification, GiveUp, History, ServerWait};
use std::fmt;

/// Displays a failed call in one line; with `{:#}`, every attempt and every helpful fact on its own
/// line.
pub(crate) struct Report<'a> {
    pub(crate) failure: &'a Classification,
    pub(crate) history: &'a History,
    /// The incident on the provider's status page.
    pub(crate) incident: Option<&'a str>,
    /// Method and URL. Headers and body are left out: prompts are personal data, and reports are
    /// logged.
    pub(crate) request: Option<&'a str>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line(f)?;
        if f.alternate() {
            self.attempts(f)?;
            self.facts(f)?;
            if let Some(incident) = self.incident {
                write!(f, "\n  open incident: {incident}")?;
            }
            write!(f, "\n  advice: {}", self.failure.help())?;
            if let Some(advice) = self.history.gave_up.and_then(GiveUp::advice) {
                write!(f, "\n  advice: {advice}")?;
            }
        }
        Ok(())
    }
}

#[cfg(any(feature = "chaos", feature = "testing"))]
impl Classification {
    pub(super) fn in_one_line(&self) -> String {
        let report = Report {
            failure: self,
            history: &History::default(),
            incident: None,
            request: None,
        };
        report.to_string()
    }
}

impl Report<'_> {
    fn line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            failure, history, ..
        } = self;
        write!(f, "{}", failure.class)?;
        if let Some(status) = failure.status {
            write!(f, " ({status})")?;
        }
        if let Some(message) = &failure.message {
            write!(f, ": {message}")?;
        }
        if let Some(last) = history.attempts.last() {
            let plural = if last.number == 1 { "" } else { "s" };
            write!(
                f,
                "; after {} attempt{plural} in {:.1?}",
                last.number, history.elapsed
            )?;
        }
        if let Some(reason) = history.gave_up {
            write!(f, "; gave up: {reason}")?;
        }
        Ok(())
    }

    fn attempts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for attempt in &self.history.attempts {
            write!(
                f,
                "\n  attempt {} at {:.1?}",
                attempt.number, attempt.elapsed
            )?;
            if let Some(target) = attempt.target {
                write!(f, " to {target}")?;
            }
            write!(f, ": {attempt}")?;
            if let (Some(delay), Some(source)) = (attempt.delay, attempt.source) {
                write!(f, "; waited {delay:.1?} ({source})")?;
            }
            match (attempt.deferred, attempt.released_by) {
                (Some(waited), Some(by)) => {
                    write!(f, ", then {waited:.1?} for the retry budget ({by})")?;
                }
                (Some(waited), None) => write!(f, ", then {waited:.1?} for the retry budget")?,
                (None, _) => {}
            }
        }
        Ok(())
    }

    fn facts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(request) = self.request {
            write!(f, "\n  request: {request}")?;
        }
        let Classification {
            request_id,
            code,
            kind,
            param,
            wait,
            ..
        } = self.failure;
        let texts = [
            ("request id", request_id),
            ("code", code),
            ("type", kind),
            ("parameter", param),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                write!(f, "\n  {name}: {text}")?;
            }
        }
        if let Some(wait) = wait {
            let ServerWait {
                duration, origin, ..
            } = wait;
            if self.failure.class.is_local() {
                write!(f, "\n  possible again in: {duration:.1?}")?;
            } else {
                write!(f, "\n  the server asks for: {duration:.1?} ({origin})")?;
            }
        }
        Ok(())
    }
}

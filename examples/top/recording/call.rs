//! A call of a recording, put together from its events.

use super::micros;
use resilient_runtime::{
    Class, Classification, Event, EventKind, GiveUp, Redacted, statistics::WaitReason,
};
use serde::Serialize;

/// The most characters of a message.
const MESSAGE: usize = 200;

/// A call that has ended.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// The name of its function.
    pub function: &'static str,
    /// The name of its upstream, if it has one.
    pub upstream: Option<String>,
    /// Its start.
    pub start: u64,
    /// Its end.
    pub end: u64,
    /// The part of its time in which no attempt was in flight.
    pub idle: u64,
    /// Its outcome.
    pub outcome: &'static str,
    /// The class of the failure, if it is one.
    pub class: Option<&'static str>,
    /// The reason why there was no further attempt, if it is a failure.
    pub reason: Option<&'static str>,
    /// The number of attempts that were sent.
    pub attempts: u32,
    /// Attempts, waits and marks, in the order of their events.
    pub steps: Vec<Step>,
    /// The number of steps beyond the limit.
    pub left_out: u64,
    /// The time of its attempts so far.
    #[serde(skip)]
    busy: u64,
    /// The number of attempts that have ended.
    #[serde(skip)]
    ended: u32,
}

/// A part of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// An attempt that was sent.
    Attempt {
        /// Its number, from 1.
        number: u32,
        /// Its start.
        from: u64,
        /// Its end.
        to: u64,
        /// Its failure; `None` if it has succeeded, or was dropped.
        failure: Option<Failure>,
        /// Whether the call was dropped before the attempt ended.
        is_dropped: bool,
    },
    /// A wait.
    Wait {
        /// Its reason.
        reason: &'static str,
        /// Its start.
        from: u64,
        /// Its end; `None` while it lasts.
        to: Option<u64>,
        /// The source of a delay, or the reason for which a deferred retry was sent.
        by: Option<&'static str>,
    },
    /// A moment.
    Mark {
        /// The name of the event.
        name: &'static str,
        /// Its time.
        at: u64,
        /// More about it.
        text: String,
    },
}

/// The failure of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its class.
    pub class: &'static str,
    /// The subject of the class: `server`, `overload`, `connection` or `request`.
    pub about: &'static str,
    /// The HTTP status code, if there is one.
    pub status: Option<u16>,
    /// The server's code for it.
    pub code: Option<String>,
    /// The beginning of the server's message.
    pub message: Option<String>,
}

impl Failure {
    fn new(failure: &Classification) -> Self {
        let text = |text: &Redacted| text.as_str().chars().take(MESSAGE).collect();
        Self {
            class: failure.class.as_str(),
            about: about(failure.class),
            status: failure.status,
            code: failure.code.as_ref().map(text),
            message: failure.message.as_ref().map(text),
        }
    }
}

fn about(class: Class) -> &'static str {
    match class {
        Class::ServerError | Class::BadGateway | Class::StreamBroken => "server",
        Class::RateLimited | Class::Overloaded | Class::GatewayTimeout | Class::Timeout => {
            "overload"
        }
        Class::Connect | Class::CannotConnect | Class::Dns | Class::Network => "connection",
        _ => "request",
    }
}

impl Call {
    pub(super) fn new(function: &'static str, upstream: Option<&str>, at: u64) -> Self {
        Self {
            function,
            upstream: upstream.map(ToOwned::to_owned),
            start: at,
            end: at,
            idle: 0,
            outcome: "",
            class: None,
            reason: None,
            attempts: 0,
            steps: Vec::new(),
            left_out: 0,
            busy: 0,
            ended: 0,
        }
    }

    pub(super) fn record(&mut self, event: &Event<'_>, at: u64, limit: usize) {
        match &event.kind {
            EventKind::AttemptFailed(failed) => {
                let failure = Failure::new(&failed.failure);
                self.attempt(at, micros(failed.took), Some(failure), limit);
            }
            EventKind::Succeeded { took, .. } | EventKind::Recovered { took, .. } => {
                self.attempt(at, micros(*took), None, limit);
            }
            EventKind::Retrying { delay, source, .. } => {
                let until = at.saturating_add(micros(*delay));
                let reason = WaitReason::from(*source);
                self.wait(reason, at, Some(until), Some(source.as_str()), limit);
            }
            EventKind::Deferring(_) => self.wait(WaitReason::Budget, at, None, None, limit),
            EventKind::Queued { waits_for, .. } => {
                self.wait((*waits_for).into(), at, None, None, limit);
            }
            EventKind::Released { by, .. } => self.wait_ends(at, Some(by.as_str())),
            EventKind::Admitted { .. } => self.wait_ends(at, None),
            EventKind::Hedging { run, .. } => {
                self.mark("hedging", at, format!("run {run} starts"), limit);
            }
            EventKind::NotHedging { reason, .. } => {
                self.mark("not hedging", at, reason.as_str().to_owned(), limit);
            }
            EventKind::RunFailed { failure, .. } => {
                self.mark("run failed", at, failure.class.to_string(), limit);
            }
            EventKind::StreamOpened => self.mark("stream opened", at, String::new(), limit),
            EventKind::FirstContent { .. } => self.mark("first content", at, String::new(), limit),
            EventKind::GivingUp { reason, .. } => {
                self.reason = Some(reason.as_str());
                if let GiveUp::Refused { class, .. } = reason {
                    self.mark("refused", at, class.to_string(), limit);
                }
            }
            _ => {}
        }
        if let Some(end) = event.call_end() {
            // A busy machine tells of the end a little late: no step is before the start.
            self.start = self.start.min(at.saturating_sub(micros(end.elapsed)));
            self.end = at;
            self.idle = micros(end.idle);
            self.outcome = end.outcome.as_str();
            self.class = end.class.map(Class::as_str);
            self.attempts = end.attempts;
            self.dropped_attempt(at, limit);
            self.close();
        }
    }

    fn push(&mut self, step: Step, limit: usize) {
        if self.steps.len() < limit {
            self.steps.push(step);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    fn attempt(&mut self, at: u64, took: u64, failure: Option<Failure>, limit: usize) {
        self.busy = self.busy.saturating_add(took);
        self.ended = self.ended.saturating_add(1);
        let step = Step::Attempt {
            number: self.ended,
            from: at.saturating_sub(took),
            to: at,
            failure,
            is_dropped: false,
        };
        self.push(step, limit);
    }

    /// The attempt in flight at the end of a call that was dropped: its time is the rest of the
    /// time with an attempt in flight.
    fn dropped_attempt(&mut self, at: u64, limit: usize) {
        if self.attempts <= self.ended {
            return;
        }
        let busy = at.saturating_sub(self.start).saturating_sub(self.idle);
        let step = Step::Attempt {
            number: self.attempts,
            from: at.saturating_sub(busy.saturating_sub(self.busy)),
            to: at,
            failure: None,
            is_dropped: true,
        };
        self.push(step, limit);
    }

    fn wait(
        &mut self,
        reason: WaitReason,
        from: u64,
        to: Option<u64>,
        by: Option<&'static str>,
        limit: usize,
    ) {
        let reason = reason.as_str();
        let step = Step::Wait {
            reason,
            from,
            to,
            by,
        };
        self.push(step, limit);
    }

    /// The wait that lasts is over.
    fn wait_ends(&mut self, at: u64, released: Option<&'static str>) {
        for step in self.steps.iter_mut().rev() {
            if let Step::Wait { to, by, .. } = step
                && to.is_none()
            {
                *to = Some(at);
                *by = released;
                return;
            }
        }
    }

    /// No wait is longer than its call.
    fn close(&mut self) {
        for step in &mut self.steps {
            if let Step::Wait { to, .. } = step {
                *to = Some(to.map_or(self.end, |to| to.min(self.end)));
            }
        }
    }

    fn mark(&mut self, name: &'static str, at: u64, text: String, limit: usize) {
        self.push(Step::Mark { name, at, text }, limit);
    }
}

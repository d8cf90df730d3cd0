//! The names of the classes and the defaults of the runtime, which this crate cannot depend on. A
//! test of the workspace compares them with the runtime.

/// Passes the name and the variant of every class to a macro.
macro_rules! each_class {
    ($then:ident) => {
        $then! {
            ("invalid_request", "InvalidRequest"),
            ("context_length", "ContextLength"),
            ("content_filter", "ContentFilter"),
            ("authentication", "Authentication"),
            ("permission", "Permission"),
            ("not_found", "NotFound"),
            ("conflict", "Conflict"),
            ("rate_limited", "RateLimited"),
            ("quota_exhausted", "QuotaExhausted"),
            ("payment_refused", "PaymentRefused"),
            ("server_error", "ServerError"),
            ("bad_gateway", "BadGateway"),
            ("overloaded", "Overloaded"),
            ("gateway_timeout", "GatewayTimeout"),
            ("timeout", "Timeout"),
            ("connect", "Connect"),
            ("cannot_connect", "CannotConnect"),
            ("dns", "Dns"),
            ("network", "Network"),
            ("decode", "Decode"),
            ("stream_broken", "StreamBroken"),
            ("circuit_open", "CircuitOpen"),
            ("throttled", "Throttled"),
            ("at_capacity", "AtCapacity"),
            ("cap_reached", "CapReached"),
            ("deadline", "Deadline"),
            ("cancelled", "Cancelled"),
            ("unknown", "Unknown"),
        }
    };
}

pub(crate) use each_class;

macro_rules! pairs {
    ($($class:tt,)*) => { &[$($class),*] };
}

/// Every class: its name in the attribute, and its variant in the runtime.
pub(crate) const CLASSES: &[(&str, &str)] = each_class!(pairs);

/// The classes of failures that arise in the process itself. They are never retried, so a rule for
/// one has no effect.
pub(crate) const LOCAL: &[&str] = &[
    "throttled",
    "at_capacity",
    "cap_reached",
    "deadline",
    "cancelled",
];

/// The class whose rule makes a call wait while the circuit breaker is open.
pub(crate) const BREAKER: &str = "circuit_open";

/// The class that is never retried: the account has no quota left.
pub(crate) const FINAL: &str = "quota_exhausted";

/// Whether a rule for this class is checked on its own, with its own messages.
pub(crate) fn is_special(class: &str) -> bool {
    LOCAL.contains(&class) || class == BREAKER || class == FINAL
}

/// The numbers of the runtime's `Policy::DEFAULT` and `Breaker::DEFAULT`.
pub(crate) mod defaults {
    pub(crate) const ATTEMPTS: u32 = 5;
    pub(crate) const TIMEOUT_SECS: u64 = 60;
    pub(crate) const FIRST_SECS: u64 = 180;
    pub(crate) const IDLE_SECS: u64 = 120;
    pub(crate) const INITIAL_SECS: u64 = 1;
    pub(crate) const FACTOR: f64 = 2.0;
    pub(crate) const DECORRELATED_FACTOR: f64 = 3.0;
    pub(crate) const MAX_SECS: u64 = 32;
    pub(crate) const MAX_RETRY_AFTER_SECS: u64 = 120;
    pub(crate) const BREAK_DURATION_SECS: u64 = 5;
    pub(crate) const MAX_BREAK_DURATION_SECS: u64 = 60;
    /// A default of the attribute alone.
    pub(crate) const SLOW_RATIO: f64 = 0.8;
}

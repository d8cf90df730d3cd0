//! The names of the classes, as `on(..)` writes them and as the runtime's `Class` has them.

macro_rules! classes {
    ($(($name:literal, $variant:literal),)*) => {
        /// Every class: its name in the attribute and its variant in the runtime.
        pub(crate) const CLASSES: &[(&str, &str)] = &[$(($name, $variant)),*];

        /// How a fallback for each class is written, in the same order.
        pub(crate) const FALLBACKS: &[&str] = &[$(concat!($name, " = path::to::function")),*];
    };
}

classes! {
    ("invalid_request", "InvalidRequest"),
    ("context_length", "ContextLength"),
    ("content_filter", "ContentFilter"),
    ("authentication", "Authentication"),
    ("permission", "Permission"),
    ("not_found", "NotFound"),
    ("conflict", "Conflict"),
    ("rate_limited", "RateLimited"),
    ("quota_exhausted", "QuotaExhausted"),
    ("server_error", "ServerError"),
    ("bad_gateway", "BadGateway"),
    ("overloaded", "Overloaded"),
    ("gateway_timeout", "GatewayTimeout"),
    ("timeout", "Timeout"),
    ("connect", "Connect"),
    ("dns", "Dns"),
    ("network", "Network"),
    ("decode", "Decode"),
    ("stream_broken", "StreamBroken"),
    ("circuit_open", "CircuitOpen"),
    ("limited", "Limited"),
    ("at_capacity", "AtCapacity"),
    ("deadline", "Deadline"),
    ("cancelled", "Cancelled"),
    ("unknown", "Unknown"),
}

/// The classes that the library raises itself. They are never retried, so a rule for one would be dead.
pub(crate) const LOCAL: &[&str] = &["limited", "at_capacity", "deadline", "cancelled"];

/// The class whose rule says that the call waits while the circuit breaker is open.
pub(crate) const BREAKER: &str = "circuit_open";

/// Whether rules of a class are looked at one by one, and every one without a meaning has a message of its own.
pub(crate) fn is_special(class: &str) -> bool {
    LOCAL.contains(&class) || class == BREAKER || class == FINAL
}

/// The class that no retry can heal: the account has nothing left.
pub(crate) const FINAL: &str = "quota_exhausted";

//! The classes of failures: one [`Class`] for each kind that is treated differently. (Above 300
//! lines: one table, which has to be read as a whole.)

use super::Processed;
use std::fmt;

/// Whether a class of failures is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retried {
    /// By default. A rule of the policy, or the server, can override it.
    Yes,
    /// Not by default. A rule of the policy, or the server, can override it.
    No,
    /// Never: no retry can succeed, so neither a rule nor the server can override it.
    Never,
}

/// The effect of a failure on the circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BreakerVote {
    /// Counts as a failed call: it is about the server, or the path to it.
    Counts,
    /// Is not counted: it is about this request or this caller, or about nothing known.
    Ignores,
    /// Is not counted either, but comes from a server that works: a probe has succeeded.
    Answered,
    /// As `Answered` if it has a status or a code of the server, and as `Ignores` otherwise: then
    /// it may have arisen in this process.
    MaybeAnswered,
    /// Opens the breaker at once: no call can succeed.
    Opens,
}

/// The sentence for an end user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UserMessage {
    /// Followed by "; please try again" and the time.
    TryAgain(&'static str),
    /// The whole message.
    Final(&'static str),
}

/// The message for failures that the end user cannot influence.
const NO_USE: &str =
    "Sorry, this did not work, and trying again will not help; please contact support.";

/// The properties of a class: one row of the table.
#[expect(clippy::struct_excessive_bools, reason = "the columns of a table")]
struct Row {
    name: &'static str,
    retry: Retried,
    /// Whether the server may have processed the request, unless the failure itself says.
    processed: Processed,
    /// The server may be overloaded: retries make it worse.
    overload: bool,
    breaker: BreakerVote,
    /// A wait that the server asks for applies to all callers of the upstream.
    closes_gate: bool,
    /// The provider's status page may list an incident about it.
    #[cfg_attr(
        not(feature = "status-page"),
        allow(dead_code, reason = "used by the status page only")
    )]
    incident: bool,
    /// Arises in this process, and not at the server or on the way to it.
    local: bool,
    advice: &'static str,
    user: UserMessage,
}

/// Defines the classes and their rows.
macro_rules! classes {
    ($(
        $(#[$doc:meta])*
        $variant:ident {
            name: $name:literal, retry: $retry:ident, processed: $processed:ident, overload: $overload:literal,
            breaker: $breaker:ident, closes_gate: $closes_gate:literal, incident: $incident:literal, local: $local:literal,
            advice: $advice:literal,
            user: $user:ident($message:expr),
        }
    )+) => {
        /// The kind of failure of an attempt.
        ///
        /// The class determines whether a retry can help, the schedule, and the advice for
        /// developers. The attribute's `on(..)` and logs use the names ([`Class::as_str`]).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Class {
            $( $(#[$doc])* $variant, )+
        }

        impl Class {
            /// Every class, in declaration order.
            pub const ALL: &'static [Class] = &[$(Class::$variant),+];

            #[inline]
            const fn row(self) -> &'static Row {
                match self {
                    $(Class::$variant => &Row {
                        name: $name,
                        retry: Retried::$retry,
                        processed: Processed::$processed,
                        overload: $overload,
                        breaker: BreakerVote::$breaker,
                        closes_gate: $closes_gate,
                        incident: $incident,
                        local: $local,
                        advice: $advice,
                        user: UserMessage::$user($message),
                    },)+
                }
            }
        }
    };
}

classes! {
    /// The server rejects the request as it is: 400, 405, 413, 415, 422 and other 4xx.
    InvalidRequest {
        name: "invalid_request", retry: No, processed: Maybe, overload: false,
        breaker: MaybeAnswered, closes_gate: false, incident: false, local: false,
        advice: "fix the request; the server's message says where",
        user: Final(NO_USE),
    }
    /// The input exceeds the context length of the model, or another limit.
    ContextLength {
        name: "context_length", retry: No, processed: Maybe, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "shorten the input",
        user: Final("This is too long; please shorten it and try again."),
    }
    /// The content was rejected by a policy of the provider.
    ContentFilter {
        name: "content_filter", retry: No, processed: Maybe, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "change the content",
        user: Final("This was refused because of its content; please change it and try again."),
    }
    /// 401: no valid credentials.
    Authentication {
        name: "authentication", retry: No, processed: No, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "check the key and how it is passed; rotate it if it was exposed",
        user: Final(NO_USE),
    }
    /// 403: valid credentials without the permission.
    Permission {
        name: "permission", retry: No, processed: No, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "check access to the model, plan and region",
        user: Final(NO_USE),
    }
    /// 404: no such model or URL.
    NotFound {
        name: "not_found", retry: No, processed: Maybe, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "check the model's name and the URL",
        user: Final(NO_USE),
    }
    /// 409: the resource is in a conflicting state.
    Conflict {
        name: "conflict", retry: Yes, processed: Maybe, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "look for another writer of the same resource",
        user: TryAgain("Something else was changed at the same time"),
    }
    /// 429: too many requests or tokens at the moment.
    RateLimited {
        name: "rate_limited", retry: Yes, processed: No, overload: true,
        breaker: Ignores, closes_gate: true, incident: false, local: false,
        advice: "slow down, batch requests, or ask for a higher limit",
        user: TryAgain("The service is busy"),
    }
    /// 402, or 429 with a billing code: the quota of the account is exhausted. Never retried.
    QuotaExhausted {
        name: "quota_exhausted", retry: Never, processed: No, overload: false,
        breaker: Opens, closes_gate: false, incident: false, local: false,
        advice: "check plan, credit and spend limit on the provider's billing page; a retry cannot succeed",
        user: Final(NO_USE),
    }
    /// A payment is refused for this request or customer: a declined card, or a request that costs
    /// more than is left. Other requests of the account may succeed.
    PaymentRefused {
        name: "payment_refused", retry: No, processed: Maybe, overload: false,
        breaker: Answered, closes_gate: false, incident: false, local: false,
        advice: "let the customer pay in another way, or ask for less; the account itself is in order",
        user: Final("The payment was refused; please pay in another way."),
    }
    /// 500 and other 5xx.
    ServerError {
        name: "server_error", retry: Yes, processed: Maybe, overload: false,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "if it lasts, look at the provider's status page and report the request id",
        user: TryAgain("The service has a problem"),
    }
    /// 502, 520 to 527, 530: a gateway got no valid response from the server behind it.
    BadGateway {
        name: "bad_gateway", retry: Yes, processed: Maybe, overload: false,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "if it lasts, look at the provider's status page",
        user: TryAgain("The service has a problem"),
    }
    /// 503, 529: the server is overloaded. Retried on a longer schedule.
    Overloaded {
        name: "overloaded", retry: Yes, processed: Maybe, overload: true,
        breaker: Counts, closes_gate: true, incident: true, local: false,
        advice: "send less, or at another time; a higher service tier may help",
        user: TryAgain("The service is busy"),
    }
    /// 504: a gateway waited too long for the server behind it.
    GatewayTimeout {
        name: "gateway_timeout", retry: Yes, processed: Maybe, overload: true,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "send a smaller request, or stream the answer",
        user: TryAgain("The service takes too long to answer"),
    }
    /// No response within the attempt's timeout, or 408.
    Timeout {
        name: "timeout", retry: Yes, processed: Maybe, overload: true,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "check that the timeout leaves room for a normal answer",
        user: TryAgain("The service takes too long to answer"),
    }
    /// No connection: refused, unreachable, or a failed handshake. Not processed if the failure
    /// comes from connecting; the kind of an `io::Error` does not tell that.
    Connect {
        name: "connect", retry: Yes, processed: No, overload: false,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "check that the server runs, the address, and proxies and firewalls on the way",
        user: TryAgain("The service cannot be reached"),
    }
    /// No connection, and none at a later attempt: a certificate that is not valid, another
    /// protocol on the port, or a proxy that refuses. A wait seldom mends it: it is not retried.
    CannotConnect {
        name: "cannot_connect", retry: No, processed: No, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: false,
        advice: "check the certificate and the host name, whether the port speaks https or plain http, and the address and credentials of the proxy",
        user: Final(NO_USE),
    }
    /// The host name could not be resolved.
    Dns {
        name: "dns", retry: Yes, processed: No, overload: false,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "check the host name and the resolver",
        user: TryAgain("The service cannot be reached"),
    }
    /// The connection broke: reset, closed early, truncated body.
    Network {
        name: "network", retry: Yes, processed: Maybe, overload: false,
        breaker: Counts, closes_gate: false, incident: true, local: false,
        advice: "if it lasts, look at the network and at proxies on the way",
        user: TryAgain("The service cannot be reached"),
    }
    /// A complete response of unexpected content.
    Decode {
        name: "decode", retry: No, processed: Yes, overload: false,
        breaker: MaybeAnswered, closes_gate: false, incident: false, local: false,
        advice: "check that the status was looked at before the body was read, as send_checked does, and read the body with json_checked, which says what came instead; then compare the answer with the type it is read into: the API may have changed",
        user: Final(NO_USE),
    }
    /// A stream that failed after its first content. It may `resume`; only a call around it with a
    /// rule for this class begins again.
    StreamBroken {
        name: "stream_broken", retry: No, processed: Yes, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: false,
        advice: "ask again with what was received so far in mind",
        user: TryAgain("The answer broke off"),
    }
    /// Raised by this crate: the circuit breaker is open.
    CircuitOpen {
        name: "circuit_open", retry: Never, processed: No, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "wait until the circuit breaker lets probes through, or release it if it was isolated by hand",
        user: TryAgain("The service is busy"),
    }
    /// Raised by this crate: the wait for admission would be too long.
    Throttled {
        name: "throttled", retry: Never, processed: No, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "send less, raise the client-side limit, or allow a longer wait",
        user: TryAgain("The service is busy"),
    }
    /// Raised by this crate: the concurrency limit and its queue are full.
    AtCapacity {
        name: "at_capacity", retry: Never, processed: No, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "send less at once, or raise the concurrency limit",
        user: TryAgain("The service is busy"),
    }
    /// Raised by this crate: a cap on requests, tokens or money is reached. Never retried: it is
    /// free again when its window ends.
    CapReached {
        name: "cap_reached", retry: Never, processed: No, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "raise the cap, or wait until its window ends; a retry before that cannot succeed",
        user: TryAgain("The limit of use is reached"),
    }
    /// Raised by this crate: the deadline of the whole call has passed.
    Deadline {
        name: "deadline", retry: Never, processed: Maybe, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "give the call more time, or do less in it",
        user: TryAgain("The service takes too long to answer"),
    }
    /// Cancelled within this process: a pool that the application has closed, a statement that it
    /// has interrupted, or a [`shutdown`](crate::shutdown()).
    Cancelled {
        name: "cancelled", retry: Never, processed: Maybe, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: true,
        advice: "nothing to do: this process cancelled it; look for a pool that was closed, or a shutdown that was called, too early",
        user: Final("This was cancelled."),
    }
    /// An unknown failure.
    Unknown {
        name: "unknown", retry: No, processed: Maybe, overload: false,
        breaker: Ignores, closes_gate: false, incident: false, local: false,
        advice: "implement Classify for the error type so that it can be told apart",
        user: Final(NO_USE),
    }
}

impl Class {
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The class with this name, as written by [`as_str`](Self::as_str).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == name)
    }

    /// The class of an HTTP status code alone, without headers and body.
    ///
    /// An unknown 4xx is [`InvalidRequest`](Self::InvalidRequest), an unknown 5xx is
    /// [`ServerError`](Self::ServerError) ([RFC 9110, section
    /// 15](https://www.rfc-editor.org/rfc/rfc9110#section-15): a client treats an unknown code as
    /// the x00 of its class), and anything outside 400 to 599 is [`Unknown`](Self::Unknown).
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 | 407 => Self::Authentication,
            402 => Self::QuotaExhausted,
            403 => Self::Permission,
            404 => Self::NotFound,
            408 => Self::Timeout,
            // Locked, and "retry with" of Azure.
            409 | 423 | 449 => Self::Conflict,
            // A connection that does not lead to this server; and data sent too early on one.
            421 | 425 => Self::Connect,
            429 => Self::RateLimited,
            // The first is "no capacity" at Groq.
            498 | 503 | 529 => Self::Overloaded,
            400..=499 => Self::InvalidRequest,
            502 | 520..=527 | 530 => Self::BadGateway,
            504 => Self::GatewayTimeout,
            500..=599 => Self::ServerError,
            _ => Self::Unknown,
        }
    }

    /// The name in snake case, as used by `on(..)` and logs.
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Whether this class is retried, unless the policy or the server says otherwise.
    pub const fn is_retried_by_default(self) -> bool {
        matches!(self.row().retry, Retried::Yes)
    }

    /// Advice for the developer, in a sentence.
    pub const fn advice(self) -> &'static str {
        self.row().advice
    }

    /// Whether the failure arises in this process: this crate raises it before or instead of an
    /// attempt, or, as [`Cancelled`](Self::Cancelled), a client that the application has closed or
    /// interrupted. It is never retried, regardless of the policy.
    pub const fn is_local(self) -> bool {
        self.row().local
    }

    /// Whether no retry can ever succeed, so that neither a rule nor the server can ask for one.
    pub(crate) const fn is_never_retried(self) -> bool {
        matches!(self.row().retry, Retried::Never)
    }

    #[inline]
    pub(crate) const fn retried(self) -> Retried {
        self.row().retry
    }

    pub(super) const fn processed(self) -> Processed {
        self.row().processed
    }

    /// Whether the server may be overloaded: retries make it worse.
    #[inline]
    pub(crate) const fn is_overload(self) -> bool {
        self.row().overload
    }

    pub(crate) const fn breaker_vote(self) -> BreakerVote {
        self.row().breaker
    }

    /// Whether a wait that the server asks for applies to all callers of the upstream.
    pub(crate) const fn closes_gate(self) -> bool {
        self.row().closes_gate
    }

    /// Whether the provider's status page may list an incident about it.
    #[cfg(feature = "status-page")]
    pub(crate) const fn may_be_an_incident(self) -> bool {
        self.row().incident
    }

    pub(super) const fn user_message(self) -> UserMessage {
        self.row().user
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

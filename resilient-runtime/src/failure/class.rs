//! The vocabulary of failures: one [`Class`] for each kind that asks for its own treatment.

use std::fmt;

/// Defines the classes once: name, whether it is retried by default, and the advice.
macro_rules! classes {
    ($( $(#[$doc:meta])* $variant:ident = $name:literal, $retried:literal, $advice:literal; )+) => {
        /// What kind of failure an attempt ended in.
        ///
        /// A class decides whether a retry can help, which schedule the wait follows and what advice the
        /// developer gets. The names ([`Class::as_str`]) are what the attribute's `on(..)` and the log use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Class {
            $( $(#[$doc])* $variant, )+
        }

        impl Class {
            /// Every class, in declaration order.
            pub const ALL: &'static [Class] = &[$(Class::$variant),+];

            /// The name in snake case, as `on(..)` and the log use it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Class::$variant => $name,)+ }
            }

            /// Whether a failure of this class is retried when neither the policy nor the server says
            /// otherwise.
            pub const fn is_retried_by_default(self) -> bool {
                match self { $(Class::$variant => $retried,)+ }
            }

            /// What a developer can do about it, in a sentence.
            pub const fn advice(self) -> &'static str {
                match self { $(Class::$variant => $advice,)+ }
            }
        }
    };
}

classes! {
    /// The server refuses the request as it is: 400, 405, 413, 415, 422 and other 4xx.
    InvalidRequest = "invalid_request", false,
        "fix the request; the server's message says where";
    /// The input is longer than the model or the limit allows.
    ContextLength = "context_length", false,
        "shorten the input";
    /// The content was refused by a policy of the provider.
    ContentFilter = "content_filter", false,
        "change the content";
    /// 401: no valid credentials.
    Authentication = "authentication", false,
        "check the key and how it is passed; rotate it if it was exposed";
    /// 403: valid credentials that may not do this.
    Permission = "permission", false,
        "check access to the model, plan and region";
    /// 404: no such model or URL.
    NotFound = "not_found", false,
        "check the model's name and the URL";
    /// 409: the resource is in another state just now.
    Conflict = "conflict", true,
        "look for another writer of the same resource";
    /// 429: too many requests or tokens for the moment.
    RateLimited = "rate_limited", true,
        "slow down, batch requests, or ask for a higher limit";
    /// 402, or 429 with a billing code: the account has nothing left. Never retried.
    QuotaExhausted = "quota_exhausted", false,
        "check plan, credit and spend limit on the provider's billing page; a retry cannot succeed";
    /// 500 and other 5xx.
    ServerError = "server_error", true,
        "if it lasts, look at the provider's status page and report the request id";
    /// 502, 520 to 527, 530: a gateway got no good answer from the server behind it.
    BadGateway = "bad_gateway", true,
        "if it lasts, look at the provider's status page";
    /// 503, 529: the server has more work than it can do. Retried on a longer schedule.
    Overloaded = "overloaded", true,
        "send less, or at another time; a higher service tier may help";
    /// 504: a gateway waited too long for the server behind it.
    GatewayTimeout = "gateway_timeout", true,
        "send a smaller request, or stream the answer";
    /// No answer within the attempt's timeout, or 408.
    Timeout = "timeout", true,
        "check that the timeout leaves room for a normal answer";
    /// No connection: refused, unreachable, or a failed handshake.
    Connect = "connect", true,
        "check that the server runs, the address, and proxies and firewalls on the way";
    /// The host name could not be resolved.
    Dns = "dns", true,
        "check the host name and the resolver";
    /// The connection broke: reset, closed early, truncated body.
    Network = "network", true,
        "if it lasts, look at the network and at proxies on the way";
    /// A complete answer that is not what was promised.
    Decode = "decode", false,
        "compare the answer with the type it is read into; the API may have changed";
    /// A stream that failed after its first item.
    StreamBroken = "stream_broken", false,
        "ask again with what was received so far in mind";
    /// Raised here: the circuit breaker is open.
    CircuitOpen = "circuit_open", false,
        "wait until the circuit breaker lets probes through, or release it if it was isolated by hand";
    /// Raised here: the client-side rate limit would take too long.
    Limited = "limited", false,
        "send less, raise the client-side limit, or allow a longer wait";
    /// Raised here: the concurrency limit and its queue are full.
    AtCapacity = "at_capacity", false,
        "send less at once, or raise the concurrency limit";
    /// Raised here: the deadline of the whole call is over.
    Deadline = "deadline", false,
        "give the call more time, or do less in it";
    /// Raised here: the call was cancelled.
    Cancelled = "cancelled", false,
        "nothing to do: the caller gave up";
    /// Nothing is known about this failure.
    Unknown = "unknown", false,
        "implement Classify for the error type so that it can be told apart";
}

impl Class {
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The class with this name, as [`as_str`](Self::as_str) writes it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == name)
    }

    /// The class of an HTTP status code by itself, without headers and body.
    ///
    /// A 4xx that is not known here is [`InvalidRequest`](Self::InvalidRequest), a 5xx that is not known here
    /// is [`ServerError`](Self::ServerError) ([RFC 9110, section 15](https://www.rfc-editor.org/rfc/rfc9110#section-15):
    /// a client treats an unknown code as the x00 of its class), anything outside 400 to 599 is
    /// [`Unknown`](Self::Unknown).
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::QuotaExhausted,
            403 => Self::Permission,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            400..=499 => Self::InvalidRequest,
            502 | 520..=527 | 530 => Self::BadGateway,
            503 | 529 => Self::Overloaded,
            504 => Self::GatewayTimeout,
            500..=599 => Self::ServerError,
            _ => Self::Unknown,
        }
    }

    /// Whether such a failure may mean that the server has more to do than it can: retries make it worse.
    pub(crate) const fn is_overload(self) -> bool {
        matches!(
            self,
            Self::Overloaded | Self::RateLimited | Self::Timeout | Self::GatewayTimeout
        )
    }

    /// Whether it tells something about how the server, or the way to it, is: what a circuit breaker counts. A 429 does
    /// not: it is about the caller.
    pub(crate) const fn is_of_the_server(self) -> bool {
        matches!(
            self,
            Self::ServerError
                | Self::BadGateway
                | Self::Overloaded
                | Self::GatewayTimeout
                | Self::Timeout
                | Self::Connect
                | Self::Dns
                | Self::Network
        )
    }

    /// Whether this crate raises the class itself, before or instead of an attempt. Such a failure is
    /// never retried, whatever the policy says.
    pub const fn is_local(self) -> bool {
        matches!(
            self,
            Self::CircuitOpen | Self::Limited | Self::AtCapacity | Self::Deadline | Self::Cancelled
        )
    }

    /// Whether no retry can ever succeed, so that no rule and no server can ask for one.
    pub(crate) const fn is_never_retried(self) -> bool {
        matches!(self, Self::QuotaExhausted) || self.is_local()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

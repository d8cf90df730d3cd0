//! The meaning of a failure for the items of a batch.

use crate::{Class, Classification, Redacted};

/// The meaning of a failure of a batch for its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The batch is too large: its halves are tried, however often.
    TooLarge,
    /// A few items may be at fault, or all: its halves are tried, until all quarters have failed
    /// alike.
    SomeOrAll,
    /// No other batch can succeed: nothing else is tried.
    Nothing,
    /// A smaller batch fails as well, or the failure is of this moment: its items have failed.
    Whole,
}

/// The table: the meaning of each class, after the retries of the call.
const fn meaning_of(class: Class) -> Meaning {
    match class {
        Class::ContextLength => Meaning::TooLarge,
        Class::InvalidRequest | Class::Timeout | Class::GatewayTimeout => Meaning::SomeOrAll,
        Class::Authentication | Class::QuotaExhausted | Class::CapReached | Class::Cancelled => {
            Meaning::Nothing
        }
        Class::ContentFilter
        | Class::Permission
        | Class::NotFound
        | Class::Conflict
        | Class::RateLimited
        | Class::PaymentRefused
        | Class::ServerError
        | Class::BadGateway
        | Class::Overloaded
        | Class::Connect
        | Class::CannotConnect
        | Class::Dns
        | Class::Network
        | Class::Decode
        | Class::StreamBroken
        | Class::CircuitOpen
        | Class::Throttled
        | Class::AtCapacity
        | Class::Deadline
        | Class::Unknown => Meaning::Whole,
    }
}

/// The meaning of this failure.
pub(super) fn meaning(failure: &Classification) -> Meaning {
    match meaning_of(failure.class) {
        Meaning::Nothing => Meaning::Nothing,
        // Content too large, whatever its class.
        _ if failure.status == Some(413) => Meaning::TooLarge,
        meaning => meaning,
    }
}

/// A failure as far as it is compared with another one: the code of the server, or, without a code,
/// its message.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sign {
    class: Class,
    code: Option<Redacted>,
    message: Option<Redacted>,
}

impl Sign {
    pub(super) fn of(failure: &Classification) -> Self {
        let code = failure.code.clone();
        let message = match code {
            // That of a timeout names its limit and no cause.
            Some(_) => None,
            None if failure.class == Class::Timeout => None,
            None => failure.message.clone(),
        };
        Self {
            class: failure.class,
            code,
            message,
        }
    }
}

//! `#[derive(Classify)]` among names of the user that resemble ours or shadow the prelude.

use resilient_runtime::{Class, Classification, Classify, Rejection, ServerWait, WaitOrigin};
use std::{io, time::Duration};

const WAIT: Duration = Duration::from_secs(20);

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

mod without_prelude {
    #![no_implicit_prelude]

    #[derive(::resilient_runtime::Classify)]
    pub(super) enum Failure {
        #[classify(rate_limited, retry_after = 0, code = 1)]
        Busy(::core::time::Duration, &'static str),
        #[classify(status = status)]
        Status { status: ::core::option::Option<u16> },
        #[classify(delegate)]
        Io(::std::io::Error),
        #[classify(rejection)]
        Rejected(::resilient_runtime::Rejection),
    }
}

/// Names that only stand in the way: of the prelude, of the runtime, and of the expansion.
#[expect(dead_code, non_upper_case_globals, reason = "only in the way")]
mod shadowed {
    pub(super) struct Option;
    pub(super) struct Class;
    pub(super) struct Classification;
    pub(super) struct Details;
    pub(super) trait From {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod resilient_runtime {}
    pub(super) const __resilient: u8 = 0;
    pub(super) const wait: u8 = 0;

    /// Methods by value on all types, which method lookup finds first.
    pub(super) trait Everywhere: Sized {
        fn retry_after(self, _: u8) {}
        fn code(self, _: u8) {}
        fn classify(self) {}
        fn attach(self) {}
    }
    impl<T> Everywhere for T {}

    #[derive(::resilient_runtime::Classify)]
    pub(super) enum Failure {
        #[classify(rate_limited, retry_after = wait, code = code)]
        Busy {
            wait: ::core::time::Duration,
            code: &'static str,
        },
        #[classify(delegate)]
        Io(::std::io::Error),
        #[classify(rejection)]
        Rejected(::resilient_runtime::Rejection),
    }
}

#[test]
fn neither_a_missing_nor_a_shadowed_prelude_is_in_the_way() {
    use without_prelude::Failure;
    let known = Classification::new(Class::RateLimited)
        .code("c")
        .wait(ServerWait::new(WAIT, WaitOrigin::Error));
    assert_eq!(Failure::Busy(WAIT, "c").classify(), known);
    assert_eq!(
        Failure::Status { status: None }.classify().class,
        Class::Unknown
    );
    assert_eq!(Failure::Io(refused()).classify(), refused().classify());
    let shadowed = shadowed::Failure::Busy {
        wait: WAIT,
        code: "c",
    };
    assert_eq!(Classify::classify(&shadowed), known);
    let shadowed = shadowed::Failure::Io(refused());
    assert_eq!(Classify::classify(&shadowed), refused().classify());
}

/// A crate that re-exports the runtime: its users name that path.
mod facade {
    pub(super) mod engine {
        pub(crate) use resilient_runtime::{
            __private, Class, Classification, Classify, History, Rejection,
        };
    }
}

#[test]
fn a_crate_that_hands_the_runtime_on() {
    #[derive(facade::engine::Classify)]
    #[classify(crate = crate::facade::engine)]
    enum Failure {
        #[classify(status = 0)]
        Status(u16),
        #[classify(timeout)]
        Slow,
        #[classify(delegate)]
        Io(io::Error),
        #[classify(rejection)]
        Rejected(Rejection),
    }
    assert_eq!(Failure::Slow.classify(), Class::Timeout.into());
    assert_eq!(Failure::Status(503).classify().class, Class::Overloaded);
    assert_eq!(Failure::Io(refused()).classify(), refused().classify());
}

macro_rules! failures {
    ($name:ident, $($variant:ident { $field:ident: $ty:ty } = $class:ident),*) => {
        #[derive(Classify)]
        enum $name { $(#[classify($class, message = $field)] $variant { $field: $ty }),* }
    };
}

#[test]
fn a_type_that_a_macro_writes() {
    failures!(Failure, Slow { text: String } = timeout, Lost { text: &'static str } = network);
    let slow = Failure::Slow {
        text: "s".to_owned(),
    };
    assert_eq!(
        slow.classify(),
        Classification::new(Class::Timeout).message("s")
    );
    let lost = Failure::Lost { text: "l" };
    assert_eq!(
        lost.classify(),
        Classification::new(Class::Network).message("l")
    );
}

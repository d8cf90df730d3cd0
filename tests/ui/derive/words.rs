//! Unknown words in `#[classify(..)]`, and words in the wrong form.

use resilient_runtime::{Classify, Rejection};

#[derive(Classify)]
enum Misspelt {
    #[classify(rate_limit)]
    Class,
    #[classify(RateLimited)]
    Variant,
    #[classify(banana)]
    NeverHeardOf,
    #[classify(rate_limited, wait = wait)]
    NamedSoElsewhere { wait: u8 },
    #[classify(invalid_request, error_type = name)]
    NamedSoInABody { name: u8 },
    #[classify(transparent)]
    NamedSoByOthers(Rejection),
}

#[derive(Classify)]
enum WrongForm {
    #[classify]
    Nothing,
    #[classify()]
    Empty,
    #[classify = "timeout"]
    Value,
    #[classify("timeout")]
    Quoted,
    #[classify(timeout = 3)]
    ClassWithAValue,
    #[classify(timeout code = 0)]
    CommaMissing(u8),
    #[classify(timeout, code)]
    FieldMissing(u8),
    #[classify(timeout, code = "code")]
    FieldQuoted { code: u8 },
    #[classify(timeout, code = self.code)]
    FieldOfSelf { code: u8 },
}

fn main() {}

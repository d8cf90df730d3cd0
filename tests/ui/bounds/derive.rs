//! Fields of types that the derive cannot read: reported at the name of the field in the attribute;
//! for `delegate`, at the type of the field.

use resilient_runtime::Classify;
use std::time::Instant;

struct Foreign;

#[derive(Classify)]
enum Delegates {
    #[classify(delegate)]
    NotClassified(Foreign),
    #[classify(delegate)]
    NotClassifiedPath(Vec<Foreign>),
    #[classify(rejection)]
    NotARejection(String),
}

#[derive(Classify)]
enum Fields {
    #[classify(rate_limited, retry_after = wait)]
    Wait { wait: Instant },
    #[classify(status = status)]
    Status { status: i32 },
    #[classify(unknown, code = 0, message = 1)]
    Texts(Foreign, Option<Foreign>),
}

#[derive(Classify)]
#[classify(delegate)]
struct Wrapper<T>(T);

fn needs(_: impl Classify) {}

fn main() {
    needs(Wrapper(Foreign));
}

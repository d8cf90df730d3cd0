//! Missing fields, and ambiguous ones.

use resilient_runtime::Classify;

#[derive(Classify)]
enum NotThere {
    #[classify(rate_limited, retry_after = waits)]
    Misspelt { wait: u8, id: u8 },
    #[classify(rate_limited, retry_after = 2)]
    IndexTooHigh(u8, u8),
    #[classify(status = 503)]
    NumberOfAStatus,
    #[classify(delegate = source)]
    NameInATuple(u8),
}

#[derive(Classify)]
enum WhichOne {
    #[classify(delegate)]
    OfTwo { source: u8, id: u8 },
    #[classify(delegate)]
    OfNone,
}

fn main() {}

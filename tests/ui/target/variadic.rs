//! A variadic function is C's.

use resilient_runtime::resilient;

unsafe extern "C" {
    #[resilient]
    fn variadic(count: u32, ...) -> u32;
}

fn main() {}

//! A variadic function.

use resilient_runtime::resilient;

unsafe extern "C" {
    #[resilient]
    fn variadic(count: u32, ...) -> u32;
}

fn main() {}

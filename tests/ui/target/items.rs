//! Items that are not functions: the answer names the item to annotate.

use resilient_runtime::resilient;

#[resilient]
struct Struct;

#[resilient]
pub enum Enum {}

#[resilient]
union Union {
    number: u32,
}

#[resilient]
type Alias = u32;

#[resilient]
impl Struct {}

#[resilient]
unsafe impl Send for Union {}

#[resilient]
trait Trait {}

#[resilient]
unsafe trait UnsafeTrait {}

#[resilient]
mod module {}

#[resilient]
const CONST: u32 = 3;

#[resilient]
static STATIC: u32 = 3;

#[resilient]
pub use std::io;

#[resilient]
extern crate std as other;

#[resilient]
unsafe extern "C" {}

#[resilient]
macro_rules! with_rules {
    () => {};
}

#[resilient]
with_rules!();

fn main() {
    let _ = (Struct, CONST, STATIC);
}

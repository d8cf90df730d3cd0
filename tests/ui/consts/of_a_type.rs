//! A constant of the method's type.

use resilient_runtime::resilient;
use std::io;

struct Client<const N: u32>;

impl<const N: u32> Client<N> {
    const TRIES: u32 = N - 3;

    #[resilient(attempts = Self::TRIES)]
    async fn call(&self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    drop(Client::<4>.call());
    drop(Client::<3>.call());
}

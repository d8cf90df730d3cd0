//! Hedges of functions with exclusive borrows.

use resilient_runtime::resilient;
use std::io;

struct Client;

impl Client {
    #[resilient(hedge(after = "p95"))]
    async fn mutable_self(&mut self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(hedge(after = "p95"))]
    async fn mutable_argument(&self, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        Ok(())
    }

    #[resilient(hedge(after = "p95"))]
    async fn mutable_pattern(&self, (a, b): &mut (u8, u8)) -> io::Result<()> {
        std::mem::swap(a, b);
        Ok(())
    }
}

fn main() {}

//! The same call with the layers retry and timeout of tower.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod calls;
mod count;
mod rows;

use body::{Failure, Script, fetch};
use calls::{
    AT_ONCE, ATTEMPTS, FINAL_ERROR, ONE_PENDING, Subject, TIMEOUT, TWO_FAILURES, scenario, size,
};
use std::{
    future::{Ready, ready},
    process::ExitCode,
};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _, retry};

#[derive(Clone)]
struct Attempts(usize);

impl<'s> retry::Policy<&'s Script, u32, BoxError> for Attempts {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut &'s Script,
        result: &mut Result<u32, BoxError>,
    ) -> Option<Ready<()>> {
        let error = result.as_ref().err()?;
        // What is not ours is the timeout of tower.
        if !error
            .downcast_ref()
            .is_none_or(|failure: &Failure| failure.can_heal())
            || self.0 == 1
        {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, script: &&'s Script) -> Option<&'s Script> {
        Some(script)
    }
}

/// The service is made once and kept, as its users do.
fn tower_service<'s>() -> impl Service<&'s Script, Response = u32, Error = BoxError> + Clone {
    ServiceBuilder::new()
        .retry(Attempts(ATTEMPTS))
        .timeout(TIMEOUT)
        .service_fn(fetch)
}

async fn by_tower<'s>(
    service: impl Service<&'s Script, Response = u32, Error = BoxError>,
    script: &'s Script,
) -> Result<u32, Failure> {
    let result = service.oneshot(script).await;
    result.map_err(|error| {
        error
            .downcast()
            .map_or(Failure::TimedOut, |failure| *failure)
    })
}

fn main() -> ExitCode {
    let service: &'static _ = Box::leak(Box::new(tower_service()));
    let by_tower = |script| by_tower(service.clone(), script);
    calls::main(&Subject {
        name: "tower retry and timeout",
        is_ours: false,
        scenarios: [
            scenario(AT_ONCE, by_tower),
            scenario(ONE_PENDING, by_tower),
            scenario(FINAL_ERROR, by_tower),
            scenario(TWO_FAILURES, by_tower),
            None,
        ],
        sizes: [size(by_tower), None],
        in_backoff: [None, None],
    })
}

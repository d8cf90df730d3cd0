//! The call with the layers retry and timeout of tower.

use crate::body::{ATTEMPTS, Failure, Script, TIMEOUT, fetch};
use std::future::{Ready, ready};
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
        // An error of another type is the timeout of tower.
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
pub(crate) fn tower_service<'s>()
-> impl Service<&'s Script, Response = u32, Error = BoxError> + Clone {
    ServiceBuilder::new()
        .retry(Attempts(ATTEMPTS))
        .timeout(TIMEOUT)
        .service_fn(fetch)
}

pub(crate) async fn by_tower<'s>(
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

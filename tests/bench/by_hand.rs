//! The call as a loop by hand.

use crate::body::{ATTEMPTS, Body, Failure, TIMEOUT, pause};
use tokio::time::timeout;

pub(crate) async fn by_hand<B: Body>(body: B) -> Result<u32, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match timeout(TIMEOUT, body.attempt()).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        if attempt == ATTEMPTS || !failure.can_heal() {
            return Err(failure);
        }
        attempt += 1;
        pause(B::DELAY).await;
    }
}

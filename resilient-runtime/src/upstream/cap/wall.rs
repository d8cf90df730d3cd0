//! The time of the calendar, which a paused clock simulates.

use std::time::{Instant as StdInstant, SystemTime};
use tokio::time::Instant;

/// The calendar of a test: it begins at this time, and goes on with tokio's clock.
#[cfg(feature = "testing")]
pub(crate) struct WallTime {
    pub(crate) start: SystemTime,
    pub(crate) since: Instant,
}

#[cfg(feature = "testing")]
impl WallTime {
    fn now(&self) -> Option<SystemTime> {
        let elapsed = Instant::now().saturating_duration_since(self.since);
        self.start.checked_add(elapsed)
    }
}

/// Now, in seconds since 1970.
pub(super) fn now() -> i64 {
    let now = system_time();
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// The clock of the system, moved by as much as a paused clock of tokio differs from the real one.
pub(super) fn system_time() -> SystemTime {
    #[cfg(feature = "testing")]
    if let Some(now) = crate::scope::get::<WallTime>().and_then(|it| it.now()) {
        return now;
    }
    let (simulated, real) = (Instant::now().into_std(), StdInstant::now());
    let system = SystemTime::now();
    let moved = if simulated > real {
        system.checked_add(simulated.saturating_duration_since(real))
    } else {
        system.checked_sub(real.saturating_duration_since(simulated))
    };
    moved.unwrap_or(system)
}

//! The status pages that are watched for upstreams: jumps of the error rate name open incidents.

use super::StatusPage;
use crate::{
    event::{self, Announcement},
    scope::{self, Identity},
};
use std::sync::{PoisonError, RwLock};
use tokio::runtime::Handle;

/// The upstreams by name, each with its page.
type Watched = RwLock<Vec<(String, &'static StatusPage)>>;

/// Those of the program, or of the isolated test around the code that runs now.
fn watched() -> &'static Watched {
    static WATCHED: Watched = RwLock::new(Vec::new());
    static IDENTITY: Identity = Identity::new();
    scope::fresh(&IDENTITY, &WATCHED, || RwLock::new(Vec::new()))
}

impl StatusPage {
    /// From now on, the event [`error rate jumped`](crate::statistics) of this upstream, and of
    /// functions that call it, names the open incident of this page, if there is one. The event
    /// waits for the page then, for at most [`timeout`](Self::timeout), in a task of its own; no
    /// call waits. Outside a tokio runtime the page is not asked. A later page for the same
    /// upstream takes the place of this one.
    ///
    /// ```
    /// use resilient_runtime::{StatusPage, Upstream, statistics};
    ///
    /// static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
    /// static STATUS: StatusPage = StatusPage::openai();
    ///
    /// STATUS.watch_for(OPENAI.name());
    /// statistics::start();
    /// ```
    pub fn watch_for(&'static self, upstream: &str) {
        let mut watched = watched().write().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|(name, _)| name != upstream);
        watched.push((upstream.to_owned(), self));
        drop(watched);
        event::ask_before_announcing(announce);
    }
}

/// Asks the page of the upstream, if there is one, and announces the jump then.
fn announce(upstream: &str, announcement: Announcement) {
    let watched = watched().read().unwrap_or_else(PoisonError::into_inner);
    let page = watched.iter().find(|(name, _)| name == upstream);
    let page = page.map(|(_, page)| *page);
    drop(watched);
    let (Some(page), Ok(runtime)) = (page, Handle::try_current()) else {
        return;
    };
    let task = async move {
        let incident = page.ask().await;
        announcement.with_incident(incident.map(|it| it.to_string()));
    };
    #[cfg(any(feature = "chaos", feature = "testing"))]
    let task = scope::Spawned::here().run(task);
    runtime.spawn(task);
}

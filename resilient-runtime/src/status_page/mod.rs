//! Looks up an open incident on a provider's status page after a failed call. Best effort: a
//! problem here is never an error.

mod watched;

use crate::{Classify, Redacted};
use ::reqwest::{Client, redirect};
use serde_json::Value;
use std::{borrow::Cow, fmt, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

/// The largest response of a status page that is read, in bytes.
const LIMIT: usize = 512 * 1024;

/// The status page of a provider, for finding open incidents after a failure.
///
/// It reads the format that Statuspage and compatible services serve publicly at
/// `/api/v2/summary.json` ([documentation](https://www.githubstatus.com/api)). A request is made
/// only by your code, after a call has finally failed, so no call and no retry ever waits for it.
/// One instance serves a whole program:
///
/// ```no_run
/// use resilient_runtime::{ApiError, SendChecked, StatusPage, resilient};
///
/// static STATUS: StatusPage = StatusPage::openai();
///
/// #[resilient(attempts = 4, timeout = "30s")]
/// async fn models(http: &reqwest::Client) -> Result<String, ApiError> {
///     let request = http.get("https://api.openai.com/v1/models");
///     Ok(request.send_checked().await?.text().await?)
/// }
///
/// # async fn run(http: reqwest::Client) {
/// if let Err(error) = models(&http).await {
///     // The report now has a line such as
///     // `open incident: Elevated error rates (major, investigating), https://stspg.io/…`.
///     eprintln!("{:#}", error.with_incident(&STATUS).await);
/// }
/// # }
/// ```
///
/// For other error types, use [`incident`](Self::incident).
///
/// A response must arrive within [`timeout`](Self::timeout) (2 seconds) and end within 512 KiB. The
/// result, including a failure, is cached for [`keep`](Self::keep) (a minute), and concurrent
/// callers share one request. No page, another format, no incident: all are `None`.
///
/// The request uses a separate client, because yours may send keys with every request. For an
/// `https` address the program's reqwest needs one of its TLS features; [`client`](Self::client)
/// sets another client.
pub struct StatusPage {
    url: Cow<'static, str>,
    client: Option<Client>,
    timeout: Duration,
    keep: Duration,
    /// The cached result and its time. Locked during a request, so that concurrent callers wait for
    /// the same result.
    said: Mutex<Option<(Instant, Option<Incident>)>>,
}

impl StatusPage {
    /// The status page at this address, such as `https://status.example.com`, or at the address of
    /// the JSON itself, if it ends in `.json`.
    pub const fn new(url: &'static str) -> Self {
        Self::at(Cow::Borrowed(url))
    }

    /// `OpenAI`'s, <https://status.openai.com>, as named in [its guide to
    /// errors](https://platform.openai.com/docs/guides/error-codes).
    pub const fn openai() -> Self {
        Self::new("https://status.openai.com")
    }

    /// Anthropic's, <https://status.claude.com>, to which
    /// [status.anthropic.com](https://status.anthropic.com) redirects.
    pub const fn anthropic() -> Self {
        Self::new("https://status.claude.com")
    }

    /// Sets the timeout of a request.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long a result, or its absence, is cached.
    pub const fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// Sets the client of the request. It should send no keys.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The most severe open incident, if the failure can be caused by one:
    /// [`ServerError`](crate::Class::ServerError), [`BadGateway`](crate::Class::BadGateway),
    /// [`Overloaded`](crate::Class::Overloaded), [`GatewayTimeout`](crate::Class::GatewayTimeout),
    /// [`Timeout`](crate::Class::Timeout), [`Connect`](crate::Class::Connect),
    /// [`Dns`](crate::Class::Dns) or [`Network`](crate::Class::Network). For other failures no
    /// request is made.
    ///
    /// Dropping the future drops the request; another waiting caller repeats it.
    pub fn incident<'p, E: Classify + ?Sized>(
        &'p self,
        failure: &E,
    ) -> impl Future<Output = Option<Incident>> + Send + use<'p, E> {
        // Checked here, so that the future does not hold the failure.
        let asked = failure.classify().class.may_be_an_incident();
        async move { if asked { self.ask().await } else { None } }
    }

    async fn ask(&self) -> Option<Incident> {
        // Waiting for another caller's request counts too.
        let end = Instant::now().checked_add(self.timeout)?;
        let mut said = timeout_at(end, self.said.lock()).await.ok()?;
        if let Some((at, incident)) = &*said {
            if at.elapsed() < self.keep {
                return incident.clone();
            }
        }
        let incident = timeout_at(end, self.fetch()).await.ok().flatten();
        *said = Some((Instant::now(), incident.clone()));
        incident
    }

    async fn fetch(&self) -> Option<Incident> {
        let client = self.client.clone().or_else(client)?;
        let mut answer = client.get(self.summary()).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            if body.len() > LIMIT {
                return None;
            }
        }
        gravest(&serde_json::from_slice(&body).ok()?)
    }

    fn summary(&self) -> String {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        if matches!(path.rsplit_once('.'), Some((_, "json"))) {
            return self.url.clone().into_owned();
        }
        format!("{}/api/v2/summary.json", path.trim_end_matches('/'))
    }

    const fn at(url: Cow<'static, str>) -> Self {
        Self {
            url,
            client: None,
            timeout: Duration::from_secs(2),
            keep: Duration::from_secs(60),
            said: Mutex::const_new(None),
        }
    }
}

/// For an address known only at run time; see [`StatusPage::new`].
impl From<String> for StatusPage {
    fn from(url: String) -> Self {
        Self::at(Cow::Owned(url))
    }
}

impl fmt::Debug for StatusPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusPage")
            .field("url", &Redacted::from(&*self.url))
            .field("timeout", &self.timeout)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// An incident on a status page. Its texts are redacted and bounded.
///
/// `Display` is one line: `Elevated error rates (major, investigating), https://stspg.io/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Incident {
    /// Its title.
    pub name: Redacted,
    /// Its progress: `investigating`, `identified` or `monitoring`.
    pub status: Option<Redacted>,
    /// Its severity: `none`, `minor`, `major` or `critical`.
    pub impact: Option<Redacted>,
    /// The address of its details.
    pub url: Option<Redacted>,
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())?;
        match (&self.impact, &self.status) {
            (Some(impact), Some(status)) => write!(f, " ({impact}, {status})")?,
            (Some(one), None) | (None, Some(one)) => write!(f, " ({one})")?,
            (None, None) => {}
        }
        if let Some(url) = &self.url {
            write!(f, ", {url}")?;
        }
        Ok(())
    }
}

/// Used for one request only: the next may come from another runtime, where its connections are
/// dead.
fn client() -> Option<Client> {
    let redirects = || redirect::Policy::limited(3);
    // It panics if the program has chosen a TLS library without a cryptography provider, and has
    // not installed one.
    std::panic::catch_unwind(|| Client::builder().redirect(redirects()).build())
        .ok()?
        .ok()
}

/// The first of the most severe open incidents.
fn gravest(summary: &Value) -> Option<Incident> {
    let incidents = summary.get("incidents")?.as_array()?;
    let open = incidents.iter().filter_map(open);
    open.rev().max_by_key(|incident| {
        let impact = incident
            .impact
            .as_ref()
            .map(Redacted::as_str)
            .unwrap_or_default();
        ["minor", "major", "critical"]
            .iter()
            .position(|known| *known == impact)
    })
}

/// A page may list resolved incidents.
fn open(incident: &Value) -> Option<Incident> {
    let text = |name| incident.get(name).and_then(Value::as_str);
    let status = text("status");
    if matches!(
        status,
        Some("resolved" | "postmortem" | "completed" | "scheduled")
    ) {
        return None;
    }
    let url = text("shortlink").filter(|url| url.starts_with("https://"));
    Some(Incident {
        name: Redacted::from(text("name")?),
        status: status.map(Redacted::from),
        impact: text("impact").map(Redacted::from),
        url: url.map(Redacted::from),
    })
}

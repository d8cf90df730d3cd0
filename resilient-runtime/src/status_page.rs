//! After a failed call: takes a failure that may be the server's, asks the provider's status page, gives the open
//! incident. A hint: what goes wrong here is never an error.

use crate::{Classify, Redacted};
use ::reqwest::{Client, redirect};
use serde_json::Value;
use std::{borrow::Cow, fmt, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

/// The largest answer of a status page that is read, in bytes.
const LIMIT: usize = 512 * 1024;

/// The status page of a provider, asked after a failure whether an incident is open.
///
/// It speaks the format that Statuspage and what resembles it serve to everybody at `/api/v2/summary.json`
/// ([documented there](https://www.githubstatus.com/api)). Nothing asks it but you, once a call has failed for good,
/// so no call and no retry ever waits for it. One page serves a whole program:
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
/// Any other error type is asked about with [`incident`](Self::incident).
///
/// An answer has to come within [`timeout`](Self::timeout) (2 seconds) and to end within 512 KiB. It is kept for
/// [`keep`](Self::keep) (a minute), a failure to get one too, and those who ask at the same time share one request. No
/// page, a page in another format, no incident: all are `None`.
///
/// The request is made with a client of its own, since yours may send keys with every request. For an address with
/// `https` the program's reqwest needs one of its TLS features; [`client`](Self::client) takes another client.
pub struct StatusPage {
    url: Cow<'static, str>,
    client: Option<Client>,
    timeout: Duration,
    keep: Duration,
    /// What the page said, and when. Locked while it is asked, so that the others wait for the same answer.
    said: Mutex<Option<(Instant, Option<Incident>)>>,
}

impl StatusPage {
    /// The status page with this address, such as `https://status.example.com`; or the address of the JSON itself,
    /// if it ends in `.json`.
    pub const fn new(url: &'static str) -> Self {
        Self::at(Cow::Borrowed(url))
    }

    /// `OpenAI`'s, <https://status.openai.com>, which
    /// [its guide to errors](https://platform.openai.com/docs/guides/error-codes) names.
    pub const fn openai() -> Self {
        Self::new("https://status.openai.com")
    }

    /// Anthropic's, <https://status.claude.com>, where the address
    /// [status.anthropic.com](https://status.anthropic.com) leads.
    pub const fn anthropic() -> Self {
        Self::new("https://status.claude.com")
    }

    /// Sets how long an answer is waited for.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long an answer, or its absence, counts.
    pub const fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// Sets the client that asks. It should send no keys.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The gravest incident that is open, if the failure can be one's doing: [`ServerError`](Class::ServerError),
    /// [`BadGateway`](Class::BadGateway), [`Overloaded`](Class::Overloaded),
    /// [`GatewayTimeout`](Class::GatewayTimeout), [`Timeout`](Class::Timeout), [`Connect`](Class::Connect),
    /// [`Dns`](Class::Dns) or [`Network`](Class::Network). The page is not asked about any other.
    ///
    /// Dropping the future drops the request; whoever else waits for it makes it anew.
    pub fn incident<'p, E: Classify + ?Sized>(
        &'p self,
        failure: &E,
    ) -> impl Future<Output = Option<Incident>> + Send + use<'p, E> {
        // Looked at here, so that the future does not hold the failure.
        let asked = failure.classify().class.may_be_an_incident();
        async move { if asked { self.ask().await } else { None } }
    }

    async fn ask(&self) -> Option<Incident> {
        // As long as somebody else asks, that counts too.
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

/// For an address that is not known before the program runs; see [`StatusPage::new`].
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

/// An incident that a status page tells of. Its texts are redacted and bounded.
///
/// `Display` is one line: `Elevated error rates (major, investigating), https://stspg.io/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Incident {
    /// What it is called.
    pub name: Redacted,
    /// How far it is: `investigating`, `identified` or `monitoring`.
    pub status: Option<Redacted>,
    /// How grave it is: `none`, `minor`, `major` or `critical`.
    pub impact: Option<Redacted>,
    /// Where to read more.
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

/// Kept for one request only: the next may come from another runtime, where its connections are dead.
fn client() -> Option<Client> {
    let redirects = || redirect::Policy::limited(3);
    // It panics where the program has chosen a TLS library without cryptography, and has not given it any.
    std::panic::catch_unwind(|| Client::builder().redirect(redirects()).build())
        .ok()?
        .ok()
}

/// The first of the gravest of those that are open.
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

/// A page may list what is over.
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

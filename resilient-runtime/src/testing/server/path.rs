//! The script of one path of the server.

use super::{Answer, FaultyServer, ReceivedRequest, fail};

/// The script of a path, from [`FaultyServer::at`].
#[derive(Clone, Debug)]
pub struct ServerPath<'s> {
    server: &'s FaultyServer,
    /// Without a slash at its end: `/` is the empty one.
    path: String,
}

impl<'s> ServerPath<'s> {
    #[track_caller]
    pub(super) fn new(server: &'s FaultyServer, path: &str) -> Self {
        if !path.starts_with('/') || path.contains(['?', '#']) {
            fail(&format!(
                "the path {path:?} of a FaultyServer has to begin with '/' and has no query"
            ));
        }
        Self {
            server,
            path: path.trim_end_matches('/').to_owned(),
        }
    }

    /// The URL of this path, without a slash at its end.
    pub fn url(&self) -> String {
        format!("{}{}", self.server.url(), self.path)
    }

    /// As [`FaultyServer::answer`].
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        self.server.shared.scripts().at(&self.path).add(answers);
        self
    }

    /// As [`FaultyServer::otherwise`].
    pub fn otherwise(&self, answer: Answer) -> &Self {
        self.server.shared.scripts().at(&self.path).otherwise = Some(answer);
        self
    }

    /// As [`FaultyServer::sometimes`].
    ///
    /// # Panics
    /// Panics if a rate is not from 0 to 1, or their sum exceeds 1.
    #[track_caller]
    pub fn sometimes(&self, seed: u64, rates: impl IntoIterator<Item = (f64, Answer)>) -> &Self {
        let rates: Vec<(f64, Answer)> = rates.into_iter().collect();
        let are_shares = rates.iter().all(|(rate, _)| (0.0..=1.0).contains(rate));
        let sum: f64 = rates.iter().map(|(rate, _)| rate).sum();
        // Tenths do not add up exactly.
        if !are_shares || sum > 1.0 + 1e-9 {
            let rates: Vec<f64> = rates.iter().map(|(rate, _)| *rate).collect();
            fail(&format!(
                "the rates {rates:?} of a FaultyServer have to be from 0 to 1, and 1 in total at most"
            ));
        }
        let mut scripts = self.server.shared.scripts();
        scripts.at(&self.path).set_sometimes(seed, rates);
        self
    }

    /// As [`FaultyServer::requests`], of this path and all paths below it.
    pub async fn requests(&self) -> Vec<ReceivedRequest> {
        // A client that has given up may have been faster than the server.
        tokio::task::yield_now().await;
        self.server.shared.scripts().requests(&self.path)
    }

    /// As [`FaultyServer::clear`], of this path and all paths below it.
    pub fn clear(&self) {
        self.server.shared.scripts().clear(&self.path);
    }

    /// As [`FaultyServer::assert_used_up`], for this path and all paths below it.
    ///
    /// # Panics
    /// Panics if answers are left, or a request had none.
    #[track_caller]
    pub fn assert_used_up(&self) {
        let problems = self.server.shared.scripts().problems(&self.path);
        if !problems.is_empty() {
            fail(&problems.join("\n"));
        }
    }
}

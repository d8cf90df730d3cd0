//! `WireMock` breaks connections and bodies at the level of the socket.

use crate::{
    client, installed,
    process::{Folder, Process},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// A running `WireMock`.
#[derive(Debug)]
pub struct Wiremock {
    base: String,
    _process: Process,
    _folder: Folder,
}

impl Wiremock {
    /// The running server, or a new one. It ends with the last test that uses it, since Java starts
    /// slowly.
    /// `None` if it is not installed.
    pub fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Wiremock>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Some(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Some(started)
    }

    fn start() -> Option<Self> {
        let java = installed::or_skipped("java", installed::program("java"))?;
        let jar = installed::or_skipped("wiremock", jar())?;
        let folder = Folder::new();
        let arguments = [
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar.to_str().unwrap(),
            "--bind-address=127.0.0.1",
            "--port=0",
            "--disable-banner",
            "--root-dir",
            folder.path().to_str().unwrap(),
        ];
        let port = |line: &str| line.strip_prefix("port:")?.trim().parse::<u16>().ok();
        match Process::start(&java, &arguments, port) {
            Ok((process, port)) => Some(Self {
                base: format!("http://127.0.0.1:{port}"),
                _process: process,
                _folder: folder,
            }),
            Err(said) => panic!("{said}"),
        }
    }

    /// Answers the requests for a path with these responses in turn; the last one repeats. Returns
    /// the URL.
    ///
    /// A response is a response definition of `WireMock`.
    pub async fn script(&self, path: &str, responses: &[Value]) -> String {
        for (index, response) in responses.iter().enumerate() {
            let state = |index: usize| match index {
                0 => "Started".to_owned(),
                _ => index.to_string(),
            };
            let next = index
                .saturating_add(1)
                .min(responses.len().saturating_sub(1));
            let mapping = json!({
                "request": { "method": "ANY", "urlPath": path },
                "response": response,
                "scenarioName": path,
                "requiredScenarioState": state(index),
                "newScenarioState": state(next),
            });
            let url = format!("{}/__admin/mappings", self.base);
            let answer = client().post(url).json(&mapping).send().await.unwrap();
            assert_eq!(answer.status(), 201);
        }
        format!("{}{path}", self.base)
    }

    /// The number of requests for this path in `WireMock`'s journal.
    pub async fn requests(&self, path: &str) -> usize {
        let url = format!("{}/__admin/requests", self.base);
        let journal = client().get(url).send().await.unwrap();
        let journal: Value = journal.json().await.unwrap();
        let requests = journal["requests"].as_array().unwrap();
        requests
            .iter()
            .filter(|entry| entry["request"]["url"] == path)
            .count()
    }
}

fn jar() -> Option<PathBuf> {
    let folder = installed::tools().join("node_modules/wiremock/build");
    let files = fs::read_dir(folder).ok()?.flatten();
    files
        .map(|file| file.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "jar"))
}

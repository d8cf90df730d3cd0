//! nginx as a gateway with error pages, and with limits and waits as sites configure them.

use crate::{
    client, installed,
    process::{Folder, Process},
};
use std::{fs, net::TcpListener};

/// Another program can take the port between its choice and its use.
const PORTS_TRIED: usize = 3;

/// A single process, so that a request is logged before the next one is checked.
const CONFIGURATION: &str = r"
daemon off;
master_process off;
pid FOLDER/pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
    client_body_temp_path FOLDER/body;
    proxy_temp_path FOLDER/proxy;
    fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi;
    scgi_temp_path FOLDER/scgi;
    log_format requests '$request_uri $status';
    access_log FOLDER/requests requests;
    limit_req_zone $server_port zone=one_a_second:1m rate=1r/s;
    limit_req_zone $server_port zone=fifty_a_second:1m rate=50r/s;
    server {
        listen 127.0.0.1:PORT;
        location = /requests { access_log off; alias FOLDER/requests; }
        LOCATIONS
    }
}
";

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    base: String,
    _process: Process,
    folder: Folder,
}

impl Nginx {
    /// Starts nginx with these `location` blocks. The zones `one_a_second` and `fifty_a_second` are
    /// available for `limit_req`, and the condition `!-f FOLDER/recovered` for `if` until
    /// [`recover`](Self::recover). `None` if it is not installed.
    pub fn start(locations: &str) -> Option<Self> {
        let program = installed::or_skipped("nginx", installed::program("nginx"))?;
        let mut problem = String::new();
        for _ in 0..PORTS_TRIED {
            let folder = Folder::new();
            let path = folder.path().to_str().unwrap();
            let port = free_port();
            let configuration = CONFIGURATION
                .replace("LOCATIONS", locations)
                .replace("FOLDER", path)
                .replace("PORT", &port.to_string());
            let file = format!("{path}/nginx.conf");
            fs::write(&file, configuration).unwrap();
            let arguments = ["-e", "stderr", "-p", path, "-c", &file];
            // The first line of output after it has begun to listen.
            let ready = |line: &str| line.contains("event method").then_some(());
            match Process::start(&program, &arguments, ready) {
                Ok((process, ())) => {
                    return Some(Self {
                        base: format!("http://127.0.0.1:{port}"),
                        _process: process,
                        folder,
                    });
                }
                Err(said) => problem = said,
            }
        }
        panic!("{problem}");
    }

    /// Creates the file `recovered`.
    pub fn recover(&self) {
        fs::write(self.folder.path().join("recovered"), "").unwrap();
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The status of each answer to a request for this path, from the log of nginx.
    pub async fn statuses(&self, path: &str) -> Vec<u16> {
        let request = client().get(self.url("/requests"));
        let log = request.send().await.unwrap().text().await.unwrap();
        log.lines()
            .filter_map(|line| line.strip_prefix(path)?.strip_prefix(' '))
            .map(|status| status.parse().unwrap())
            .collect()
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

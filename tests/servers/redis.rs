//! redis-server without a configuration file, with its data in memory.

use crate::{
    installed,
    process::{Folder, Process},
};
use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection},
};
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// Another program can take the port between its choice and its use.
const PORTS_TRIED: usize = 3;

/// The function by which Redis reads the time. The library `faketime` and the allocator of Redis
/// call each other without end.
const CLOCK_BEHIND: &str = r"
#include <sys/time.h>
#include <time.h>
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec - 3600;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}
";

/// A redis-server on a port of its own, killed when dropped.
#[derive(Debug)]
pub struct RedisServer {
    program: PathBuf,
    arguments: Vec<String>,
    port: u16,
    process: Option<Process>,
    folder: Folder,
}

impl RedisServer {
    /// Starts a server. `None` if it is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, for example `--requirepass`. `None` if it is not
    /// installed.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        let program = installed::or_skipped("redis-server", installed::program("redis-server"))?;
        Some(Self::run(&program, arguments))
    }

    /// Starts a server that can be a node of a cluster. `None` if it is not installed.
    pub fn start_node() -> Option<Self> {
        let bus = free_port().to_string();
        Self::start_with(&["--cluster-enabled", "yes", "--cluster-port", &bus])
    }

    /// Starts a server whose clock is an hour behind. `None` if it is not installed.
    pub fn start_behind() -> Option<Self> {
        let server = installed::or_skipped("redis-server", installed::program("redis-server"))?;
        let folder = Folder::new();
        let library = folder.path().join("clock.so");
        let source = folder.path().join("clock.c");
        fs::write(&source, CLOCK_BEHIND).unwrap();
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(&source);
        assert!(compiler.status().unwrap().success());
        let preload = format!("LD_PRELOAD={}", library.display());
        let arguments = [preload.as_str(), server.to_str().unwrap()];
        Some(Self::run(Path::new("/usr/bin/env"), &arguments))
    }

    fn run(program: &Path, arguments: &[&str]) -> Self {
        let mut problem = String::new();
        for _ in 0..PORTS_TRIED {
            let mut server = Self {
                program: program.to_owned(),
                arguments: arguments.iter().map(ToString::to_string).collect(),
                port: free_port(),
                process: None,
                folder: Folder::new(),
            };
            match server.begin() {
                Ok(()) => return server,
                Err(said) => problem = said,
            }
        }
        panic!("{problem}");
    }

    fn begin(&mut self) -> Result<(), String> {
        let folder = self.folder.path().to_str().unwrap();
        let port = self.port.to_string();
        let own = [
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--dir",
            folder,
            "--save",
            "",
            "--appendonly",
            "no",
            "--enable-debug-command",
            "yes",
            "--repl-diskless-sync-delay",
            "0",
        ];
        let arguments = self.arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = arguments.chain(own).collect();
        let ready = |line: &str| line.contains("Ready to accept connections").then_some(());
        let (process, ()) = Process::start(&self.program, &arguments, ready)?;
        self.process = Some(process);
        Ok(())
    }

    /// The URL, without a password.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port at which other nodes of its cluster reach it.
    pub fn bus(&self) -> Option<&str> {
        let mut arguments = self.arguments.iter();
        arguments.find(|argument| *argument == "--cluster-port")?;
        arguments.next().map(String::as_str)
    }

    /// A client.
    pub fn client(&self) -> Client {
        Client::open(self.url()).unwrap()
    }

    /// A connection whose answers take as long as they take.
    pub async fn connection(&self) -> MultiplexedConnection {
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_connection_timeout(None);
        let client = self.client();
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        connection.await.unwrap()
    }

    /// A connection that reconnects by itself, and waits for an answer for at most this time.
    pub async fn manager(&self, timeout: Duration) -> ConnectionManager {
        let config = ConnectionManagerConfig::new()
            .set_min_delay(Duration::from_millis(10))
            .set_response_timeout(Some(timeout))
            .set_connection_timeout(Some(timeout));
        let manager = ConnectionManager::new_with_config(self.client(), config);
        manager.await.unwrap()
    }

    /// The answer to a command in words.
    ///
    /// # Errors
    /// That of the server.
    pub async fn ask<T: FromRedisValue>(&self, command: &str) -> RedisResult<T> {
        let mut words = Cmd::new();
        for word in command.split(' ') {
            words.arg(word);
        }
        words.query_async(&mut self.connection().await).await
    }

    /// Stops the process without ending it: connections stay, and nothing answers.
    pub fn freeze(&self) {
        self.process.as_ref().unwrap().signal("STOP");
    }

    /// Ends [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.process.as_ref().unwrap().signal("CONT");
    }

    /// Kills the process, which loses all data.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same port, empty.
    pub fn restart(&mut self) {
        self.kill();
        self.begin().unwrap();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

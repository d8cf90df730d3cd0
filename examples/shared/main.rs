//! Four processes on one limit of twenty requests a second: each by itself, then over a Redis that
//! they share, then with that Redis killed in the middle.
#![allow(
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "output is its purpose, and its numbers are small"
)]

mod replica;
mod server;

use resilient_runtime::testing::{
    FaultyServer,
    server::{ok, respond, status},
};
use server::RedisServer;
use std::{
    env,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{process::Command, time::sleep};

type Outcome = Result<(), Box<dyn Error>>;

/// The limit of the API, in requests a second, and what it lets through beyond it.
const LIMIT: usize = 20;
const SLACK: usize = 2;
const PROCESSES: usize = 4;
const LASTS: Duration = Duration::from_secs(6);

/// The moments at which requests have come.
#[derive(Clone, Default)]
struct Requests(Arc<Mutex<Vec<Instant>>>);

impl Requests {
    /// Counts a request. False if the last second had too many.
    fn comes(&self) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let second = all.iter().rev();
        let second = second.take_while(|at| now.duration_since(**at) < Duration::from_secs(1));
        let is_within = second.count() < LIMIT + SLACK;
        all.push(now);
        is_within
    }

    fn take(&self) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *all).len()
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [url, redis @ ..] = arguments.as_slice() {
        return replica::run(url, redis.first().map(String::as_str), LASTS).await;
    }
    let Some(mut redis) = RedisServer::start()? else {
        println!("redis-server is not installed: `apt-get install redis-server`, then try again");
        return Ok(());
    };
    let requests = Requests::default();
    let counted = requests.clone();
    let api = FaultyServer::start().await;
    api.otherwise(respond(move |_| {
        if counted.comes() {
            ok("done")
        } else {
            status(429)
        }
    }));
    println!("{PROCESSES} processes, limit {LIMIT} requests a second for all of them\n");
    println!("{:34} {:>9} {:>9}", "", "sent/s", "refused");
    let url = api.url();
    processes("each by itself", &url, None, &requests).await?;
    let address = redis.url();
    processes("shared over Redis", &url, Some(&address), &requests).await?;
    let ends = async {
        sleep(LASTS / 2).await;
        redis.kill();
    };
    let (outcome, ()) = tokio::join!(
        processes(
            "shared, Redis killed in the middle",
            &url,
            Some(&address),
            &requests
        ),
        ends
    );
    println!(
        "\nBy itself, each process takes the limit for its own, until the server refuses. Over Redis\n\
         they wait in one line. Without Redis, each has a quarter of the limit."
    );
    outcome
}

/// Runs the processes, and prints what came of it.
async fn processes(title: &str, url: &str, redis: Option<&str>, requests: &Requests) -> Outcome {
    let children = (0..PROCESSES).map(|_| {
        let mut child = Command::new(env::current_exe()?);
        child.arg(url).args(redis).kill_on_drop(true);
        child.stdout(std::process::Stdio::piped()).spawn()
    });
    let mut refused = 0;
    for child in children.collect::<Result<Vec<_>, _>>()? {
        let output = child.wait_with_output().await?;
        refused += String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<usize>()?;
    }
    let sent = requests.take() as f64 / LASTS.as_secs_f64();
    println!("{title:34} {sent:>9.1} {refused:>9}");
    Ok(())
}

//! Fleets on a limit of requests: how exact it is, how much of it is used, and the operations that
//! it takes.

use crate::{
    SECOND, micros, now,
    outages::{self, Caller},
    process::Process,
    report::Report,
};
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::time::sleep;

const REPLICAS: usize = 20;
/// Between the start of the processes and the first call.
const START: Duration = Duration::from_secs(3);

pub(crate) struct Run {
    /// In requests a minute.
    pub(crate) limit: u32,
    /// In parts of the limit.
    pub(crate) demand: f64,
    /// The part of the demand that the first replica has.
    pub(crate) of_the_first: f64,
    pub(crate) lasts: Duration,
}

/// The processes of a run, with their server.
pub(crate) struct Fleet<'a> {
    run: &'a Run,
    pub(crate) server: RedisServer,
    sources: Vec<Process>,
}

pub(crate) struct Outcome {
    /// As a part of the limit.
    pub(crate) worst_minute: f64,
    /// As a multiple of the pace.
    pub(crate) worst_second: f64,
    /// As a part of the limit.
    pub(crate) used: f64,
    pub(crate) arrivals: u64,
    pub(crate) admitted: usize,
    /// The most events of a lost or restored store in one process.
    pub(crate) edges: usize,
    /// The last event of a restored store.
    pub(crate) restored: Option<u64>,
}

impl<'a> Fleet<'a> {
    pub(crate) fn start(run: &'a Run, begin: u64) -> Self {
        let server = RedisServer::start().unwrap();
        let per_second = f64::from(run.limit) / 60.0 * run.demand;
        let others = (1.0 - run.of_the_first) / (REPLICAS - 1) as f64;
        let source = |number: usize| {
            let part = if number == 0 {
                run.of_the_first
            } else {
                others
            };
            Process::start(&[
                "send",
                &server.url(),
                &(number + 1).to_string(),
                &run.limit.to_string(),
                &(per_second * part).to_string(),
                &begin.to_string(),
                &run.lasts.as_millis().to_string(),
            ])
        };
        Self {
            run,
            sources: (0..REPLICAS).map(source).collect(),
            server,
        }
    }

    /// Waits for the end of its processes.
    pub(crate) fn end(self) -> (Outcome, RedisServer) {
        let (mut sent, mut arrivals, mut edges, mut restored) = (Vec::new(), 0, 0, None);
        for source in self.sources {
            let printed = source.end();
            let mut own_edges = 0;
            for line in printed.lines() {
                let (word, number) = line.split_once(' ').unwrap();
                let number: u64 = number.parse().unwrap();
                match word {
                    "sent" => sent.push(number),
                    "arrivals" => arrivals += number,
                    "lost" => own_edges += 1,
                    _ => {
                        own_edges += 1;
                        restored = restored.max(Some(number));
                    }
                }
            }
            edges = edges.max(own_edges);
        }
        sent.sort_unstable();
        let limit = f64::from(self.run.limit);
        let pace = limit / 60.0;
        let outcome = Outcome {
            worst_minute: most_within(&sent, 60 * SECOND) as f64 / limit,
            worst_second: most_within(&sent, SECOND) as f64 / pace,
            used: sent.len() as f64 / (pace * self.run.lasts.as_secs_f64()),
            arrivals,
            admitted: sent.len(),
            edges,
            restored,
        };
        (outcome, self.server)
    }
}

/// The most of these moments in any time of this length.
fn most_within(sorted: &[u64], length: Duration) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (to, at) in sorted.iter().enumerate() {
        while at - sorted[from] >= micros(length) {
            from += 1;
        }
        most = most.max(to - from + 1);
    }
    most
}

/// The operations that the server has carried out.
async fn operations(server: &RedisServer) -> u64 {
    let stats: String = server.ask("INFO commandstats").await.unwrap();
    let lines = stats.lines().filter_map(|line| {
        let (command, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let calls = rest.split(',').next()?;
        command
            .starts_with("eval")
            .then(|| calls.parse::<u64>().unwrap())
    });
    lines.sum()
}

fn print_line(run: &Run, what: &str) {
    let seconds = run.lasts.as_secs();
    let (limit, demand) = (run.limit, run.demand);
    println!(
        "\n{REPLICAS} processes, {limit} a minute, {demand} of the demand, {seconds} s: {what}"
    );
}

/// All at once: the processes have little to do.
pub(crate) async fn measure(report: &mut Report) {
    let even = Run {
        limit: 500,
        demand: 2.0,
        of_the_first: 1.0 / REPLICAS as f64,
        lasts: 125 * SECOND,
    };
    let skewed = Run {
        of_the_first: 0.8,
        ..even
    };
    let begin = now() + micros(START);
    let fleets = [&even, &skewed].map(|run| Fleet::start(run, begin));
    let mut frozen = Fleet::start(&even, begin);
    let mut killed = Fleet::start(&even, begin);
    let callers = [&frozen, &killed].map(|fleet| Caller::start(&fleet.server, begin, even.lasts));
    let times = outages::happen(&mut frozen.server, &mut killed.server, begin).await;
    for (fleet, what) in fleets.into_iter().zip(["alike", "one process wants 80 %"]) {
        print_line(fleet.run, what);
        let (outcome, server) = fleet.end();
        let trips = operations(&server).await as f64 / outcome.arrivals as f64;
        report.at_most("worst 60 s, of the limit", outcome.worst_minute, 1.02);
        report.at_most("worst second, of the pace", outcome.worst_second, 2.0);
        report.at_least("used, of the limit", outcome.used, 0.99);
        report.at_most("operations a call", trips, 1.05);
    }
    // Connections to another server are made after a pause of up to 300 ms, after a look at it.
    let whats = [
        ("SIGSTOP for 60 s", 1.5),
        ("kill -9, another server after 60 s", 2.5),
    ];
    for (((fleet, caller), (what, back_in)), time) in [frozen, killed]
        .into_iter()
        .zip(callers)
        .zip(whats)
        .zip(times)
    {
        print_line(fleet.run, what);
        let (outcome, _server) = fleet.end();
        outages::judge(report, &outcome, &caller.end(), &time, back_in);
    }
}

pub(crate) async fn measure_high(report: &mut Report) {
    let run = Run {
        limit: 60_000,
        demand: 0.9,
        of_the_first: 1.0 / REPLICAS as f64,
        lasts: 20 * SECOND,
    };
    let fleet = Fleet::start(&run, now() + micros(START));
    sleep(START + run.lasts).await;
    print_line(&run, "alike");
    let (outcome, server) = fleet.end();
    let trips = operations(&server).await as f64 / outcome.arrivals as f64;
    report.at_most("worst second, of the pace", outcome.worst_second, 2.0);
    let sent = outcome.admitted as f64 / outcome.arrivals as f64;
    report.at_least("sent, of the demand", sent, 0.99);
    report.at_most("operations a call", trips, 0.1);
}

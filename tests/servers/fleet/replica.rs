//! A replica: a process with an upstream that it shares over the server at `url`.

use crate::{SECOND, micros, now};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use resilient_runtime::{
    CallError, Concurrency, Event, EventKind, Observation, Policy, Rate, Upstream, UpstreamConfig,
    call, observe, sharing::Sharing,
};
use std::{
    fmt::Write as _,
    future::pending,
    io,
    process::exit,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tokio::{task::spawn, time::sleep};

const ONCE: Policy = Policy::new().attempts(1);
const PATIENCE: Duration = Duration::from_secs(30);
/// The permits of [`hold`].
pub(crate) const PERMITS: u32 = 10;

pub(crate) async fn run(arguments: &[String]) {
    let [role, url, arguments @ ..] = arguments else {
        panic!("a role and a server")
    };
    match (role.as_str(), arguments) {
        ("send", [seed, limit, per_second, begin, lasts]) => {
            let upstream = upstream("send", url, |it| {
                it.requests = Some(Rate::per_minute(limit.parse().unwrap()));
            });
            let source = Source {
                random: Random(seed.parse().unwrap()),
                per_second: per_second.parse().unwrap(),
                begin: begin.parse().unwrap(),
                lasts: Duration::from_millis(lasts.parse().unwrap()),
            };
            send(upstream.await, source).await;
        }
        ("call", [begin, lasts]) => {
            let sharing = sharing(url).await;
            let upstreams = [(); 5].map(|()| {
                let upstream = replica("call", |it| it.requests = Some(Rate::per_second(100)));
                upstream.share(sharing.clone());
                upstream
            });
            let lasts = Duration::from_millis(lasts.parse().unwrap());
            call(&upstreams, begin.parse().unwrap(), lasts).await;
        }
        ("hold", []) => {
            let upstream = upstream("hold", url, |it| {
                it.concurrency = Some(Concurrency::new(PERMITS));
            });
            hold(upstream.await).await;
        }
        _ => panic!("{role} {arguments:?}"),
    }
}

async fn upstream(
    name: &'static str,
    url: &str,
    set: impl FnOnce(&mut UpstreamConfig),
) -> Upstream {
    let upstream = replica(name, set);
    upstream.share(sharing(url).await);
    upstream
}

fn replica(name: &'static str, set: impl FnOnce(&mut UpstreamConfig)) -> Upstream {
    let mut config = UpstreamConfig::new(name);
    set(&mut config);
    Upstream::try_from(config).unwrap()
}

async fn sharing(url: &str) -> Sharing {
    // Its own pauses between tries become seconds.
    let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_millis(300));
    let client = redis::Client::open(url).unwrap();
    let manager = ConnectionManager::new_with_config(client, config).await;
    Sharing::redis(manager.unwrap())
}

/// Ends this process at the latest then, whatever hangs.
fn end_after(time: Duration) {
    thread::spawn(move || {
        thread::sleep(time);
        exit(1);
    });
}

async fn sleep_until(at: u64) {
    sleep(Duration::from_micros(at.saturating_sub(now()))).await;
}

/// The lines that are printed at the end.
type Lines = Arc<Mutex<String>>;

fn print_edges(lines: &Lines) -> Observation {
    let lines = Arc::clone(lines);
    observe(move |event: &Event<'_>| {
        let edge = match &event.kind {
            EventKind::StoreLost { .. } => "lost",
            EventKind::StoreRestored { .. } => "restored",
            _ => return,
        };
        writeln!(lines.lock().unwrap(), "{edge} {}", now()).unwrap();
    })
}

/// The moment at which a call was sent, if it was.
async fn sent(upstream: &Upstream, policy: &Policy) -> Option<u64> {
    let mut at = None;
    let outcome: Result<(), CallError<io::Error>> =
        call!(upstream = upstream, policy = *policy, async {
            at = Some(now());
            Ok(())
        })
        .await;
    outcome.ok().and(at)
}

struct Source {
    random: Random,
    per_second: f64,
    begin: u64,
    lasts: Duration,
}

/// Callers come at random moments (a Poisson process), and wait for as long as they have patience.
/// Prints when each was sent.
async fn send(upstream: Upstream, mut source: Source) {
    end_after(source.lasts + 20 * SECOND);
    let lines = Lines::default();
    let _observing = print_edges(&lines);
    let upstream = Arc::new(upstream);
    let end = source.begin + micros(source.lasts);
    let mut at = source.begin;
    let mut arrivals = 0_u64;
    loop {
        let pause = -source.random.next().ln() / source.per_second;
        at += micros(Duration::from_secs_f64(pause));
        if at >= end {
            break;
        }
        sleep_until(at).await;
        arrivals += 1;
        let (upstream, lines) = (Arc::clone(&upstream), Arc::clone(&lines));
        spawn(async move {
            if let Some(at) = sent(&upstream, &ONCE.deadline(PATIENCE)).await {
                writeln!(lines.lock().unwrap(), "sent {at}").unwrap();
            }
        });
    }
    sleep_until(end).await;
    print!("arrivals {arrivals}\n{}", lines.lock().unwrap());
}

/// Calls one after another, each so rare for its upstream that it has no place beforehand. Prints
/// when each began, and how long it was held up.
async fn call(upstreams: &[Upstream], begin: u64, lasts: Duration) {
    end_after(lasts + 20 * SECOND);
    let lines = Lines::default();
    let _observing = print_edges(&lines);
    let end = begin + micros(lasts);
    sleep_until(begin).await;
    let mut upstreams = upstreams.iter().cycle();
    while let Some(upstream) = upstreams.next().filter(|_| now() < end) {
        let (begin, clock) = (now(), Instant::now());
        sent(upstream, &ONCE).await.unwrap();
        let held = micros(clock.elapsed());
        writeln!(lines.lock().unwrap(), "call {begin} {held}").unwrap();
        sleep(Duration::from_millis(55)).await;
    }
    print!("{}", lines.lock().unwrap());
}

/// Holds all the permits that it gets, and prints a line for each, until it is killed.
async fn hold(upstream: Upstream) {
    end_after(60 * SECOND);
    let upstream = Arc::new(upstream);
    for _ in 0..PERMITS {
        let upstream = Arc::clone(&upstream);
        spawn(async move {
            let _: Result<(), CallError<io::Error>> =
                call!(upstream = &*upstream, policy = ONCE, async {
                    println!("held {}", now());
                    pending().await
                })
                .await;
        });
    }
    pending::<()>().await;
}

/// Uniform numbers in (0, 1].
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((z >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

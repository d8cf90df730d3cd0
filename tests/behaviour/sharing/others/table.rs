//! The table of the guide is that of these runs: each way, with the demand of all replicas alike
//! and with one that wants most.

use super::{
    super::{
        MILLI, SECOND,
        fleet::{Figures, Run, Way},
        replica, store,
    },
    Polling, Server,
    gcra::Gcra,
    hybrid::Hybrid,
    window::FixedWindow,
};
use resilient_runtime::{Rate, Upstream, UpstreamConfig, sharing::Sharing};
use std::{fs, path::Path, sync::Arc};

const LIMIT: u64 = 500;
const REPLICAS: u32 = 20;
const PAGE: &str = "../resilient-runtime/src/guide/fleet.rs";
const WAYS: [&str; 6] = [
    "the limit divided by the replicas",
    "fixed window (Envoy, litellm)",
    "sliding window, synchronised each 10 ms (trypema)",
    "GCRA, polled (redis_rate)",
    "GCRA, polled in whole seconds (redis-cell)",
    "this library",
];

/// The replicas of a way, and what counts their operations.
type Fleet<W> = (Vec<Arc<W>>, Box<dyn Fn() -> u64>);

fn fleet<S: Send + 'static, W>(
    server: Arc<Server<S>>,
    new: impl Fn(&Arc<Server<S>>) -> W,
) -> Fleet<W> {
    let replicas = (0..REPLICAS).map(|_| Arc::new(new(&server))).collect();
    (replicas, Box::new(move || server.trips()))
}

/// The rows of the first table of the page.
fn rows() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(page).unwrap();
    let lines = page.lines().filter_map(|line| line.strip_prefix("//! "));
    let rows = lines
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    rows.skip(2).map(ToOwned::to_owned).collect()
}

fn cells(figures: &Figures) -> String {
    let Figures {
        worst_minute,
        worst_second,
        used,
        trips,
        ..
    } = figures;
    let digits = if *trips < 10.0 { 2 } else { 0 };
    format!("{worst_minute:.2} | {worst_second:.1} | {used:.2} | {trips:.digits$}")
}

async fn assert_row<W: Way>(way: usize, fleet: impl Fn() -> Fleet<W>) {
    let mut row = format!("| {} |", WAYS[way]);
    for run in [
        Run::evenly(LIMIT, REPLICAS, 2.0),
        Run::skewed(LIMIT, REPLICAS, 2.0),
    ] {
        let (replicas, trips) = fleet();
        let (figures, _) = run.with(replicas, trips).await;
        row = format!("{row} {} |", cells(&figures));
    }
    assert_eq!(rows().get(way), Some(&row), "the row of `guide/fleet.rs`");
}

#[test]
fn the_table_of_fleets_has_a_row_for_each_way() {
    let rows = rows();
    let ways: Vec<&str> = rows
        .iter()
        .map(|row| row.split('|').nth(1).unwrap().trim())
        .collect();
    assert_eq!(ways, WAYS);
}

#[tokio::test(start_paused = true)]
async fn figures_of_a_divided_limit_are_those_of_the_guide() {
    let divided = || {
        let mut config = UpstreamConfig::new("divided");
        config.requests = Some(Rate::per_minute(LIMIT / u64::from(REPLICAS)));
        Arc::new(Upstream::try_from(config).unwrap())
    };
    assert_row(0, || {
        ((0..REPLICAS).map(|_| divided()).collect(), Box::new(|| 0))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn figures_of_a_fixed_window_are_those_of_the_guide() {
    assert_row(1, || {
        fleet(FixedWindow::server(), |it| {
            Polling(FixedWindow::new(it, LIMIT))
        })
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn figures_of_a_synchronised_sliding_window_are_those_of_the_guide() {
    let synchronised = || {
        let fleet = fleet(Hybrid::server(), |it| Polling(Hybrid::new(it, LIMIT)));
        for replica in &fleet.0 {
            Hybrid::sync(Arc::downgrade(replica));
        }
        fleet
    };
    assert_row(2, synchronised).await;
}

#[tokio::test(start_paused = true)]
async fn figures_of_a_polled_gcra_are_those_of_the_guide() {
    assert_row(3, || {
        fleet(Gcra::server(), |it| Polling(Gcra::new(it, LIMIT, MILLI)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn figures_of_a_gcra_polled_in_seconds_are_those_of_the_guide() {
    assert_row(4, || {
        fleet(Gcra::server(), |it| Polling(Gcra::new(it, LIMIT, SECOND)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn figures_of_shared_upstreams_are_those_of_the_guide() {
    let shared = || {
        let store = store();
        let sharing = Sharing::new(store.clone());
        let upstream = || replica(&sharing, |it| it.requests = Some(Rate::per_minute(LIMIT)));
        let replicas = (0..REPLICAS).map(|_| Arc::new(upstream())).collect();
        let trips: Box<dyn Fn() -> u64> = Box::new(move || store.trips());
        (replicas, trips)
    };
    assert_row(5, shared).await;
}

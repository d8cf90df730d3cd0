//! The script gives the answers of the model, bit by bit, to any sequence of operations.

use crate::simulated_time::SimulatedTime;
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::select,
    test_runner::{Config, TestRunner},
};
use redis::Cmd;
use resilient_runtime::{
    sharing::{
        BudgetReport, CapUse, CircuitReport, Limits, Order, Pace, Reading, RedisStore, Report,
        Scope, Store, StoreError,
    },
    testing::MemoryStore,
};
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::{runtime::Builder, time};

#[derive(Clone, Debug)]
enum Step {
    Run(Operation, Box<Report>),
    Pass(Duration),
    SetBack(Duration),
    Flush,
    /// The server loses the script, and no data.
    ForgetScript,
}

#[derive(Clone, Debug)]
enum Operation {
    Order(Order),
    Settle,
    Beat,
    Probe,
}

/// Of any size, and often of those that matter.
fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => Just(Duration::ZERO),
        4 => (0..30_000_000_u64).prop_map(Duration::from_micros),
        2 => (0..50_000_u64).prop_map(Duration::from_micros),
        1 => (0..100_000_u64).prop_map(Duration::from_secs),
        1 => any::<u64>().prop_map(Duration::from_micros),
    ]
}

fn units() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..5_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)]
}

fn change() -> impl Strategy<Value = i64> {
    prop_oneof![4 => Just(0), 4 => -2_000..2_000_i64, 1 => any::<i64>()]
}

fn pace() -> impl Strategy<Value = Option<Pace>> {
    let hostile =
        (any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(amount, period, burst)| Pace {
            amount,
            period: Duration::from_micros(period),
            burst,
        });
    let usual = |amount, seconds, burst| {
        Just(Some(Pace {
            amount,
            period: Duration::from_secs(seconds),
            burst,
        }))
    };
    prop_oneof![
        2 => Just(None),
        6 => usual(500, 60, 8),
        6 => usual(7, 3, 1),
        3 => usual(200_000, 60, 3_333),
        1 => hostile.prop_map(Some),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (pace(), pace(), option::of(0..12_u32)).prop_map(|(requests, tokens, permits)| Limits {
        requests,
        tokens,
        permits,
    })
}

fn reading() -> impl Strategy<Value = Option<Reading>> {
    option::weighted(
        0.2,
        (units(), time()).prop_map(|(left, resets)| Reading {
            left: left / 100,
            resets,
        }),
    )
}

/// Versions are those that the circuit has in the sequence: `version` is replaced by one of them.
fn circuit() -> impl Strategy<Value = CircuitReport> {
    let version = || option::weighted(0.3, select(vec![0, 1, 2, u64::MAX]));
    // Often the same break again, a moment later.
    let same = (4_700..5_300_u64).prop_map(Duration::from_millis);
    let breaks = prop_oneof![3 => Just(Duration::ZERO), 3 => same, 1 => time()];
    let timeout = prop_oneof![3 => (0..4_000_u64).prop_map(Duration::from_millis), 1 => time()];
    (
        any::<bool>(),
        breaks,
        any::<bool>(),
        version(),
        version(),
        0..3_u32,
        0..4_u32,
        timeout,
    )
        .prop_map(
            |(
                has_calls,
                break_left,
                all,
                closes,
                reopens,
                unused_probes,
                probes,
                probe_timeout,
            )| {
                CircuitReport {
                    has_calls,
                    break_left,
                    is_for_all: all && has_calls,
                    closes,
                    reopens,
                    unused_probes,
                    probes,
                    probe_timeout,
                }
            },
        )
}

fn caps() -> impl Strategy<Value = Vec<CapUse>> {
    let name = select(vec!["10 requests/day", "", "a b\n{}", "5 USD/month"]);
    let told = (time(), change(), units());
    let cap = (name, -1..3_i64, told).prop_map(|(cap, starts, (ends, used, known))| CapUse {
        cap: cap.to_owned(),
        starts,
        ends,
        used,
        known,
    });
    prop_oneof![2 => Just(Vec::new()), 1 => vec(cap, 1..4)]
}

fn budget() -> impl Strategy<Value = Option<BudgetReport>> {
    let budget = (change(), units(), units()).prop_map(|(change, missing, most)| BudgetReport {
        change,
        missing,
        most,
    });
    option::of(budget)
}

fn report() -> impl Strategy<Value = Report> {
    let counts = (change(), change(), budget(), 0..9_u32, 0..9_u32);
    let told = (time(), reading(), reading(), circuit(), caps());
    (0..6_u64, limits(), counts, told).prop_map(|(replica, limits, counts, told)| Report {
        replica: replica.wrapping_sub(2),
        limits,
        requests: counts.0,
        tokens: counts.1,
        budget: counts.2,
        held: counts.3,
        wanted: counts.4,
        pause: told.0 / 16,
        requests_reading: told.1,
        tokens_reading: told.2,
        circuit: told.3,
        caps: told.4,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let order = (vec(units(), 1..6), time()).prop_map(|(costs, latest)| Order { costs, latest });
    prop_oneof![
        4 => order.prop_map(Operation::Order),
        2 => Just(Operation::Settle),
        3 => Just(Operation::Beat),
        3 => Just(Operation::Probe),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        30 => (operation(), report()).prop_map(|(run, report)| Step::Run(run, Box::new(report))),
        15 => time().prop_map(|time| Step::Pass(time.min(Duration::from_secs(1_000_000)))),
        1 => (0..10_000_000_000_u64).prop_map(|time| Step::SetBack(Duration::from_micros(time))),
        1 => Just(Step::Flush),
        1 => Just(Step::ForgetScript),
    ]
}

/// The answer in words, and the version of the circuit.
async fn answer(
    store: &impl Store,
    scope: &Scope,
    operation: &Operation,
    report: &Report,
) -> Result<(String, u64), StoreError> {
    let (text, view) = match operation {
        Operation::Order(order) => {
            let (placed, view) = store.order(scope, report, order).await?;
            (format!("{placed:?}"), view)
        }
        Operation::Settle => (String::new(), store.settle(scope, report).await?),
        Operation::Beat => (String::new(), store.beat(scope, report).await?),
        Operation::Probe => {
            let (granted, view) = store.probe(scope, report).await?;
            (format!("{granted:?}"), view)
        }
    };
    Ok((format!("{text} {view:?}"), view.circuit.version))
}

/// Answers of both, beside each other.
async fn run(steps: &[Step], connection: &redis::aio::MultiplexedConnection) {
    let scope = Scope {
        upstream: "a{}/\n".to_owned(),
        key: Some("k".to_owned()),
    };
    let mut simulated = SimulatedTime::new(connection.clone());
    let redis = RedisStore::new(simulated.clone());
    let memory = MemoryStore::new();
    let mut connection = connection.clone();
    let mut ask = async |command: &[&str]| {
        let mut words = Cmd::new();
        words.arg(command);
        let () = words.query_async(&mut connection).await.unwrap();
    };
    ask(&["FLUSHALL"]).await;
    let mut version = 0_u64;
    for step in steps {
        match step {
            Step::Pass(time) => time::advance(*time).await,
            Step::SetBack(time) => memory.set_back(*time),
            Step::Flush => {
                ask(&["FLUSHALL"]).await;
                memory.flush();
            }
            Step::ForgetScript => ask(&["SCRIPT", "FLUSH"]).await,
            Step::Run(operation, report) => {
                let mut report = (**report).clone();
                for told in [&mut report.circuit.closes, &mut report.circuit.reopens] {
                    // Near the version of the circuit.
                    *told = told.map(|ahead| version.saturating_add(ahead).saturating_sub(1));
                }
                simulated.set(memory.now()).await;
                let expected = answer(&memory, &scope, operation, &report).await.unwrap();
                let got = answer(&redis, &scope, operation, &report).await.unwrap();
                assert_eq!(got.0, expected.0, "{operation:?} {report:?}");
                version = expected.1;
            }
        }
    }
}

#[test]
fn f408_script_and_model_give_the_same_answers_to_any_sequence_of_operations() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let connection = runtime.block_on(server.connection());
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let result =
        TestRunner::new_with_rng(config, proptest_rng()).run(&vec(step(), 1..80), |steps| {
            runtime.block_on(run(&steps, &connection));
            Ok(())
        });
    result.unwrap();
}

/// The same sequences in each run.
fn proptest_rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

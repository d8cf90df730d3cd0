//! Money in a run: its cost, a budget for it, and caps of its upstream.

use super::Failure;
use resilient_runtime::{
    Class, Money, Price, Tokens, Upstream,
    bulk::{Bulk, Stop},
    record_tokens, resilient,
};
use std::{cell::Cell, sync::Mutex, time::Duration};
use tokio::time::sleep;

#[resilient_runtime::test(start_paused = true)]
async fn a_budget_of_money_stops_a_run_and_its_progress_has_the_cost() {
    static API: Upstream = Upstream::new("priced").price(Price::new(1.0, 4.0));
    static EUROS: Upstream = Upstream::new("euros").price(Price::new(9.0, 9.0).currency("EUR"));
    // Each item costs half a dollar, of which a failed attempt costs a tenth.
    #[resilient(upstream = API, attempts = 2)]
    async fn ask(attempts: &Cell<u32>) -> Result<(), Failure> {
        sleep(Duration::from_millis(10)).await;
        attempts.set(attempts.get() + 1);
        if attempts.get() == 1 {
            record_tokens(Tokens::input(50_000));
            return Err(Failure(Class::ServerError));
        }
        record_tokens(Tokens {
            input: 50_000,
            output: 100_000,
        });
        Ok(())
    }
    #[resilient(upstream = EUROS, cost = 1_000_000)]
    async fn ask_in_euros() -> Result<(), Failure> {
        Ok(())
    }
    let costs = Mutex::new(Vec::new());
    let done = Bulk::new(0..1_000)
        .concurrency(4)
        .max_cost(Money::usd(10.0))
        .progress(|progress| {
            costs
                .lock()
                .unwrap()
                .push((progress.cost, progress.to_string()));
        })
        .run(async |_| ask(&Cell::new(0)).await)
        .collect()
        .await;
    let begun = done.results.len();
    assert!((20..=24).contains(&begun), "{begun}");
    assert_eq!(begun + done.rest.count(), 1_000);
    let stop = done.stopped.unwrap();
    assert!(matches!(stop, Stop::Cost { .. }), "{stop:?}");
    assert!(stop.to_string().ends_with("or raise `max_cost`"), "{stop}");
    let costs = costs.into_inner().unwrap();
    let (last, line) = costs.last().unwrap();
    let dollars = f64::from(u32::try_from(begun).unwrap()) / 2.0;
    assert_eq!(*last, Some(Money::usd(dollars)));
    assert!(line.contains(&format!(", {dollars:.2} USD")), "{line}");
    // Money of another currency does not count, and several have no sum.
    let costs = Mutex::new(Vec::new());
    let done = Bulk::new(0..40)
        .max_cost(Money::usd(10.0))
        .progress(|progress| costs.lock().unwrap().push(progress.cost))
        .run(async |number| match number % 4 {
            0 => ask(&Cell::new(1)).await,
            _ => ask_in_euros().await,
        })
        .collect()
        .await;
    assert_eq!((done.stopped, done.results.len()), (None, 40));
    assert_eq!(costs.into_inner().unwrap().last(), Some(&None));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_cap_that_is_reached_stops_a_run() {
    static API: Upstream = Upstream::new("capped run").cap("100 requests/day");
    let ask = async || {
        let call = API.call("capped run");
        call.run(async || {
            sleep(Duration::from_millis(10)).await;
            Ok::<(), Failure>(())
        })
        .await
    };
    let done = Bulk::new(0..10_000)
        .concurrency(8)
        .run(async |_| ask().await)
        .collect()
        .await;
    let succeeded = done.results.iter().filter(|(_, it)| it.is_ok()).count();
    assert_eq!(succeeded, 100);
    assert!(done.results.len() < 120, "{}", done.results.len());
    assert_eq!(done.results.len() + done.rest.count(), 10_000);
    let stop = done.stopped.unwrap();
    assert!(
        matches!(
            stop,
            Stop::Refused {
                class: Class::CapReached,
                ..
            }
        ),
        "{stop:?}"
    );
}

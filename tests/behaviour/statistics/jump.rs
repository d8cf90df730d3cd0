//! A jump of the error rate.

use resilient_runtime::{Upstream, resilient, snapshot, statistics};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;
use tokio::time::sleep;

#[resilient_runtime::test(start_paused = true)]
async fn jump_of_the_error_rate_is_one_event_of_the_function_and_one_of_the_upstream() {
    static API: Upstream = Upstream::new("jumping api");
    #[resilient(name = "jumping", upstream = API, attempts = 1)]
    async fn call(fails: bool) -> Result<(), Failure> {
        // Calls that succeed at once are not timed, but counted.
        if fails {
            Err(Failure::status(401))
        } else {
            Ok(())
        }
    }
    statistics::start();
    let (recorder, _recording) = Recorder::start();
    for second in 0..300 {
        for number in 0..10 {
            let _ = call(number == 0 && second % 10 == 0).await;
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(recorder.of("error rate jumped").len(), 0);
    for _ in 0..60 {
        for number in 0..10 {
            let _ = call(number < 5).await;
        }
        sleep(Duration::from_secs(1)).await;
    }
    let jumps = recorder.of("error rate jumped");
    let names = |field| jumps.iter().map(|it| it.field(field)).collect::<Vec<_>>();
    assert_eq!(names("call_site"), ["jumping", ""]);
    assert_eq!(names("upstream"), ["", "jumping api"]);
    let rate: f64 = jumps[0].field("rate").parse().unwrap();
    let usual: f64 = jumps[0].field("rate.usual").parse().unwrap();
    assert!((0.1..0.2).contains(&rate), "{rate}");
    assert!((0.005..0.05).contains(&usual), "{usual}");
    let rate = snapshot().function("jumping").unwrap().calls.error_rate;
    assert!(
        rate.is_some_and(|rate| (rate - 0.5).abs() < 0.02),
        "{rate:?}"
    );
}

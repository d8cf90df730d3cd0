//! Labels are closed sets, whatever a server answers.

use crate::facade::observed;
use metrics_util::debugging::DebuggingRecorder;
use resilient_runtime::{Classify, Rejection, Upstream, resilient};
use std::collections::BTreeSet;

static UPSTREAM: Upstream = Upstream::new("hostile upstream");

#[derive(Debug, Classify)]
enum Hostile {
    #[classify(status = 0, message = 1)]
    Status(u16, String),
    #[classify(rejection)]
    Rejected(Rejection),
}

#[resilient(
    name = "hostile",
    upstream = UPSTREAM,
    key = model,
    attempts = 2,
    backoff(initial = "1ms")
)]
async fn ask(model: &str, number: u16) -> Result<(), Hostile> {
    Err(Hostile::Status(number, format!("{model} is not a model")))
}

#[tokio::test(start_paused = true)]
async fn f309_ten_thousand_statuses_messages_and_models_make_a_bounded_number_of_series() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let facade = observed();
    for number in 0..10_000 {
        let model = format!("model-{number}");
        let Err(error) = ask(&model, number).await else {
            panic!("it has succeeded");
        };
        if let Hostile::Rejected(rejection) = error {
            panic!("{rejection}");
        }
    }
    facade.sample();

    let series = snapshotter.snapshot().into_vec();
    assert!(series.len() < 150, "{}", series.len());
    let values: BTreeSet<String> = series
        .iter()
        .flat_map(|(key, ..)| key.key().labels().map(|it| it.value().to_owned()))
        .collect();
    let invented: Vec<_> = values.iter().filter(|it| it.contains("model")).collect();
    assert!(invented.is_empty(), "{invented:?}");
    assert!(
        values.contains("other") && values.contains("503"),
        "{values:?}"
    );
    let is_unknown = |it: &&String| it.parse::<u16>().is_ok_and(|it| !(100..600).contains(&it));
    assert_eq!(values.iter().find(is_unknown), None);
}

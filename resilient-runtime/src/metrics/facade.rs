//! The sink for the facade `metrics`.

use super::{
    instrument::{INSTRUMENTS, Instrument, Kind},
    measure::{Label, Sink, Value, measure},
    sample::sample,
};
use crate::{Event, Observer, upstream::used_upstreams};
use ::metrics::{Key, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

static METADATA: Metadata<'static> = Metadata::new("resilient", Level::INFO, Some(module_path!()));

/// Records the metrics of all events with the crate `metrics`: with its global recorder, or the one
/// of the thread.
///
/// ```
/// use resilient_runtime::{metrics::Facade, observe};
///
/// // After the recorder is installed, so that it has the descriptions.
/// observe(Facade::new());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Facade;

impl Facade {
    /// Describes all metrics to the recorder, with their units.
    #[expect(clippy::new_without_default, reason = "it does something")]
    pub fn new() -> Self {
        with_recorder(|recorder| {
            for instrument in INSTRUMENTS {
                describe(recorder, instrument);
            }
        });
        Self
    }

    /// Records the metrics of all upstreams that are read from their state and not from events:
    /// levels, limits, breakers and tokens. To be called before each export, or every few seconds.
    pub fn sample(&self) {
        sample(&used_upstreams().get(), |(instrument, value, labels)| {
            self.record(instrument, value, &labels);
        });
    }
}

fn describe(recorder: &dyn Recorder, instrument: &'static Instrument) {
    let unit = match instrument.unit {
        "s" => Unit::Seconds,
        _ => Unit::Count,
    };
    let (name, description) = (instrument.name.into(), instrument.description.into());
    match instrument.kind {
        Kind::Counter => recorder.describe_counter(name, Some(unit), description),
        Kind::Gauge => recorder.describe_gauge(name, Some(unit), description),
        Kind::Histogram => recorder.describe_histogram(name, Some(unit), description),
    }
}

impl Observer for Facade {
    fn observe(&self, event: &Event<'_>) {
        measure(event, self);
    }
}

impl Sink for Facade {
    fn record(&self, instrument: &'static Instrument, value: f64, labels: &[Label<'_>]) {
        let labels: Vec<::metrics::Label> = labels.iter().flatten().map(label).collect();
        let key = Key::from_parts(instrument.name, labels);
        with_recorder(|recorder| match instrument.kind {
            Kind::Counter => {
                let counter = recorder.register_counter(&key, &METADATA);
                if instrument.is_sampled {
                    counter.absolute(whole(value));
                } else {
                    counter.increment(whole(value));
                }
            }
            Kind::Gauge => recorder.register_gauge(&key, &METADATA).set(value),
            Kind::Histogram => recorder.register_histogram(&key, &METADATA).record(value),
        });
    }
}

fn label((name, value): &(&'static str, Value<'_>)) -> ::metrics::Label {
    let value: SharedString = match value {
        Value::Fixed(value) => SharedString::const_str(value),
        Value::Name(name) => SharedString::from((*name).to_owned()),
    };
    ::metrics::Label::new(*name, value)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count, as a float"
)]
const fn whole(value: f64) -> u64 {
    value as u64
}

//! The sink for OpenTelemetry.

use super::{
    instrument::{INSTRUMENTS, Instrument, Kind},
    measure::{Label, Sink, Value, measure},
    sample::sample,
};
use crate::{
    Event, Observer,
    upstream::{UpstreamList, used_upstreams},
};
use ::opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Counter, Histogram, Meter},
};
use std::{collections::HashMap, fmt};

/// Records the metrics of all events with OpenTelemetry.
///
/// ```
/// use opentelemetry::global;
/// use resilient_runtime::{metrics::OpenTelemetry, observe};
///
/// // After the provider is installed.
/// observe(OpenTelemetry::new(&global::meter("resilient")));
/// ```
pub struct OpenTelemetry {
    counters: HashMap<&'static str, Counter<u64>>,
    histograms: HashMap<&'static str, Histogram<f64>>,
}

impl OpenTelemetry {
    /// Makes all instruments with this meter. Those that are read from the state of upstreams, for
    /// levels, limits, breakers and tokens, are read at each export, for all that were used.
    pub fn new(meter: &Meter) -> Self {
        let mut this = Self {
            counters: HashMap::new(),
            histograms: HashMap::new(),
        };
        for instrument in INSTRUMENTS.iter().copied() {
            this.make(meter, instrument);
        }
        this
    }

    fn make(&mut self, meter: &Meter, instrument: &'static Instrument) {
        let Instrument {
            name,
            unit,
            description,
            ..
        } = *instrument;
        let upstreams = used_upstreams();
        match (instrument.kind, instrument.is_sampled) {
            (Kind::Counter, false) => {
                let builder = meter.u64_counter(name).with_unit(unit);
                let counter = builder.with_description(description).build();
                self.counters.insert(name, counter);
            }
            (Kind::Histogram, _) => {
                let builder = meter.f64_histogram(name).with_unit(unit);
                let histogram = builder
                    .with_description(description)
                    .with_boundaries(instrument.buckets.to_vec())
                    .build();
                self.histograms.insert(name, histogram);
            }
            // The meter keeps what is read at each export.
            (Kind::Counter, true) => {
                let builder = meter.f64_observable_counter(name).with_unit(unit);
                let read = move |to: &dyn AsyncInstrument<f64>| read(upstreams, instrument, to);
                let builder = builder.with_description(description);
                let _ = builder.with_callback(read).build();
            }
            (Kind::Gauge, _) => {
                let builder = meter.f64_observable_gauge(name).with_unit(unit);
                let read = move |to: &dyn AsyncInstrument<f64>| read(upstreams, instrument, to);
                let builder = builder.with_description(description);
                let _ = builder.with_callback(read).build();
            }
        }
    }
}

/// Reads the values of one instrument.
fn read(upstreams: UpstreamList, instrument: &'static Instrument, to: &dyn AsyncInstrument<f64>) {
    sample(&upstreams.get(), |(sampled, value, labels)| {
        if sampled.name == instrument.name {
            to.observe(value, &attributes(&labels));
        }
    });
}

fn attributes(labels: &[Label<'_>]) -> Vec<KeyValue> {
    let attribute = |(name, value): &(&'static str, Value<'_>)| match value {
        Value::Fixed(value) => KeyValue::new(*name, *value),
        Value::Name(value) => KeyValue::new(*name, (*value).to_owned()),
    };
    labels.iter().flatten().map(attribute).collect()
}

impl Observer for OpenTelemetry {
    fn observe(&self, event: &Event<'_>) {
        measure(event, self);
    }
}

impl Sink for OpenTelemetry {
    fn record(&self, instrument: &'static Instrument, value: f64, labels: &[Label<'_>]) {
        let attributes = attributes(labels);
        if let Some(histogram) = self.histograms.get(instrument.name) {
            histogram.record(value, &attributes);
        } else if let Some(counter) = self.counters.get(instrument.name) {
            // Events count one by one.
            counter.add(1, &attributes);
        }
    }
}

impl fmt::Debug for OpenTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTelemetry").finish_non_exhaustive()
    }
}

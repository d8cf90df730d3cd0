//! The instruments, as one table.

/// A metric: what it counts or measures, and how.
#[derive(Debug)]
#[non_exhaustive]
pub struct Instrument {
    /// Its name, with dots: `resilient.call.duration`.
    pub name: &'static str,
    /// Whether it counts, measures or shows a value.
    pub kind: Kind,
    /// The unit in the notation of OpenTelemetry: `s` for seconds, or what is counted, in braces.
    pub unit: &'static str,
    /// The description, in one line.
    pub description: &'static str,
    /// The names of its labels. One that has no value in an event is left out.
    pub labels: &'static [&'static str],
    /// The upper bounds of the buckets of a histogram.
    pub buckets: &'static [f64],
    /// Whether it is read from an upstream when it is sampled, and not from events.
    pub is_sampled: bool,
}

/// The kind of an [`Instrument`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A number that only grows.
    Counter,
    /// A value of now.
    Gauge,
    /// The distribution of values.
    Histogram,
}

impl Kind {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Instrument {
    const fn new(kind: Kind, name: &'static str, unit: &'static str) -> Self {
        Self {
            name,
            kind,
            unit,
            description: "",
            labels: &[],
            buckets: &[],
            is_sampled: false,
        }
    }

    const fn counter(name: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Counter, name, unit)
    }

    /// A gauge, which is sampled.
    const fn gauge(name: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Gauge, name, unit).sampled()
    }

    const fn seconds(name: &'static str) -> Self {
        Self::new(Kind::Histogram, name, "s").buckets(SECONDS)
    }

    const fn buckets(self, buckets: &'static [f64]) -> Self {
        Self { buckets, ..self }
    }

    const fn sampled(self) -> Self {
        Self {
            is_sampled: true,
            ..self
        }
    }

    const fn by(self, labels: &'static [&'static str]) -> Self {
        Self { labels, ..self }
    }

    const fn about(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// The name that exporters for Prometheus make of it: with underscores, the unit in seconds,
    /// and `_total` behind a counter.
    pub fn prometheus_name(&self) -> String {
        let unit = if self.unit == "s" { "_seconds" } else { "" };
        let total = match self.kind {
            Kind::Counter => "_total",
            Kind::Gauge | Kind::Histogram => "",
        };
        format!("{}{unit}{total}", self.name.replace('.', "_"))
    }
}

/// From a local service to the longest answers of models.
const SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];
const ATTEMPTS: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 13.0];

macro_rules! instruments {
    ($($name:ident = $instrument:expr;)+) => {
        $(pub(super) static $name: Instrument = $instrument;)+

        /// All of them, in the order of the documentation.
        pub static INSTRUMENTS: &[&Instrument] = &[$(&$name),+];
    };
}

instruments! {
    CALL_DURATION = Instrument::seconds("resilient.call.duration")
        .by(&["function", "upstream", "outcome", "error.type"])
        .about("time of a call with its retries and waits");
    CALL_ATTEMPTS = Instrument::new(Kind::Histogram, "resilient.call.attempts", "{attempt}")
        .buckets(ATTEMPTS)
        .by(&["function", "outcome"])
        .about("attempts that a call has sent");
    CALL_IDLE = Instrument::seconds("resilient.call.idle")
        .by(&["function"])
        .about("time of a call in which no attempt was in flight");
    ATTEMPT_DURATION = Instrument::seconds("resilient.attempt.duration")
        .by(&["function", "upstream", "error.type", "http.response.status_code"])
        .about("time of an attempt that has succeeded or failed");
    RETRIES = Instrument::counter("resilient.retries", "{retry}")
        .by(&["function", "error.type", "delay.source"])
        .about("retries that were planned");
    GIVE_UPS = Instrument::counter("resilient.give_ups", "{call}")
        .by(&["function", "error.type", "reason"])
        .about("calls that ended with a failure");
    WAIT = Instrument::seconds("resilient.upstream.wait")
        .by(&["upstream", "for"])
        .about("wait of an attempt until it was sent");
    REFUSALS = Instrument::counter("resilient.upstream.refusals", "{attempt}")
        .by(&["upstream", "reason", "mode"])
        .about("attempts that the breaker or a limit has refused; in shadow mode, would have held back");
    LEVEL = Instrument::gauge("resilient.upstream.level", "{unit}")
        .by(&["upstream", "of"])
        .about("requests and tokens to spend at once, permits in use, balance of the retry budget");
    LIMIT = Instrument::gauge("resilient.upstream.limit", "{unit}")
        .by(&["upstream", "of", "source"])
        .about("requests and tokens a minute, permits");
    BREAKER = Instrument::gauge("resilient.upstream.breaker", "{state}")
        .by(&["upstream"])
        .about("state of the circuit breaker: 0 closed, 1 half-open, 2 open; 2 also if that of a key is open");
    TRANSITIONS = Instrument::counter("resilient.upstream.breaker.transitions", "{transition}")
        .by(&["upstream", "to"])
        .about("changes of the circuit breaker to a state");
    TOKENS = Instrument::counter("resilient.upstream.tokens", "{token}")
        .sampled()
        .by(&["upstream", "use"])
        .about("tokens of all attempts, and the wasted part: of those that failed or were dropped");
    STORE_DURATION = Instrument::seconds("resilient.store.duration")
        .by(&["upstream", "operation", "outcome"])
        .about("time of an operation (order, settle, beat, probe) of the store that replicas share, ok or failed");
    STORE_UP = Instrument::gauge("resilient.store.up", "{state}")
        .by(&["upstream"])
        .about("1 if the store of a shared upstream can be reached, 0 during an outage");
    STORE_REPLICAS = Instrument::gauge("resilient.store.replicas", "{replica}")
        .by(&["upstream"])
        .about("replicas that share the upstream, as last known");
    HEDGES = Instrument::counter("resilient.hedges", "{run}")
        .by(&["function", "outcome"])
        .about("further runs of slow attempts that were due");
    FALLBACKS = Instrument::counter("resilient.fallbacks", "{call}")
        .by(&["function", "error.type"])
        .about("calls that their fallback has answered");
    STREAM_FIRST = Instrument::seconds("resilient.stream.first")
        .by(&["function"])
        .about("time from the start of a call to the first content of its stream");
    STREAM_GAP = Instrument::seconds("resilient.stream.gap")
        .by(&["function"])
        .about("mean time between two items of a stream, one value for each stream");
    STREAM_ENDS = Instrument::counter("resilient.stream.ends", "{stream}")
        .by(&["function", "end"])
        .about("ends of streams that gave content");
}

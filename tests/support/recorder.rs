//! A `tracing` subscriber that records events and spans.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    rc::Rc,
    sync::{Arc, Mutex, Once},
};
use tracing::{
    Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

/// One event, with the fields of the span around it.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its level.
    pub level: Level,
    /// Its message.
    pub message: String,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// The fields of the innermost span around it that is not that of an attempt.
    pub span: BTreeMap<String, String>,
}

impl Event {
    /// A field; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

type Listener = Rc<dyn Fn(&Event)>;

thread_local! {
    static CURRENT: RefCell<Option<Recorder>> = const { RefCell::new(None) };
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Records every event of this thread while its guard lives.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    events: Arc<Mutex<Vec<Event>>>,
    spans: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    tree: Arc<Mutex<Vec<String>>>,
}

/// Ends the recording when it is dropped.
#[derive(Debug)]
pub struct Recording(());

impl Drop for Recording {
    fn drop(&mut self) {
        CURRENT.set(None);
        LISTENER.set(None);
    }
}

impl Recorder {
    /// Starts recording on this thread, until the guard is dropped.
    ///
    /// One subscriber serves all threads. With one per thread, the interest in an event would
    /// depend on the other threads at that moment.
    pub fn start() -> (Self, Recording) {
        static GLOBAL: Once = Once::new();
        GLOBAL.call_once(|| {
            let subscriber = tracing_subscriber::registry().with(Dispatch);
            tracing::subscriber::set_global_default(subscriber).unwrap();
            // A call site first reached by another thread while the subscriber is being set would
            // stay disabled.
            tracing::callsite::rebuild_interest_cache();
        });
        let recorder = Self::default();
        CURRENT.set(Some(recorder.clone()));
        (recorder, Recording(()))
    }

    /// As [`start`](Self::start), and calls `listener` with each event. It may make calls and may
    /// panic, as any subscriber.
    pub fn start_with(listener: impl Fn(&Event) + 'static) -> (Self, Recording) {
        let started = Self::start();
        LISTENER.set(Some(Rc::new(listener)));
        started
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// The messages of all events so far.
    pub fn messages(&self) -> Vec<String> {
        self.events()
            .into_iter()
            .map(|event| event.message)
            .collect()
    }

    /// The events with this message.
    pub fn of(&self, message: &str) -> Vec<Event> {
        self.events()
            .into_iter()
            .filter(|event| event.message == message)
            .collect()
    }

    /// The fields of all spans so far but those of attempts.
    pub fn spans(&self) -> Vec<BTreeMap<String, String>> {
        self.spans.lock().unwrap().clone()
    }

    /// All spans, what they record later, and all events, each in a line below the span around it.
    pub fn tree(&self) -> String {
        self.tree.lock().unwrap().join("\n")
    }

    fn add_line(depth: usize, text: &str) {
        CURRENT.with_borrow(|recorder| {
            if let Some(recorder) = recorder {
                let line = format!("{}{text}", "  ".repeat(depth));
                recorder.tree.lock().unwrap().push(line);
            }
        });
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn is_attempt(&self) -> bool {
        self.0.get("span").is_some_and(|name| name == "attempt")
    }

    /// Its fields but the level, in a line.
    fn line(&self) -> String {
        let fields = self.0.iter().filter(|field| field.0 != "level");
        let fields: Vec<_> = fields
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        fields.join(" ")
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// Passes events to the recorder of the thread.
struct Dispatch;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Dispatch {
    /// Evaluated each time, since the answer depends on the thread.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    /// Tests that do not record pay nothing for recording in others.
    fn enabled(&self, _: &Metadata<'_>, _: Context<'_, S>) -> bool {
        CURRENT.with_borrow(Option::is_some)
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        fields
            .0
            .insert("span".to_owned(), attributes.metadata().name().to_owned());
        fields.0.insert(
            "level".to_owned(),
            attributes.metadata().level().to_string(),
        );
        let is_attempt = fields.is_attempt();
        CURRENT.with_borrow(|recorder| {
            if let Some(recorder) = recorder.as_ref().filter(|_| !is_attempt) {
                recorder.spans.lock().unwrap().push(fields.0.clone());
            }
        });
        let span = ctx.span(id).unwrap();
        Recorder::add_line(span.scope().skip(1).count(), &fields.line());
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let depth = ctx.span(id).unwrap().scope().count();
        Recorder::add_line(depth, &fields.line());
    }

    fn on_event(&self, event: &tracing::Event<'_>, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = ctx.event_span(event);
        let depth = around.as_ref().map_or(0, |span| span.scope().count());
        let span = around.and_then(|span| {
            span.scope().find_map(|span| {
                let extensions = span.extensions();
                let fields = extensions.get::<Fields>()?;
                (!fields.is_attempt()).then(|| fields.0.clone())
            })
        });
        Recorder::add_line(depth, fields.0.get("message").map_or("", String::as_str));
        let event = Event {
            level: *event.metadata().level(),
            message: fields.0.remove("message").unwrap_or_default(),
            fields: fields.0,
            span: span.unwrap_or_default(),
        };
        CURRENT.with_borrow(|recorder| {
            if let Some(recorder) = recorder {
                recorder.events.lock().unwrap().push(event.clone());
            }
        });
        // Nothing is borrowed or locked, for the listener may make events too.
        if let Some(listener) = LISTENER.with_borrow(Clone::clone) {
            listener(&event);
        }
    }
}

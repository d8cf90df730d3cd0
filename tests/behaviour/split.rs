//! Batches that are halved after a failure, through the attribute.

use resilient_runtime::{
    Budget, CallError, Class, Classify, EventKind, Policy, Upstream, batch::SharedError, observe,
    resilient,
};
use resilient_tests::Failure;
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Records the batches, and refuses those with a poison.
#[derive(Default)]
struct Server {
    sent: Mutex<Vec<Vec<u32>>>,
}

impl Server {
    fn answer(&self, items: &[u32], class: Class) -> Result<Vec<String>, Failure> {
        self.sent.lock().unwrap().push(items.to_vec());
        if items.contains(&POISON) {
            return Err(Failure::of(class));
        }
        Ok(items.iter().map(ToString::to_string).collect())
    }

    fn sent(&self) -> Vec<Vec<u32>> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

const POISON: u32 = 99;

#[resilient(split)]
async fn embed(
    server: &Server,
    items: Vec<u32>,
    suffix: String,
    (class, _): (Class, u8),
) -> Result<Vec<String>, Failure> {
    let texts = server.answer(&items, class)?;
    Ok(texts.into_iter().map(|text| text + &suffix).collect())
}

#[resilient_runtime::test(start_paused = true)]
async fn one_bad_item_fails_alone_in_its_place() {
    let server = Server::default();
    let items = vec![1, 2, 3, POISON, 5];
    let arguments = (Class::ContextLength, 0);
    let results = embed_each(&server, items.clone(), "!".to_owned(), arguments).await;
    let shown: Vec<_> = results
        .iter()
        .map(|result| result.as_deref().map_err(|error| error.class()))
        .collect();
    let failed = Err(Class::ContextLength);
    assert_eq!(shown, [Ok("1!"), Ok("2!"), Ok("3!"), failed, Ok("5!")]);
    let sent = server.sent();
    assert_eq!(
        sent,
        [&items[..], &[1, 2, 3], &[POISON, 5], &[POISON], &[5]]
    );
    assert!(
        embed(&server, items, String::new(), arguments)
            .await
            .is_err()
    );
    assert!(
        embed_each(&server, vec![], String::new(), arguments)
            .await
            .is_empty()
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn splits_are_events_of_the_function_and_take_nothing_from_the_budget() {
    #[resilient(split, budget = "1%", attempts = 2, name = "split.events")]
    async fn refused(items: Vec<u32>) -> Result<Vec<u32>, Failure> {
        if items.contains(&POISON) {
            return Err(Failure::status(413));
        }
        Ok(items)
    }
    let heard: Arc<Mutex<Vec<(usize, Class)>>> = Arc::default();
    let (told, retries) = (Arc::clone(&heard), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&retries);
    let observation = observe(move |event: &resilient_runtime::Event<'_>| {
        if event.function() != Some("split.events") {
            return;
        }
        match &event.kind {
            EventKind::BatchSplit { failure, items, .. } => {
                told.lock().unwrap().push((*items, failure.class));
            }
            EventKind::Retrying { .. } | EventKind::Deferring(_) => {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    });
    let start = Instant::now();
    for _ in 0..20 {
        let results = refused_each(vec![1, 2, 3, POISON]).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
        assert_eq!(results[3].as_ref().unwrap_err().splits(), 2);
    }
    observation.stop();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(retries.load(Ordering::Relaxed), 0);
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 40);
    assert_eq!(
        heard[..2],
        [(4, Class::InvalidRequest), (2, Class::InvalidRequest)]
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_timeout_splits_after_its_retries_and_each_call_has_a_deadline_of_its_own() {
    static SENT: AtomicUsize = AtomicUsize::new(0);
    #[resilient(
        split,
        attempts = 2,
        timeout = "10s",
        deadline = "1m",
        backoff(jitter = "none")
    )]
    async fn slow(items: Vec<u64>) -> Result<Vec<u64>, CallError<io::Error>> {
        SENT.fetch_add(1, Ordering::Relaxed);
        // Five seconds for each item.
        let time = Duration::from_secs(5) * u32::try_from(items.len()).unwrap();
        tokio::time::sleep(time).await;
        Ok(items)
    }
    let start = Instant::now();
    let results = slow_each(vec![1, 2, 3]).await;
    let values: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(values, [1, 2, 3]);
    // Two attempts of all, one of each half; ten seconds are no success within ten.
    assert!(SENT.load(Ordering::Relaxed) >= 4);
    assert!(start.elapsed() >= Duration::from_secs(26));
}

/// Methods, borrows of all kinds, type parameters and an alias.
struct Client {
    calls: usize,
}

type Batch<T> = Result<Vec<T>, Failure>;

impl Client {
    #[resilient(split = items)]
    async fn marked<T>(
        &mut self,
        prefix: Vec<u8>,
        mut items: Vec<T>,
        log: &mut Vec<usize>,
        note: Option<&mut String>,
    ) -> Batch<(usize, T)>
    where
        T: PartialEq + From<u8> + Clone + Send,
    {
        self.calls += 1;
        log.push(items.len());
        if let Some(note) = note {
            note.push('.');
        }
        if items.contains(&T::from(0)) {
            return Err(Failure::of(Class::InvalidRequest));
        }
        Ok(items.drain(..).map(|item| (prefix.len(), item)).collect())
    }

    #[resilient(split)]
    async fn associated(items: Vec<u8>) -> Result<Vec<Self>, Failure> {
        Ok(items.iter().map(|_| Self { calls: 0 }).collect())
    }

    #[resilient(split, classify = |_: &io::Error| Class::ContextLength)]
    async fn by_arc(self: Arc<Self>, items: Vec<impl Into<u64> + Clone>) -> io::Result<Vec<u64>> {
        match items.len() {
            1 => Ok(items.into_iter().map(Into::into).collect()),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn other_arguments_are_passed_to_each_call_in_any_form() {
    let (mut client, mut log, mut note) = (Client { calls: 0 }, vec![], String::new());
    let results = client
        .marked_each(vec![7, 7], vec![1_u64, 0, 3], &mut log, Some(&mut note))
        .await;
    assert_eq!(log, [3, 2, 1, 1, 1]);
    assert_eq!((client.calls, note.as_str()), (5, "....."));
    assert_eq!(results[2].as_ref().unwrap(), &(2, 3));
    assert!(results[1].is_err());
    let made = Client::associated_each(vec![1, 2]).await;
    assert_eq!(made.len(), 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_argument_with_the_name_of_the_function_does_not_hide_it() {
    #[resilient(split)]
    async fn items(items: Vec<u8>) -> Result<Vec<u8>, Failure> {
        Ok(items)
    }
    assert_eq!(items_each(vec![1, 2]).await.len(), 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_client_classifies_by_the_function_of_the_attribute() {
    let client = Arc::new(Client { calls: 0 });
    let results = client.by_arc_each(vec![1_u8, 2, 3]).await;
    let values: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(values, [1, 2, 3]);
}

#[resilient_runtime::test(start_paused = true)]
async fn f330_a_dead_account_is_not_asked_for_each_half() {
    static API: Upstream = Upstream::new("split.api").policy(Policy::DEFAULT.budget(Budget::NONE));
    static SENT: AtomicUsize = AtomicUsize::new(0);
    #[resilient(split, upstream = API)]
    async fn dead(items: Vec<u32>) -> Result<Vec<u32>, Failure> {
        SENT.fetch_add(1, Ordering::Relaxed);
        match items.len() {
            8 => Err(Failure::of(Class::ContextLength)),
            _ => Err(Failure::of(Class::QuotaExhausted)),
        }
    }
    let results = dead_each((0..8).collect()).await;
    assert_eq!(SENT.load(Ordering::Relaxed), 2);
    let sent: Vec<bool> = results
        .iter()
        .map(|result| result.as_ref().unwrap_err().was_sent())
        .collect();
    assert_eq!(sent, [true, true, true, true, false, false, false, false]);
    let error = results[7].as_ref().unwrap_err();
    assert_eq!(error.classify().class, Class::QuotaExhausted);
}

#[resilient_runtime::test(start_paused = true)]
async fn f329_a_server_that_drops_one_result_shifts_no_other() {
    #[resilient(split)]
    async fn dropped(items: Vec<u32>) -> Result<Vec<u32>, Failure> {
        Ok(items.into_iter().skip(1).collect())
    }
    for result in dropped_each(vec![1, 2, 3]).await {
        let error: SharedError<Failure> = result.unwrap_err();
        assert_eq!((error.class(), error.items()), (Class::Decode, 3));
    }
}

#[test]
fn futures_of_batches_are_send() {
    fn is_send(_: impl Send) {}
    let (server, mut log) = (Server::default(), vec![]);
    is_send(embed_each(
        &server,
        vec![],
        String::new(),
        (Class::Timeout, 0),
    ));
    let mut client = Client { calls: 0 };
    is_send(client.marked_each(vec![], vec![1_u64], &mut log, None));
}

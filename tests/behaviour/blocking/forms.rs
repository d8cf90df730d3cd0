//! Every form of function and argument.

use resilient_runtime::{Class, resilient};
use resilient_tests::{Counter, Failure};
use std::fmt::Display;

struct Client {
    attempts: Counter,
    name: String,
    seen: Vec<u32>,
}

impl Client {
    fn new() -> Self {
        Self {
            attempts: Counter::new(),
            name: "client".to_owned(),
            seen: Vec::new(),
        }
    }

    fn fail_twice(&self) -> Result<u32, Failure> {
        match self.attempts.count() {
            attempt @ 1..3 => Err(Failure::of(Class::ServerError).id(attempt)),
            attempt => Ok(attempt),
        }
    }

    #[resilient]
    fn shared(&self) -> Result<&str, Failure> {
        self.fail_twice()?;
        Ok(&self.name)
    }

    #[resilient]
    fn exclusive(&mut self, by: u32) -> Result<usize, Failure> {
        self.seen.push(by);
        self.fail_twice()?;
        Ok(self.seen.len())
    }

    #[resilient]
    fn owned(self, attempts: &mut u32) -> Result<u32, Failure> {
        *attempts += 1;
        let by = *attempts;
        match by {
            1..3 => Err(Failure::of(Class::ServerError)),
            _ => Ok(by),
        }
    }

    #[resilient]
    fn associated(text: String, suffix: impl Into<String>) -> Result<String, Failure> {
        Ok(text + &suffix.into())
    }
}

#[resilient_runtime::test(no_waits)]
fn methods_with_every_receiver_are_retried() {
    let mut client = Client::new();
    assert_eq!(client.shared().unwrap(), "client");
    client.attempts = Counter::new();
    assert_eq!(client.exclusive(7).unwrap(), 3);
    assert_eq!(client.seen, [7, 7, 7]);
    let mut attempts = 0;
    assert_eq!(client.owned(&mut attempts).unwrap(), 3);
    assert_eq!(Client::associated("a".to_owned(), "b").unwrap(), "ab");
}

/// Not `Clone`, so it is lent.
struct Body(Vec<u8>);

#[resilient]
fn generic<T: Display + Clone + Send, const N: usize>(
    attempts: &Counter,
    value: T,
    body: Body,
    items: impl IntoIterator<Item = u32>,
) -> Result<impl Display, Failure> {
    let sum: u32 = items.into_iter().sum();
    let text = format!("{value} {sum} {} {N}", body.0.len());
    drop(value);
    if attempts.count() < 3 {
        return Err(Failure::of(Class::Timeout));
    }
    Ok(text)
}

#[resilient_runtime::test(no_waits)]
fn generics_lent_values_iterators_and_impl_trait_results_work() {
    let attempts = Counter::new();
    let text = generic::<_, 3>(&attempts, "x".to_owned(), Body(vec![0; 4]), [1, 2]);
    assert_eq!(text.unwrap().to_string(), "x 3 4 3");
    assert_eq!(attempts.get(), 3);
}

trait Ask {
    fn ask(&self, attempts: &Counter) -> Result<u32, Failure>;

    #[resilient]
    fn ask_twice(&self, attempts: &Counter) -> Result<u32, Failure> {
        Ok(self.ask(attempts)? + self.ask(attempts)?)
    }
}

impl Ask for u32 {
    #[resilient]
    fn ask(&self, attempts: &Counter) -> Result<u32, Failure> {
        match attempts.count() {
            1 => Err(Failure::of(Class::Connect)),
            _ => Ok(*self),
        }
    }
}

#[resilient_runtime::test(no_waits)]
fn methods_of_traits_stay_object_safe() {
    let ask: &dyn Ask = &7;
    let attempts = Counter::new();
    assert_eq!(ask.ask_twice(&attempts).unwrap(), 14);
    assert_eq!(attempts.get(), 3);
}

#[resilient_runtime::test(no_waits)]
fn return_and_question_mark_end_one_attempt() {
    #[resilient]
    fn early(attempts: &Counter, text: &str) -> Result<u32, Failure> {
        if attempts.count() == 1 {
            return Err(Failure::of(Class::Network));
        }
        let number = text.parse().map_err(|_| Failure::of(Class::Decode))?;
        Ok(number)
    }
    assert_eq!(early(&Counter::new(), "5").unwrap(), 5);
    assert_eq!(
        early(&Counter::new(), "x").unwrap_err().class(),
        Class::Decode
    );
}

#[resilient_runtime::test(no_waits)]
fn context_has_the_attempt_and_one_idempotency_key() {
    #[resilient(context = attempt)]
    fn keyed(keys: &mut Vec<String>) -> Result<u32, Failure> {
        keys.push(attempt.idempotency_key().to_string());
        match attempt.number() {
            1 => Err(Failure::of(Class::ServerError)),
            number => Ok(number),
        }
    }
    let mut keys = Vec::new();
    assert_eq!(keyed(&mut keys).unwrap(), 2);
    assert_eq!(keys[0], keys[1]);
}

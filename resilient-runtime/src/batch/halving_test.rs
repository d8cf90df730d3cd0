//! Batches against a server that refuses some items.

use super::*;
use crate::{Class, Classify};

#[derive(Debug)]
struct Failed(Classification);

impl Classify for Failed {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}

impl From<Rejection> for Failed {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.classification())
    }
}

type Results = Vec<Result<usize, SharedError<Failed>>>;

/// Runs the batch `0..n`. Returns the results and the number of calls.
fn run(n: usize, mut call: impl FnMut(&[usize]) -> Result<Vec<usize>, Failed>) -> (Results, usize) {
    let mut halving = Halving::<usize, Result<Vec<usize>, Failed>>::new("f", (0..n).collect());
    let mut calls = 0;
    while let Some(part) = halving.next_part() {
        calls += 1;
        halving.ended(call(&part));
    }
    (halving.into_results(), calls)
}

fn refused(class: Class, code: &str) -> Failed {
    Failed(Classification::new(class).code(code))
}

/// Double each item, unless one of the batch is a poison.
fn poisoned(
    poison: &[usize],
    failure: impl Fn(usize) -> Failed,
) -> impl FnMut(&[usize]) -> Result<Vec<usize>, Failed> {
    move |part| match part.iter().find(|item| poison.contains(item)) {
        Some(item) => Err(failure(*item)),
        None => Ok(part.iter().map(|item| item * 2).collect()),
    }
}

fn depth(n: usize) -> usize {
    n.next_power_of_two().ilog2() as usize
}

#[test]
fn one_poison_costs_two_calls_for_each_halving_and_loses_no_other_item() {
    for n in 1..=130 {
        for poison in 0..n {
            let failure = |_| refused(Class::InvalidRequest, "bad");
            let (results, calls) = run(n, poisoned(&[poison], failure));
            assert!(calls <= 1 + 2 * depth(n), "{n} {poison}: {calls}");
            assert_eq!(results.len(), n);
            for (item, result) in results.iter().enumerate() {
                match result {
                    Ok(double) => assert_eq!((*double, item == poison), (item * 2, false)),
                    Err(error) => assert_eq!((item, error.items()), (poison, 1)),
                }
            }
        }
    }
}

#[test]
fn f312_random_poisons_fail_alone_in_their_places_within_the_bound_of_calls() {
    for seed in 0..400 {
        let random = |salt: u32, below: u64| crate::random::seeded(seed, salt) % below;
        let n = usize::try_from(random(0, 300)).unwrap();
        let count = u32::try_from(random(1, 6)).unwrap();
        let place = |i| random(i + 2, u64::try_from(n.max(1)).unwrap());
        let poison: Vec<usize> = (0..count)
            .map(|i| usize::try_from(place(i)).unwrap())
            .filter(|item| *item < n)
            .collect();
        for class in [Class::ContextLength, Class::InvalidRequest] {
            let failure = |item: usize| refused(class, &format!("item_{item}"));
            let (results, calls) = run(n, poisoned(&poison, failure));
            assert_eq!(results.len(), n);
            let bound = usize::from(n > 0) + 2 * poison.len() * depth(n);
            assert!(calls <= bound, "{n} {poison:?}: {calls}");
            for (item, result) in results.iter().enumerate() {
                match result {
                    Ok(double) => {
                        assert_eq!((*double, poison.contains(&item)), (item * 2, false));
                    }
                    Err(error) => {
                        assert!(poison.contains(&item) && error.was_sent());
                        let code = error.classify().code.unwrap();
                        assert_eq!(code.as_str(), format!("item_{item}"));
                        assert_eq!(error.items(), 1);
                    }
                }
            }
        }
    }
}

#[test]
fn f302_a_failure_that_all_quarters_have_ends_the_batch() {
    let (results, calls) = run(2048, |_| Err(refused(Class::InvalidRequest, "no_model")));
    assert_eq!((calls, results.len()), (7, 2048));
    let not_sent = |result: &&Result<usize, SharedError<Failed>>| {
        result.as_ref().is_err_and(|error| !error.was_sent())
    };
    assert_eq!(results.iter().filter(not_sent).count(), 2048);
    let (_, calls) = run(2048, |_| Err(Failed(Class::Timeout.into())));
    assert_eq!(calls, 7);
    // Without a code, by the message.
    let same = |_: &[usize]| {
        let failure = Classification::new(Class::InvalidRequest);
        Err(Failed(failure.message("no such model")))
    };
    assert_eq!(run(2048, same).1, 7);
    let other = |part: &[usize]| {
        let failure = Classification::new(Class::InvalidRequest);
        Err(Failed(failure.message(&format!("{part:?}"))))
    };
    assert_eq!(run(16, other).1, 31);
}

#[test]
fn f302_quarters_of_one_region_end_that_region_alone() {
    // Only those of 8 and fewer items are let in; the first 8 fail alike.
    let (results, calls) = run(64, |part| {
        if part.len() > 8 {
            Err(refused(Class::ContextLength, "long"))
        } else if part.iter().any(|item| *item < 8) {
            Err(refused(Class::InvalidRequest, "bad"))
        } else {
            Ok(part.to_vec())
        }
    });
    assert_eq!(calls, 1 + 2 + 4 + 8 + 6);
    assert!(results.iter().take(8).all(Result::is_err));
    assert!(results.iter().skip(8).all(Result::is_ok));
}

#[test]
fn a_batch_that_is_too_large_is_halved_until_it_fits() {
    let too_large = |limit: usize, failure: fn() -> Classification| {
        move |part: &[usize]| match part.len() > limit {
            true => Err(Failed(failure())),
            false => Ok(part.to_vec()),
        }
    };
    let context = || Classification::new(Class::ContextLength);
    let (results, calls) = run(2048, too_large(1, context));
    assert_eq!(calls, 4095);
    assert!(results.iter().all(Result::is_ok));
    for class in [Class::InvalidRequest, Class::RateLimited] {
        let status = move || Classification::new(class).status(413);
        let (results, calls) = run(100, |part| match part.len() > 10 {
            true => Err(Failed(status())),
            false => Ok(part.to_vec()),
        });
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(calls, 31);
    }
}

#[test]
fn a_failure_of_the_account_ends_the_rest_without_another_call() {
    for class in [
        Class::Authentication,
        Class::QuotaExhausted,
        Class::CapReached,
        Class::Cancelled,
    ] {
        let (mut calls, mut sent) = (0, Vec::new());
        let (results, _) = run(8, |part| {
            calls += 1;
            sent.push(part.len());
            match calls {
                1 => Err(refused(Class::ContextLength, "long")),
                2 => Ok(part.to_vec()),
                _ => Err(refused(class, "account")),
            }
        });
        assert_eq!(sent, [8, 4, 4], "{class}");
        assert_eq!(results.iter().filter(|it| it.is_ok()).count(), 4);
        let (results, calls) = run(8, |_| Err(refused(class, "account")));
        assert_eq!((calls, results.len()), (1, 8));
    }
}

#[test]
fn a_failure_of_the_moment_fails_its_part_and_not_the_others() {
    let mut calls = 0;
    let (results, _) = run(8, |part| {
        calls += 1;
        match calls {
            1 => Err(refused(Class::ContextLength, "long")),
            2 => Err(refused(Class::Overloaded, "busy")),
            _ => Ok(part.to_vec()),
        }
    });
    assert_eq!(calls, 3);
    let error = results.first().and_then(|it| it.as_ref().err()).unwrap();
    assert_eq!(
        (error.items(), error.splits(), error.was_sent()),
        (4, 1, true)
    );
    assert!(error.clone().into_error().is_err(), "it is shared");
    assert!(results.iter().skip(4).all(Result::is_ok));
}

#[test]
fn f329_another_number_of_results_is_an_error_of_the_batch_and_shifts_none() {
    for wrong in [0, 3, 5] {
        let (results, calls) = run(4, |_| Ok(vec![7; wrong]));
        assert_eq!((calls, results.len()), (1, 4));
        for result in results {
            let error = result.unwrap_err();
            assert_eq!(error.classify().class, Class::Decode);
            let message = error.classify().message.unwrap();
            let told = format!("4 items have {wrong} results");
            assert!(message.as_str().starts_with(&told), "{message}");
        }
    }
}

#[test]
fn an_empty_batch_makes_no_call() {
    assert_eq!(run(0, |_| unreachable!("no item")).1, 0);
}

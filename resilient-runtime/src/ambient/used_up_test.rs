//! Notes of used-up retries.

use super::{MOST_USED_UP, USED_UP, VecDeque, take_used_up, used_up};
use crate::{Class, Classification, ambient::Outside, clock::Moment};

fn failure(number: usize) -> Classification {
    Classification::new(Class::ServerError).message(&number.to_string())
}

#[test]
fn f145_a_million_failed_calls_without_an_attempt_around_them_leave_a_bounded_note() {
    for number in 0..1_000_000 {
        used_up(&failure(number % 7), None);
    }
    assert!(USED_UP.with_borrow(VecDeque::capacity) <= 2 * MOST_USED_UP);
    // The notes of an attempt are still told from those before it.
    let outside = Outside::replace(Moment::UNSET, None);
    assert_eq!(outside.restore(), None);
    for number in 0..3 {
        used_up(&failure(number), None);
    }
    let noted = outside.restore();
    let taken = noted.map(take_used_up).unwrap_or_default();
    assert_eq!(taken.len(), 3);
    for (number, note) in taken.iter().enumerate() {
        assert!(note.is(failure(number).fingerprint(), "E"));
    }
    assert_eq!(outside.restore(), None);
    // Of more notes than are kept, the latest are.
    for number in 0..MOST_USED_UP + 5 {
        used_up(&failure(number), None);
    }
    let kept = outside.restore().map(take_used_up);
    let latest = failure(MOST_USED_UP + 4).fingerprint();
    assert!(kept.is_some_and(
        |kept| kept.len() == MOST_USED_UP && kept.iter().any(|note| note.is(latest, "E"))
    ));
}

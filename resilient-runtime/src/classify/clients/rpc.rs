//! The details of a gRPC status, an encoded [`google.rpc.Status`][status]: the delay of its
//! `RetryInfo`, the reason of its `ErrorInfo` and the quotas of its `QuotaFailure`. Messages of two
//! or three fields do not justify a protobuf library.
//!
//! [status]: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto

use crate::failure::google::is_per_day;
use std::time::Duration;

/// The meaning of the details.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Details<'m> {
    /// The delay of the `RetryInfo`, if it is positive.
    pub(super) delay: Option<Duration>,
    /// The reason of the `ErrorInfo`.
    pub(super) reason: Option<&'m str>,
    /// Whether the quota that is exceeded is one of a day.
    pub(super) is_quota_of_a_day: bool,
}

impl<'m> Details<'m> {
    pub(super) fn read(status: &'m [u8]) -> Self {
        let mut found = Self::default();
        for any in all_in(status, 3) {
            let (Some(kind), Some(detail)) = (bytes_in(any, 1), bytes_in(any, 2)) else {
                continue;
            };
            if kind.ends_with(b"/google.rpc.RetryInfo") {
                found.delay = found.delay.or_else(|| delay_in(detail));
            } else if kind.ends_with(b"/google.rpc.ErrorInfo") {
                found.reason = found.reason.or_else(|| text_in(detail, 1));
                found.is_quota_of_a_day |= all_in(detail, 3)
                    .filter(|entry| text_in(entry, 1) == Some("quota_limit"))
                    .any(|entry| is_of_a_day(text_in(entry, 2)));
            } else if kind.ends_with(b"/google.rpc.QuotaFailure") {
                // Of the violations, the `quota_id`.
                found.is_quota_of_a_day |=
                    all_in(detail, 1).any(|violation| is_of_a_day(text_in(violation, 5)));
            }
        }
        found
    }
}

fn is_of_a_day(quota: Option<&str>) -> bool {
    quota.is_some_and(is_per_day)
}

/// The `retry_delay` of a `RetryInfo`; `None` unless it is positive.
fn delay_in(info: &[u8]) -> Option<Duration> {
    let delay = bytes_in(info, 1)?;
    let number =
        |field| Fields(delay).find_map(|(number, value)| (number == field).then_some(value));
    let part = |field| number(field).map_or(Some(0), Value::number);
    // A negative number has its highest bit set.
    let seconds = part(1).filter(|seconds| i64::try_from(*seconds).is_ok())?;
    let nanos = u32::try_from(part(2)?)
        .ok()
        .filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos)).filter(|delay| !delay.is_zero())
}

/// The parts of a repeated field.
fn all_in(message: &[u8], field: u64) -> impl Iterator<Item = &[u8]> {
    Fields(message)
        .filter_map(move |(number, value)| if number == field { value.bytes() } else { None })
}

fn text_in(message: &[u8], field: u64) -> Option<&str> {
    let text = std::str::from_utf8(bytes_in(message, field)?).ok();
    text.filter(|text| !text.is_empty())
}

fn bytes_in(message: &[u8], field: u64) -> Option<&[u8]> {
    Fields(message).find_map(|(number, value)| (number == field).then(|| value.bytes())?)
}

#[derive(Clone, Copy)]
enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

impl<'m> Value<'m> {
    fn bytes(self) -> Option<&'m [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Number(_) => None,
        }
    }

    fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Bytes(_) => None,
        }
    }
}

/// The fields of a message, up to the first that is malformed.
struct Fields<'m>(&'m [u8]);

impl<'m> Iterator for Fields<'m> {
    type Item = (u64, Value<'m>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'m> Fields<'m> {
    fn take(&mut self, length: usize) -> Option<&'m [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Seven bits per byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "test code fails loudly")]
mod tests {
    use super::*;

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap_or(0x7f);
        [&[number << 3 | 2, length], content].concat()
    }

    fn status(kind: &str, delay: &[u8]) -> Vec<u8> {
        let info = field(1, delay);
        let any = [field(1, kind.as_bytes()), field(2, &info)].concat();
        [&[8, 8][..], &field(2, b"slow down"), &field(3, &any)].concat()
    }

    const INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

    fn retry_delay(status: &[u8]) -> Option<Duration> {
        Details::read(status).delay
    }

    #[test]
    fn retry_info_delay_is_read() {
        let after = |delay: &[u8]| retry_delay(&status(INFO, delay));
        assert_eq!(after(&[8, 3]), Some(Duration::from_secs(3)));
        assert_eq!(
            after(&[16, 0x80, 0x94, 0xeb, 0xdc, 0x03]),
            None,
            "a whole second of nanos"
        );
        assert_eq!(after(&[8, 1, 16, 1]), Some(Duration::new(1, 1)));
        assert_eq!(after(&[]), None);
        let minus_one = [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
        assert_eq!(after(&minus_one), None);
        let other = status("type.googleapis.com/google.rpc.DebugInfo", &[8, 3]);
        assert_eq!(retry_delay(&other), None);
    }

    #[test]
    fn truncated_or_corrupt_message_does_not_panic() {
        let whole = status(INFO, &[8, 3]);
        for end in 0..whole.len() {
            assert_eq!(retry_delay(&whole[..end]), None, "{end}");
        }
        for at in 0..whole.len() {
            for byte in 0..=255 {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _ = retry_delay(&changed);
            }
        }
    }
}

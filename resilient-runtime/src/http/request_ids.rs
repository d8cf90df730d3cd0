//! Headers with the id of a request. Every provider has its own name for it.

/// The places of ids in [`rank`].
pub(super) const RANKS: usize = 4;

/// The rank of ids that a gateway, a proxy or the caller has given: a provider's support asks for
/// its own first.
pub(super) const GATEWAY: usize = 3;

/// Ids of gateways, and those that the caller has sent.
const GATEWAYS: &[&str] = &[
    "cf-ray",
    "x-vercel-id",
    "x-amz-cf-id",
    "x-azure-ref",
    "akamai-grn",
    "fly-request-id",
    "x-nf-request-id",
    "x-amzn-trace-id",
    "client-request-id",
    "x-client-request-id",
    "x-ms-client-request-id",
];

/// The words before `id`, without a separator, of a request id.
const OF_REQUEST: [&str; 2] = ["request", "req"];
/// The same of a correlation or trace id.
const OF_TRACE: [&str; 7] = [
    "correlation",
    "debug",
    "trace",
    "log",
    "tracking",
    "transaction",
    "trans",
];

/// The rank of the id in a header of this name, in lower case; the first is the best.
pub(super) fn rank(name: &str) -> Option<usize> {
    let start = name.strip_suffix("id");
    let may_be = start.is_some() || name.starts_with(['c', 'x', 'a', 'p']);
    if !may_be {
        return None;
    }
    if GATEWAYS.contains(&name) {
        return Some(GATEWAY);
    }
    if name == "pspreference" {
        return Some(1);
    }
    let start = start?.trim_end_matches(['-', '_']);
    let is_of = |words: &[&str]| words.iter().any(|word| start.ends_with(word));
    if is_of(&OF_REQUEST) {
        return Some(usize::from(name != "x-request-id"));
    }
    is_of(&OF_TRACE).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_requests_are_told_from_other_ids() {
        for (name, expected) in [
            ("x-request-id", Some(0)),
            ("request-id", Some(1)),
            ("x-amzn-requestid", Some(1)),
            ("x-slack-req-id", Some(1)),
            ("nvcf-reqid", Some(1)),
            ("paypal-debug-id", Some(2)),
            ("mistral-correlation-id", Some(2)),
            ("x-tt-logid", Some(2)),
            ("atl-traceid", Some(2)),
            ("cf-ray", Some(3)),
            ("client-request-id", Some(3)),
            ("x-user-id", None),
            ("x-amz-version-id", None),
            ("content-type", None),
            ("id", None),
        ] {
            assert_eq!(rank(name), expected, "{name}");
        }
    }
}

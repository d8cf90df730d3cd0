//! The formats of well-known tokens.
//!
//! The prefixes are facts of the public lists of gitleaks (<https://github.com/gitleaks/gitleaks>,
//! `config/gitleaks.toml`) and of GitHub's secret scanning
//! (<https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>),
//! or of the documentation of the provider.

/// The letters of a token after its prefix.
#[derive(Clone, Copy)]
enum Letters {
    /// Letters, digits, `-`, `_`, `.`, `%`, and masks.
    Any,
    /// At least one digit, for prefixes that ordinary words have, too.
    Digit,
}

use Letters::{Any, Digit};

/// A prefix, the least number of bytes after it, and their letters.
///
/// The least number is below the length of the tokens, since they are often cut: 6 if nothing else
/// begins with the prefix; 12 if a few other names do; 16 and more, mostly with a digit, if the
/// prefix is short or a word.
type Format = (&'static str, usize, Letters);

/// The formats by the first two letters of the prefix.
const FORMATS: fn(u8, u8) -> &'static [Format] = |first, second| match (first, second) {
    (b'A', b'3') => &[("A3-", 20, Digit)],
    (b'A', b'B') => &[("ABIA", 12, Digit)],
    (b'A', b'C') => &[("ACCA", 12, Digit)],
    (b'A', b'G') => &[("AGE-SECRET-KEY-", 6, Any)],
    (b'A', b'I') => &[("AIza", 6, Any)],
    (b'A', b'K') => &[("AKIA", 6, Any)],
    (b'A', b'S') => &[("ASIA", 6, Any)],
    (b'A', b'T') => &[("ATATT", 6, Any), ("ATBB", 12, Digit), ("ATCTT", 6, Any)],
    (b'B', b'B') => &[("BBFF-", 12, Digit)],
    (b'C', b'F') => &[("CFPAT-", 12, Any)],
    (b'E', b'A') => &[("EAAA", 20, Digit), ("EAAC", 20, Digit)],
    (b'E', b'Z') => &[("EZAK", 20, Digit), ("EZTK", 20, Digit)],
    (b'F', b'L') => &[("FLWPUBK", 6, Any), ("FLWSECK", 6, Any)],
    (b'F', b'w') => &[("FwoGZXIv", 6, Any)],
    (b'G', b'O') => &[("GOCSPX-", 6, Any)],
    (b'L', b'T') => &[("LTAI", 12, Digit)],
    (b'N', b'R') => &[("NRAK-", 6, Any), ("NRII-", 6, Any), ("NRJS-", 6, Any)],
    (b'P', b'M') => &[("PMAK-", 6, Any)],
    (b'S', b'G') => &[("SG.", 6, Any)],
    (b'S', b'K') => &[("SK", 32, Digit)],
    (b'a', b'g') => &[("age-secret-key-", 6, Any)],
    (b'a', b'p') => &[("apify_api_", 6, Any)],
    (b'a', b't') => &[("atlasv1.", 6, Any)],
    (b'b', b'k') => &[("bkua_", 6, Any)],
    (b'c', b'i') => &[("cio_", 12, Digit)],
    (b'c', b'l') => &[("clojars_", 12, Digit)],
    (b'c', b'm') => &[("cmVmdGtu", 12, Any)],
    (b'd', b'a') => &[("dapi", 16, Digit)],
    (b'd', b'c') => &[("dckr_oat_", 6, Any), ("dckr_pat_", 6, Any)],
    (b'd', b'o') => &[
        ("doo_v1_", 6, Any),
        ("dop_v1_", 6, Any),
        ("dor_v1_", 6, Any),
    ],
    (b'd', b'p') => &[
        ("dp.ct.", 6, Any),
        ("dp.pt.", 6, Any),
        ("dp.sa.", 6, Any),
        ("dp.st.", 6, Any),
    ],
    (b'd', b't') => &[("dt0c01.", 6, Any)],
    (b'd', b'u') => &[("duffel_", 12, Any)],
    (b'e', b'y') => &[("ey0", 20, Digit), ("eyJ", 6, Any)],
    (b'f', b'i') => &[("figd_", 6, Any), ("fio-u-", 6, Any)],
    (b'f', b'l') => &[("flb_live_", 6, Any)],
    (b'f', b'm') => &[("fm1", 40, Any), ("fm2_", 20, Any)],
    (b'f', b'o') => &[("fo1_", 12, Any)],
    (b'g', b'h') => &[
        ("gho_", 6, Any),
        ("ghp_", 6, Any),
        ("ghr_", 6, Any),
        ("ghs_", 6, Any),
        ("ghu_", 6, Any),
    ],
    (b'g', b'i') => &[("github_pat_", 6, Any)],
    (b'g', b'l') => &[
        ("glagent-", 6, Any),
        ("glc_", 6, Any),
        ("glcbt-", 6, Any),
        ("gldt-", 6, Any),
        ("glffct-", 6, Any),
        ("glft-", 6, Any),
        ("glimt-", 6, Any),
        ("gloas-", 6, Any),
        ("glpat-", 6, Any),
        ("glptt-", 6, Any),
        ("glrt-", 6, Any),
        ("glsa_", 6, Any),
        ("glsoat-", 6, Any),
    ],
    (b'g', b's') => &[("gsk_", 6, Any)],
    (b'h', b'f') => &[("hf_", 6, Any)],
    (b'h', b'o') => &[("hooks_", 20, Digit)],
    (b'h', b'v') => &[("hvb.", 6, Any), ("hvr.", 6, Any), ("hvs.", 6, Any)],
    (b'j', b'i') => &[("jina_", 12, Digit)],
    (b'k', b'e') => &[("key-", 24, Digit)],
    (b'l', b'i') => &[("lin_api_", 6, Any), ("lin_oauth_", 6, Any)],
    (b'l', b's') => &[("ls__", 12, Any), ("lsv2_", 6, Any)],
    (b'm', b'f') => &[("mfp_", 12, Digit)],
    (b'n', b'f') => &[("nfp_", 12, Digit)],
    (b'n', b'p') => &[("npm_", 12, Any)],
    (b'n', b't') => &[("ntn_", 12, Digit)],
    (b'n', b'v') => &[("nvapi-", 6, Any)],
    (b'o', b'p') => &[("ops_eyJ", 6, Any)],
    (b'o', b'y') => &[("oy2", 20, Digit)],
    (b'p', b'a') => &[("pat-na1-", 6, Any)],
    (b'p', b'h') => &[("phc_", 6, Any), ("phx_", 6, Any)],
    (b'p', b'k') => &[("pk-", 6, Any), ("pk_", 6, Any)],
    (b'p', b'n') => &[("pnu_", 12, Any)],
    (b'p', b'p') => &[("pplx-", 6, Any)],
    (b'p', b'r') => &[("prv_", 16, Digit)],
    (b'p', b's') => &[("pscale_", 12, Any)],
    (b'p', b'u') => &[("pul-", 12, Digit)],
    (b'p', b'y') => &[("pypi-", 16, Any)],
    (b'r', b'8') => &[("r8_", 6, Any)],
    (b'r', b'd') => &[("rdme_", 6, Any)],
    (b'r', b'e') => &[("re_", 16, Digit)],
    (b'r', b'k') => &[("rk-", 16, Digit), ("rk_", 6, Any)],
    (b'r', b'n') => &[("rnd_", 16, Digit)],
    (b'r', b'p') => &[("rpa_", 16, Digit)],
    (b'r', b'u') => &[("rubygems_", 6, Any)],
    (b's', b'b') => &[("sb_secret_", 6, Any), ("sbp_", 6, Any)],
    (b's', b'e') => &[("secret_", 20, Digit)],
    (b's', b'g') => &[("sgp_", 12, Any)],
    (b's', b'h') => &[
        ("shippo_", 12, Digit),
        ("shpat_", 6, Any),
        ("shpca_", 6, Any),
        ("shppa_", 6, Any),
        ("shpss_", 6, Any),
    ],
    (b's', b'i') => &[("signkey-", 12, Any)],
    (b's', b'k') => &[("sk-", 6, Any), ("sk_", 6, Any)],
    (b's', b'l') => &[("sl.", 24, Digit)],
    (b's', b'n') => &[("sntrys_", 6, Any), ("sntryu_", 6, Any)],
    (b's', b'q') => &[("sq0", 10, Any), ("sqp_", 16, Any), ("squ_", 16, Any)],
    (b't', b'f') => &[("tfp_", 16, Any)],
    (b't', b'g') => &[("tgp_v1_", 6, Any)],
    (b't', b'k') => &[("tk-us-", 6, Any)],
    (b't', b's') => &[("tskey-", 6, Any)],
    (b't', b'v') => &[("tvly-", 6, Any)],
    (b'v', b'c') => &[("vck_", 16, Any)],
    (b'v', b'e') => &[("vercel_", 16, Digit)],
    (b'w', b'h') => &[("whsec_", 6, Any)],
    (b'w', b'p') => &[("wpsk_", 12, Any)],
    (b'x', b'a') => &[("xai-", 6, Any), ("xapp-", 6, Any)],
    (b'x', b'k') => &[("xkeysib-", 6, Any)],
    (b'x', b'o') => &[
        ("xoxa-", 6, Any),
        ("xoxb-", 6, Any),
        ("xoxc-", 6, Any),
        ("xoxd-", 6, Any),
        ("xoxe-", 6, Any),
        ("xoxe.", 6, Any),
        ("xoxo-", 6, Any),
        ("xoxp-", 6, Any),
        ("xoxr-", 6, Any),
        ("xoxs-", 6, Any),
    ],
    (b'y', b'a') => &[("ya29.", 6, Any)],
    _ => &[],
};

/// Whether the word has the format of a token.
#[inline]
pub(super) fn is_token(word: &str) -> bool {
    // No token is shorter, and most words are.
    let [first, second, _, _, _, _, _, _, _, ..] = *word.as_bytes() else {
        return false;
    };
    let formats = FORMATS(first, second);
    !formats.is_empty() && is_one_of(word, formats)
}

fn is_one_of(word: &str, formats: &[Format]) -> bool {
    formats.iter().any(|(prefix, least, letters)| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= *least
                && match letters {
                    Any => true,
                    Digit => rest.bytes().any(|b| b.is_ascii_digit()),
                }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_is_found_under_its_letters() {
        let mut count = 0;
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for (prefix, least, _) in FORMATS(first, second) {
                    let token = format!("{prefix}{}", "7".repeat(*least));
                    assert!(is_token(&token), "{token}");
                    let shorter = token.strip_suffix('7').unwrap_or_default();
                    assert!(!is_token(shorter), "{shorter}");
                    count += 1;
                }
            }
        }
        assert!(count >= 150, "{count}");
    }
}

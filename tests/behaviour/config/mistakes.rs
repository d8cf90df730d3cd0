//! Mistakes are shown with their place and a remedy, all at once.

use resilient_runtime::config::Config;
use resilient_tests::CANARY;

fn mistakes(text: &str) -> String {
    Config::parse(text, "r.toml").unwrap_err().to_string()
}

#[test]
fn a_mistake_is_shown_with_line_column_caret_and_suggestion() {
    assert_eq!(
        mistakes("[default]\nattempts = 3\ntimeuot = \"3s\"\n"),
        "r.toml:3:1: unknown setting `timeuot`: did you mean `timeout`?\n 3 | timeuot = \"3s\"\n   | ^^^^^^^"
    );
}

#[test]
fn every_kind_of_mistake_names_the_remedy() {
    for (text, message) in [
        ("[defaul]", "did you mean `default`?"),
        ("attempts = 3", "belongs in a section"),
        ("default = 3", "`default` is a section"),
        ("[call]\nattempts = 3", "needs a name"),
        ("[call.\"\"]\nattempts = 3", "a name is missing"),
        ("[default]\nattempts = 0", "a whole number from 1"),
        ("[default]\nattempts = -1", "a whole number from 1"),
        ("[default]\nattempts = \"3\"", "a whole number from 1"),
        (
            "[default]\nattempts = 99999999999999999999",
            "a whole number from 1",
        ),
        ("[default]\nattempts = 2.5", "a whole number from 1"),
        ("[default]\ntimeout = 30", "write \"30s\" for seconds"),
        ("[default]\ntimeout = \"30\"", "write \"30s\" for seconds"),
        ("[default]\ntimeout = \"0s\"", "timeout: zero"),
        ("[default]\ntimeout = [1]", "not an array"),
        ("[default]\ntimeout = 1979-05-27", "not a date"),
        ("[default]\nidempotent = \"true\"", "without quotes"),
        ("[default]\nmax_retries = 3", "did you mean `attempts`?"),
        (
            "[default]\nbackoff = \"1s\"",
            "did you mean `backoff.kind`?",
        ),
        (
            "[default]\nbackoff.jitter = \"ful\"",
            "did you mean \"full\"?",
        ),
        ("[default]\nbackoff.factor = nan", "a number from 1"),
        ("[default]\nbackoff.factor = inf", "a number from 1"),
        ("[default]\nbudget = \"0%\"", "a percentage"),
        ("[default]\nbudget = 20", "write the percentage as \"20%\""),
        (
            "[default]\nrequests = \"3/s\"",
            "belongs in `[upstream.NAME]`",
        ),
        ("[default]\nhedge = \"1s\"", "cannot be configured"),
        (
            "[default]\non.tiemout.retry = true",
            "did you mean `timeout`?",
        ),
        (
            "[default]\non.timeout = true",
            "write `on.timeout.retry = true`",
        ),
        (
            "[default]\non.timeout.atempts = 3",
            "did you mean `attempts`?",
        ),
        (
            "[default]\non.quota_exhausted.retry = true",
            "no retry can succeed",
        ),
        (
            "[default]\nbackoff.initial = \"9s\"\nbackoff.max = \"1s\"",
            "longer than `max`",
        ),
        (
            "[default]\ntimeout = \"9s\"\ndeadline = \"1s\"",
            "longer than the `deadline`",
        ),
        ("[[default]]\nattempts = 3", "is a section"),
        ("[upstream.a]\nrequests = \"0/s\"", "lets nothing through"),
        (
            "[upstream.a]\nrequests = \"3/s\"\nrequests.burst = 5",
            "`requests = { rate = \"500/min\", burst = 20 }`",
        ),
        ("[upstream.a]\nrequests = 5", "write \"5/s\""),
        ("[upstream.a]\nrequests.burst = 0", "a whole number from 1"),
        ("[upstream.a]\nkeys = 3", "fixed when the upstream is built"),
        ("[upstream.a]\nmax_wait = \"0s\"", "max_wait: zero"),
        ("[upstream.a]\nbreaker.failure_ratio = 1.5", "at most 1"),
        (
            "[upstream.a]\nbreaker.break_duration = \"9s\"\nbreaker.max_break_duration = \"1s\"",
            "break",
        ),
        (
            "[upstream.a.key.\"x\"]\nattempts = 3",
            "has limits, and no policy",
        ),
        ("[upstream.a.key]\nrequests = \"3/s\"", "needs a name"),
        (
            "[levels]\n\"givin up\" = \"warn\"",
            "did you mean `giving up`?",
        ),
        ("[levels]\n\"giving up\" = \"loud\"", "a level is one of"),
        ("[levels]\n\"giving up\" = 3", "a level is one of"),
        ("[default]\nattempts = 3\nattempts = 4", "duplicate key"),
    ] {
        let shown = mistakes(text);
        assert!(shown.contains(message), "{text}\n{shown}");
        assert!(shown.starts_with("r.toml:"), "{shown}");
    }
}

#[test]
fn values_that_one_section_leaves_open_contradict_nothing() {
    for text in [
        "",
        "[default]\nbackoff.initial = \"5m\"",
        "[default]\nbackoff.max = \"1ms\"",
        "[call.a]\non.timeout.initial = \"5m\"",
        "[call.a]\non.timeout.max = \"1ms\"",
        "[upstream.a]\nbreaker.break_duration = \"5m\"",
        "[upstream.a]\nbreaker.max_break_duration = \"1ms\"",
        "[upstream.a]\nrequests = { rate = \"3/s\", burst = 2 }\ntokens = \"none\"",
        "[upstream.a]\nrequests = \"3/s\"\n\"requests.burst\" = 2\nbreaker = false",
        "[upstream.a]\nconcurrency = { limit = 3 }\nmax_wait = false",
        "[default]\nattempts = 0x10\ntimeout = false\non.circuit_open.retry = true",
    ] {
        Config::parse(text, "r.toml").unwrap();
    }
}

#[test]
fn f226_all_mistakes_are_reported_at_once_and_not_only_the_first() {
    let text =
        "[default]\natempts = 3\ntimeout = 5\n[call.a]\nbackoff.kind = \"cubic\"\n[levles]\n";
    let error = Config::parse(text, "r.toml").unwrap_err();
    let lines: Vec<usize> = error.mistakes().iter().map(|it| it.line).collect();
    assert_eq!(lines, [2, 3, 5, 6], "{error}");
}

#[test]
fn f227_a_misspelt_variable_is_an_error_and_not_ignored() {
    for (name, value, message) in [
        (
            "RESILIENT__DEFAULT__ATEMPTS",
            "3",
            "did you mean `attempts`?",
        ),
        (
            "RESILIENT__CALL__APP__ASK__TIMEUOT",
            "3s",
            "did you mean `timeout`?",
        ),
        ("RESILIENT__CALL__TIMEOUT", "3s", "NAME__SETTING"),
        ("RESILIENT__UPSTREAM__API", "3s", "NAME__SETTING"),
        (
            "RESILIENT__DEFALT__TIMEOUT",
            "3s",
            "DEFAULT, UPSTREAM, CALL or LEVELS",
        ),
        ("RESILIENT__DEFAULT__TIMEOUT", "3", "write \"3s\""),
        ("RESILIENT__DEFAULT__IDEMPOTENT", "yes", "true or false"),
        ("RESILIENT__", "3", "DEFAULT"),
        ("RESILIENT__LEVELS__GIVING_UP", "loud", "a level is one of"),
    ] {
        let result = Config::default().with_variables([(name, value)]);
        let shown = result.unwrap_err().to_string();
        assert!(shown.contains(message) && shown.contains(name), "{shown}");
    }
    for (name, value) in [
        ("RESILIENT__UPSTREAM__API__REQUESTS__BURST", "1_000"),
        ("RESILIENT__UPSTREAM__API__KEY__VIP__REQUESTS", "none"),
        ("RESILIENT__DEFAULT__BACKOFF__FACTOR", "3"),
        ("RESILIENT__CALL__ASK__ON__TIMEOUT__RETRY", "false"),
        ("RESILIENT_OTHER", "3"),
    ] {
        Config::default().with_variables([(name, value)]).unwrap();
    }
}

#[test]
fn f228_long_lines_and_control_characters_are_shown_cut_and_blank() {
    let text = format!("[default]\n{}x = 3 # \u{1b}[2J\n", " ".repeat(5_000));
    let shown = mistakes(&text);
    assert!(shown.len() < 1_000, "{}", shown.len());
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let name = format!("[default]\n\"\\u001b[2Jx{}\" = 3\n", "y".repeat(9));
    assert!(!mistakes(&name).contains('\u{1b}'));
}

#[test]
fn f361_no_value_of_a_variable_and_no_secret_of_a_file_is_repeated() {
    let secret = format!("sk-{CANARY}0123456789abcdef");
    for setting in [
        "ATTEMPTS",
        "TIMEOUT",
        "MAX_RETRY_AFTER",
        "IDEMPOTENT",
        "BUDGET",
        "BACKOFF__KIND",
        "BACKOFF__FACTOR",
    ] {
        for value in [
            &*secret,
            CANARY,
            &format!("5 {secret}"),
            &format!("3{CANARY}"),
        ] {
            let name = format!("RESILIENT__DEFAULT__{setting}");
            let shown = Config::default().with_variables([(name, value)]);
            let shown = shown.unwrap_err().to_string();
            assert!(!shown.contains(CANARY), "{value}: {shown}");
        }
    }
    for limit in ["REQUESTS", "CONCURRENCY", "BREAKER__FAILURE_RATIO", "GATE"] {
        let name = format!("RESILIENT__UPSTREAM__API__{limit}");
        let shown = Config::default().with_variables([(name, &*secret)]);
        assert!(!shown.unwrap_err().to_string().contains(CANARY));
    }
    let lines = [
        format!("api_key = \"{secret}\""),
        format!("timeout = \"{secret}\""),
        format!("timeout = 5 # {secret}"),
        format!("backoff.kind = \"Bearer {secret}\""),
        format!("\"{secret}\" = 3"),
        format!("timeout = \"{secret}"),
    ];
    for line in lines {
        let shown = Config::parse(&format!("[default]\n{line}\n"), "r.toml");
        let shown = shown.unwrap_err();
        assert!(
            !format!("{shown} {shown:?}").contains(CANARY),
            "{line}: {shown}"
        );
        assert!(
            !format!("{:?}", shown.mistakes()).contains(CANARY),
            "{line}"
        );
        assert_eq!(shown.mistakes()[0].line, 2);
    }
    // A line without one is shown.
    for line in ["tokens = 5", "keys = 5", "authentication = 5"] {
        let shown = Config::parse(&format!("[default]\n{line}\n"), "r.toml");
        let shown = shown.unwrap_err().to_string();
        assert!(shown.contains(&format!(" 2 | {line}\n")), "{shown}");
    }
}

#[test]
fn f311_a_setting_with_two_values_under_two_names_is_a_mistake() {
    for text in [
        "[upstream.x]\nrequests = \"1/s\"\n\"requests.rate\" = \"9/s\"",
        "[upstream.x.concurrency]\nlimit = 1\nmax = 9",
        "[default.on.timeout]\nbackoff.initial = \"1s\"\ninitial = \"2s\"",
        "[default]\n\"backoff.initial\" = \"1s\"\nbackoff.initial = \"2s\"",
    ] {
        let shown = mistakes(text);
        assert!(shown.contains("has two values in this section"), "{shown}");
    }
    let twice = [
        ("RESILIENT__DEFAULT__ATTEMPTS", "2"),
        ("resilient__default__attempts", "3"),
    ];
    let shown = Config::default().with_variables(twice).unwrap_err();
    assert!(shown.to_string().contains("`attempts` has two values"));
}

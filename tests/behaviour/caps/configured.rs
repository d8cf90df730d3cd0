//! Caps and prices of a configuration.

use super::{PRICE, is_refused, used, using, using_by};
use resilient_runtime::{
    Cap, Caps, Upstream, UpstreamConfig, config::Config, inspect::Source, upstream_of,
};

fn apply(text: &str) {
    Config::parse(text, "resilient.toml").unwrap().apply();
}

fn mistake(text: &str) -> String {
    Config::parse(text, "resilient.toml")
        .unwrap_err()
        .to_string()
}

#[resilient_runtime::test(start_paused = true)]
async fn caps_follow_a_configuration_and_keep_what_is_counted() {
    static API: Upstream = Upstream::new("api").cap("5 requests/day");
    for _ in 0..5 {
        using(&API, 0).await.unwrap();
    }
    assert!(is_refused(&using(&API, 0).await));
    apply("[upstream.api]\ncap = \"6 requests/day, 100 tokens/hour\"");
    using(&API, 7).await.unwrap();
    assert!(is_refused(&using(&API, 0).await));
    assert_eq!(used(&API), ["6 requests", "7 tokens"]);
    apply("[upstream.api]\ncap = \"none\"");
    using(&API, 0).await.unwrap();
    assert!(used(&API).is_empty());
    apply("");
    assert_eq!(used(&API), ["0 requests"]);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_upstream_without_caps_gets_them_while_it_runs() {
    static API: Upstream = Upstream::new("api");
    using(&API, 900_000).await.unwrap();
    apply(
        "[upstream.api]\ncap = \"2 USD/day\"\nprice = { input = 2.5, output = 10 }\n[upstream.api.key.small]\ncap = \"1 USD/day\"",
    );
    assert_eq!(used(&API), ["0 USD"]);
    using_by(&API, "small", 400_000).await.unwrap();
    assert!(is_refused(&using_by(&API, "small", 1).await));
    using_by(&API, "other", 400_000).await.unwrap();
    // A dollar of each key.
    assert!(is_refused(&using_by(&API, "other", 1).await));
    assert_eq!(used(&API), ["2 USD"]);
    let upstream = API.config();
    assert_eq!((upstream.caps, upstream.price), (Caps::NONE, None));
}

#[resilient_runtime::test(start_paused = true)]
async fn the_settings_in_effect_have_caps_and_prices_with_their_source() {
    static API: Upstream = Upstream::new("api").price(PRICE).cap("5 USD/day");
    let ask = async || {
        let call = API.call("caps::ask");
        call.run(async || Ok::<(), resilient_tests::Failure>(()))
            .await
    };
    ask().await.unwrap();
    apply("[upstream.api]\nkey_cap = \"1 USD/day\"\nprice.output = 8");
    let upstream = upstream_of("caps::ask").unwrap();
    for (name, value, source) in [
        ("cap", "5 USD/day", Source::FromUpstream),
        ("key_cap", "1 USD/day", Source::Config),
        ("price.input", "1", Source::FromUpstream),
        ("price.output", "8", Source::Config),
        ("price.currency", "USD", Source::FromUpstream),
    ] {
        let setting = upstream.get(name).unwrap();
        assert_eq!(
            (setting.value(), setting.source()),
            (value, source),
            "{name}"
        );
    }
}

#[resilient_runtime::test]
async fn mistakes_of_a_configuration_name_the_right_form() {
    for (text, message) in [
        ("cap = \"50 usd/day\"", "did you mean \"USD\"?"),
        ("cap = \"50 USD/min\"", "the shortest window is an hour"),
        (
            "cap = 50",
            "caps such as \"50 USD/day, 10000 requests/day\"",
        ),
        ("cap = true", "caps such as"),
        ("caps = \"50 USD/day\"", "did you mean `cap`?"),
        ("price = 2.5", "did you mean `price.input`?"),
        ("price.input = -1", "a number from 0"),
        ("price.currency = \"euro\"", "a code such as \"USD\""),
        (
            "cap = \"1 EUR/day\"\nprice = { input = 1, currency = \"USD\" }",
            "not that of the `price`",
        ),
    ] {
        let found = mistake(&format!("[upstream.api]\n{text}"));
        assert!(found.contains(message), "{text}: {found}");
    }
    assert!(
        mistake("[call.\"app::*\"]\ncap = \"1 USD/day\"").contains("belongs in `[upstream.NAME]`")
    );
    // The code may have the price.
    apply("[upstream.api]\ncap = \"1 EUR/day\"\nprice = { input = 1 }");
}

#[test]
fn mistakes_of_plain_data_are_errors() {
    let of = |change: fn(&mut UpstreamConfig)| {
        let mut config = UpstreamConfig::new("api");
        change(&mut config);
        Upstream::try_from(config).map(|_| ()).unwrap_err()
    };
    let unpriced = of(|config| config.caps = Caps::parse("1 USD/day").unwrap());
    assert_eq!(unpriced.setting(), "cap");
    let keys = of(|config| config.key_caps = Caps::parse("1 USD/day").unwrap());
    assert_eq!(keys.setting(), "key_cap");
    let price = of(|config| config.price = Some(resilient_runtime::Price::new(-1.0, 1.0)));
    assert_eq!(price.setting(), "price");
    let zero = of(|config| {
        let zero = Cap::requests(0, resilient_runtime::CapPeriod::Day);
        config.caps = Caps::NONE.and(zero).unwrap();
    });
    assert!(zero.to_string().contains("zero"), "{zero}");
}

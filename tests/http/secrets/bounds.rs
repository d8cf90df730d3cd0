//! The bounds of what is blanked, which the page `guide::secrets` names. What is beyond them is
//! shown: who moves a bound finds it here.

use super::property::shown;

/// Whether an output shows the key that is sent, where the answer repeats this.
fn shows(sent: &str, key: &str, echo: &str) -> bool {
    let told = format!("about {echo} we know nothing");
    shown(&sent.replace("KEY", key), &told).contains(&told)
}

#[test]
fn f276_a_key_that_is_repeated_is_blanked_from_eight_characters_on() {
    for sent in [
        "authorization: Bearer KEY",
        "x-mine: KEY",
        "url: https://u:KEY@h/",
        "url: https://h/?api_key=KEY",
        "body: {\"password\": \"KEY\"}",
        "body: password=KEY",
        "body: <password>KEY</password>",
    ] {
        assert!(shows(sent, "abcdefg", "abcdefg"), "{sent}");
        assert!(!shows(sent, "abcdefgh", "abcdefgh"), "{sent}");
    }
}

#[test]
fn f276_a_part_of_a_key_is_blanked_if_the_key_has_sixteen_characters() {
    let sent = "authorization: Bearer KEY";
    for (key, echo, is_shown) in [
        ("abcdefghijklmno", "abcdefgh", true),
        ("abcdefghijklmnop", "abcdefgh", false),
        ("abcdefghijklmnop", "abcdefg", true),
        ("abcdefghijklmnop", "klmnop", false),
        ("abcdefghijklmnop", "lmnop", true),
        ("abcdefghijklmn12", "mn12", false),
        ("abcdefghijklmn12", "n12", true),
        // The middle is no part that servers repeat.
        ("abcdefghijklmnop", "efghijkl", true),
    ] {
        assert_eq!(shows(sent, key, echo), is_shown, "{key} {echo}");
    }
}

#[test]
fn f276_an_unnamed_value_is_blanked_if_it_looks_random() {
    // 20 characters of a key, and words.
    let (random, short) = ("a1b2c3d4e5f6a7b8c9d0", "a1b2c3d4e5f6a7b8c9d");
    let words = "correct-horse-battery-staple";
    for sent in [
        "url: https://h/?q=KEY",
        "url: https://h/x/KEY/y",
        "body: {\"text\": \"KEY\"}",
        "body: q=KEY",
    ] {
        assert!(!shows(sent, random, random), "{sent}");
        for key in [short, words] {
            assert!(shows(sent, key, key), "{sent}");
        }
    }
    // A header that no list knows may be a secret, but it is looked for only as it was sent.
    assert!(!shows("x-mine: KEY", words, words));
    assert!(shows("x-mine: KEY", words, &words.to_uppercase()));
}

#[test]
fn f276_a_key_that_was_not_sent_is_blanked_by_its_format_or_a_name_before_it() {
    let url = "url: https://h/";
    for (told, is_shown) in [
        ("token=a", false),
        ("password is a1", false),
        ("key a1b2c3d4 is wrong", false),
        ("key a1b2c3d is wrong", true),
        ("key abcdefgh1 is wrong", true),
        ("we refused a1b2c3d4e5f6a7b8c9d0", true),
        ("you said hunter2 as the password", true),
    ] {
        assert_eq!(shown(url, told).contains(told), is_shown, "{told}");
    }
}

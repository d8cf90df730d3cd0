//! Texts of a configuration have the grammar of the attribute.

use std::{fs, path::Path};

#[test]
fn durations_and_rates_of_a_configuration_are_read_as_those_of_the_attribute() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (folder, file) in [
        ("src/config/text", "duration"),
        ("src/config/text", "rate"),
        ("src", "suggest"),
    ] {
        let read = |folder: &str| {
            let path = root.join(folder).join(format!("{file}.rs"));
            let text = fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            code.trim_end().to_owned()
        };
        let macros = read("resilient-macros/src/text");
        let runtime = format!("resilient-runtime/{folder}");
        assert_eq!(read(&runtime), macros, "{file}");
    }
}

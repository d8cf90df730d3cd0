use crate::{
    failing::Failing,
    functions::{find, insert},
};

const SOURCE: &str = "\
/// Docs.
#[inline]
pub async fn first(x: u8) -> Result<u8, ()> { Ok(x) }
impl Client {
    async fn second(&self) -> io::Result<()> { Ok(()) }
    fn plain(&self) {}
}
trait Store {
    async fn declared(&self) -> Result<(), ()>;
    async fn provided(&self) -> Result<(), ()> { Ok(()) }
}
async fn unit() {}
#[tokio::test]
async fn tested() -> Result<(), ()> { Ok(()) }
#[cfg(test)]
mod tests { async fn helper() -> Result<(), ()> { Ok(()) } }
";

#[test]
fn async_functions_with_a_body_are_found_and_those_of_tests_are_not() {
    let found = find(SOURCE);
    let names: Vec<_> = found
        .iter()
        .map(|function| (function.name.as_str(), function.returns_result))
        .collect();
    let expected = [
        ("first", true),
        ("second", true),
        ("provided", true),
        ("unit", false),
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_attribute_is_in_front_of_the_visibility_and_no_line_moves() {
    let found = find(SOURCE);
    let texts = found.iter().take(2);
    let texts = texts.map(|function| (function.at, "#[resilient] "));
    let text = insert(SOURCE, texts.collect());
    assert_eq!(text.lines().count(), SOURCE.lines().count());
    assert!(text.contains("#[inline]\n#[resilient] pub async fn first"));
    assert!(text.contains("    #[resilient] async fn second"));
    assert_eq!(text.replace("#[resilient] ", ""), SOURCE);
}

#[test]
fn a_public_function_without_types_has_a_root_that_polls_it() {
    let source =
        "impl A<'_> { pub async fn get<'a>(&self, mut x: &'a str) -> Result<(), ()> { Ok(()) } }
        pub async fn any(x: impl Debug) -> Result<(), ()> { Ok(()) }
        async fn private() -> Result<(), ()> { Ok(()) }
        impl<T> B<T> { pub async fn get(&self) -> Result<(), ()> { Ok(()) } }
        impl C for D { async fn get(&self) -> Result<(), ()> { Ok(()) } }";
    let roots = find(source)
        .into_iter()
        .filter_map(|function| function.root);
    let root = " #[allow(warnings)] pub fn resilient_root_get<'a>(&self, a1: &'a str) \
                { crate::resilient_poll(Self::get(self, a1)) }";
    assert_eq!(roots.collect::<Vec<_>>(), [root]);
}

#[test]
fn a_file_that_is_no_module_has_no_functions() {
    assert!(find("[1, 2, 3]").is_empty());
}

#[test]
fn a_function_that_compiled_before_is_worse_and_one_more_that_compiles_is_not() {
    let before = Failing::parse("4 functions, 2 do not compile\n2 src/lib.rs send\n");
    let now = Failing::parse("4 functions, 2 do not compile\n1 src/lib.rs send\n1 src/a.rs get\n");
    assert_eq!(Failing::parse(&before.text()), before);
    assert_eq!(before.worse_than(&before), Vec::<String>::new());
    let worse = now.worse_than(&before);
    assert_eq!(worse, ["src/a.rs get: 1 do not compile, 0 before"]);
    let fewer = Failing::default().worse_than(&before);
    assert_eq!(fewer, ["0 functions are tried, 4 were before"]);
}

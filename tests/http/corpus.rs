//! Replays the corpus of the fuzzer.

#[path = "../fuzz/input.rs"]
mod input;

#[test]
fn f32_the_corpus_of_the_fuzzer_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/answer");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        input::feed(&std::fs::read(path).unwrap());
        replayed += 1;
    }
    assert!(replayed > 50, "{replayed}");
}

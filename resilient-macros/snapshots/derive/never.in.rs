#[derive(Classify)]
enum Never {}

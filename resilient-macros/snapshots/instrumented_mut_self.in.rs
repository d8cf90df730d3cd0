#[resilient]
async fn f(&mut self) -> Result<(), Error> {
    use std::fmt::{self};
    let future = async move { self.count += 1; self::send().await };
    Instrument::instrument(future, span).await
}

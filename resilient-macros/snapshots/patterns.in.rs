#[resilient]
async fn f((a, b): (u8, u8), Point { x, y }: &Point, (c, d): &mut (u8, u8), ref e: String, r#type: String) -> Result<(), Error> {
    Ok(())
}

#[resilient(attempts = Self::TRIES)]
pub async unsafe fn f<'a, T: AsRef<str> + Clone, const N: usize>(input: T, f: impl Fn() -> u8 + Clone, rest: &'a [u8; N]) -> Result<impl Stream<Item = &'a u8>, Box<dyn Error + Send + Sync>>
where
    T: Send,
{
    #![allow(unused)]
    body(input, f, rest)
}

#[resilient]
#[allow(clippy::async_yields_async)]
fn chat<'life0, 'life1, 'async_trait>(&'life0 mut self, url: &'life1 str, prompt: String) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<Reply, Error>> + ::core::marker::Send + 'async_trait>>
where
    'life0: 'async_trait,
    'life1: 'async_trait,
    Self: 'async_trait,
{
    Box::pin(async move {
        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<Result<Reply, Error>> {
            return __ret;
        }
        let mut __self = self;
        let prompt = prompt;
        let __ret: Result<Reply, Error> = { __self.send(url, prompt).await };
        __ret
    })
}

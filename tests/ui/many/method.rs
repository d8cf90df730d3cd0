//! With a mistake in the attribute, methods stay as written: their calls cause no further errors.

use resilient_runtime::resilient;
use std::io;

trait Api {
    async fn get(&mut self, path: String) -> io::Result<u16>;
}

struct Client(u16);

impl Client {
    /// Documented.
    #[resilient(timeout = 30, by_ref(paths))]
    #[must_use]
    pub(crate) async fn fetch<'a, T: AsRef<str> + Clone>(&'a self, path: T) -> io::Result<&'a u16> {
        drop(path);
        Ok(&self.0)
    }
}

impl Api for Client {
    #[resilient(atempts = 3)]
    async fn get(&mut self, mut path: String) -> io::Result<u16> {
        path.push('/');
        self.0 += 1;
        self.fetch(path).await.copied()
    }
}

async fn caller(client: &mut Client) -> io::Result<u16> {
    client.get(String::new()).await?;
    client.fetch("a").await.copied()
}

fn main() {
    let _ = caller(&mut Client(0));
}

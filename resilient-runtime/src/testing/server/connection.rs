//! The common part of all connections, and the choice of a protocol by the first bytes of a
//! connection.

use super::{Answer, ReceivedRequest, answer::Kind, fail, http1, http2, script::Scripts, tls};
use std::{
    future::{pending, poll_fn},
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// The first byte of a TLS record with a handshake.
const TLS_HANDSHAKE: u8 = 0x16;
/// HTTP/2 begins with `PRI * HTTP/2.0`, and no method of HTTP/1 with these letters.
const HTTP2: [u8; 3] = *b"PRI";

#[derive(Debug)]
pub(super) struct Shared {
    scripts: Mutex<Scripts>,
    /// Here, so that the port can be closed while the task that accepts still exists.
    listener: Mutex<Option<TcpListener>>,
    tls: OnceLock<Arc<ServerConfig>>,
}

impl Shared {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self {
            scripts: Mutex::default(),
            listener: Mutex::new(Some(listener)),
            tls: OnceLock::new(),
        }
    }

    pub(super) fn scripts(&self) -> MutexGuard<'_, Scripts> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listener(&self) -> MutexGuard<'_, Option<TcpListener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close(&self) {
        self.listener().take();
    }

    #[track_caller]
    pub(super) fn tls(&self) -> TlsAcceptor {
        let config = self.tls.get_or_init(|| match tls::config() {
            Ok(config) => Arc::new(config),
            Err(error) => fail(&format!("FaultyServer cannot use its certificate: {error}")),
        });
        TlsAcceptor::from(Arc::clone(config))
    }

    /// The answer to a request, after its delay. `cannot_send` says why it cannot be sent.
    pub(super) async fn answer(
        &self,
        head: http::request::Parts,
        body: Vec<u8>,
        time: Instant,
        cannot_send: impl Fn(&Kind) -> Option<&'static str>,
    ) -> Kind {
        let request = ReceivedRequest::new(head, body, time);
        let path = request.path.clone();
        let answer = self.scripts().receive(request.clone());
        // Without the lock: the function may ask for the requests so far.
        let answer = answer.to(&request);
        let Answer { kind, delay, .. } = match cannot_send(&answer.kind) {
            Some(why) => {
                let message = format!("FaultyServer cannot send {answer} to {path}: {why}");
                self.scripts().mistake(&path, message)
            }
            None => answer,
        };
        if delay > Duration::ZERO {
            sleep(delay).await;
        }
        match kind {
            Kind::Hang => pending().await,
            kind => kind,
        }
    }
}

pub(super) async fn accept(shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let next = poll_fn(|cx| match &*shared.listener() {
            Some(listener) => listener.poll_accept(cx).map(Some),
            None => Poll::Ready(None),
        });
        match next.await {
            Some(Ok((stream, _))) => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            // A connection that was closed before it was accepted.
            Some(Err(_)) => {}
            None => return,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// The client may go away at any time, which is no failure of the server.
async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let _ = match first_bytes(&stream).await {
        Ok([TLS_HANDSHAKE, ..]) => match shared.tls().accept(stream).await {
            Ok(stream) => http1::serve(stream, |stream| stream.get_ref().0, &shared).await,
            Err(error) => Err(error),
        },
        Ok(first) if first == HTTP2 => http2::serve(stream, &shared).await,
        Ok(_) => http1::serve(stream, |stream| stream, &shared).await,
        Err(error) => Err(error),
    };
}

/// Does not take them from the stream.
async fn first_bytes(stream: &TcpStream) -> io::Result<[u8; 3]> {
    let mut first = [0; 3];
    loop {
        match stream.peek(&mut first).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            3 => return Ok(first),
            // They come in one packet but for clients that write byte by byte.
            _ => sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Closing a socket with a linger time of zero sends RST instead of FIN.
pub(super) fn reset_on_close(stream: &TcpStream) -> io::Result<()> {
    #[allow(
        deprecated,
        reason = "it would block for another time than zero; `set_zero_linger` needs tokio 1.52"
    )]
    stream.set_linger(Some(Duration::ZERO))
}

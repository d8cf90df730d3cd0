//! HTTP/1.1: hyper reads requests and sends plain responses; for any other answer it gives back the
//! socket.

use super::{
    answer::Kind,
    body::{End, KEEP_ALIVE, Length, Piece, Response},
    connection::{Shared, reset_on_close},
};
use http::Request;
use hyper::{
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

/// An answer that hyper cannot send, as the error of its service.
#[derive(Debug)]
struct Raw(Kind);

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer that is written by hand")
    }
}

impl Error for Raw {}

/// Serves a connection. `tcp` is the socket below the stream.
pub(super) async fn serve<S>(
    stream: S,
    tcp: impl Fn(&S) -> &TcpStream,
    shared: &Shared,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| answer(request, shared));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else {
        return Ok(());
    };
    let Some(Raw(kind)) = error.source().and_then(|source| source.downcast_ref()) else {
        return Err(io::Error::other(error));
    };
    let mut stream = connection.into_parts().io.into_inner();
    match kind {
        Kind::Response(response) => {
            send(response, &mut stream).await?;
            match response.end {
                End::Reset => reset_on_close(tcp(&stream)),
                _ => stream.shutdown().await,
            }
        }
        Kind::Reset => reset_on_close(tcp(&stream)),
        // Closes the connection.
        _ => Ok(()),
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<http::Response<Whole>, Box<dyn Error + Send + Sync>> {
    let time = Instant::now();
    let (head, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    // To its end: closing a socket with unread bytes would reset it, and `close` must not.
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    match shared.answer(head, bytes, time, cannot_send).await {
        Kind::Response(response) if response.is_plain() => {
            let mut plain = http::Response::new(Whole(Some(response.bytes().into())));
            *plain.status_mut() = response.status;
            *plain.headers_mut() = response.headers();
            Ok(plain)
        }
        kind => Err(Raw(kind).into()),
    }
}

fn cannot_send(kind: &Kind) -> Option<&'static str> {
    let is_http2 = matches!(kind, Kind::GoAway | Kind::RefusedStream);
    is_http2.then_some(
        "the request came over HTTP/1.1; with reqwest, `http2_prior_knowledge` of the client's \
         builder chooses HTTP/2",
    )
}

/// Writes a response by hand.
async fn send<S>(response: &Response, stream: &mut S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let announced = response.announced();
    stream.write_all(&head(response, announced)).await?;
    stream.flush().await?;
    for piece in response.pieces() {
        match piece {
            Piece::Pause(pause) => sleep(pause).await,
            Piece::Bytes(bytes) if bytes.is_empty() => {}
            Piece::Bytes(bytes) => {
                let bytes = match announced {
                    Length::Known(_) => bytes,
                    Length::Open => chunk(&bytes),
                };
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
        }
    }
    match (response.end, announced) {
        (End::Complete, Length::Open) => stream.write_all(b"0\r\n\r\n").await?,
        (End::MalformedChunk, _) => stream.write_all(b"no size\r\n").await?,
        // Until the client closes the connection.
        (End::Stall, _) => while stream.read(&mut [0; 64]).await? > 0 {},
        // Until the client has closed the connection.
        (End::KeepAlives(interval), _) => loop {
            sleep(interval).await;
            stream.write_all(&chunk(KEEP_ALIVE)).await?;
            stream.flush().await?;
        },
        _ => {}
    }
    Ok(())
}

fn head(response: &Response, announced: Length) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status).into_bytes();
    for (name, value) in &response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let framing = match announced {
        Length::Known(length) => format!("content-length: {length}"),
        Length::Open => "transfer-encoding: chunked".to_owned(),
    };
    head.extend_from_slice(format!("{framing}\r\nconnection: close\r\n\r\n").as_bytes());
    head
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", bytes.len());
    [size.as_bytes(), bytes, b"\r\n"].concat()
}

/// A body that is sent at once.
struct Whole(Option<Bytes>);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

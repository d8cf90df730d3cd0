//! HTTP/2 without TLS.

use super::{
    answer::Kind,
    body::{End, KEEP_ALIVE, Length, Piece, Response},
    connection::{Shared, reset_on_close},
};
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use http::{HeaderValue, Request, header};
use std::{
    future::{pending, poll_fn},
    io,
    task::Poll,
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    task::yield_now,
    time::sleep,
};

/// A GOAWAY frame without an error, whose last processed stream is 0: its length, type 7, no flags,
/// the connection's stream 0, the last stream, the error.
/// [RFC 9113, 6.8](https://www.rfc-editor.org/rfc/rfc9113#section-6.8)
const GOAWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The frames that h2 sends.
type Data = hyper::body::Bytes;

/// Serves a connection, with many requests at a time.
pub(super) async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let (stream, mut socket) = twice(stream)?;
    let connection = h2::server::handshake(stream).await;
    let mut connection = connection.map_err(io::Error::other)?;
    let (end, mut ends) = mpsc::unbounded_channel();
    let mut answering = Vec::new();
    let ended = poll_fn(|cx| {
        loop {
            // Also sends what answers have written: first, so that an end does not overtake them.
            let accepted = connection.poll_accept(cx);
            if let Poll::Ready(accepted) = accepted {
                let Some(Ok((request, respond))) = accepted else {
                    return Poll::Ready(None);
                };
                let answer = answer(request, respond, shared, end.clone());
                answering.push(Box::pin(answer));
                continue;
            }
            answering.retain_mut(|answer| answer.as_mut().poll(cx).is_pending());
            if let Poll::Ready(kind) = ends.poll_recv(cx) {
                // The bytes written just now.
                let _ = connection.poll_accept(cx);
                return Poll::Ready(kind);
            }
            return Poll::Pending;
        }
    });
    match ended.await {
        Some(Kind::GoAway) => {
            socket.write_all(&GOAWAY).await?;
            socket.shutdown().await?;
            // Until the client closes the connection: unread bytes would reset it.
            while socket.read(&mut [0; 64]).await? > 0 {}
        }
        Some(Kind::Reset) => reset_on_close(&socket)?,
        // Closes the connection.
        _ => {}
    }
    Ok(())
}

/// Two handles of one socket: h2 does not give back its own, nor does it write this GOAWAY.
fn twice(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let stream = stream.into_std()?;
    let second = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, TcpStream::from_std(second)?))
}

/// Answers one request. An answer that ends the connection goes to `end`.
async fn answer(
    request: Request<RecvStream>,
    mut respond: SendResponse<Data>,
    shared: &Shared,
    end: mpsc::UnboundedSender<Kind>,
) -> Result<(), h2::Error> {
    let time = Instant::now();
    let (head, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        bytes.extend_from_slice(&data);
        body.flow_control().release_capacity(data.len())?;
    }
    match shared.answer(head, bytes, time, cannot_send).await {
        Kind::Response(response) => {
            let stream = respond.send_response(head_of(&response), false)?;
            send(&response, stream, &end).await
        }
        Kind::RefusedStream => {
            respond.send_reset(Reason::REFUSED_STREAM);
            Ok(())
        }
        kind => end_connection(&end, kind).await,
    }
}

/// Never ends: a stream that is dropped is reset, and its reset must not come before the end.
async fn end_connection<T>(end: &mpsc::UnboundedSender<Kind>, kind: Kind) -> T {
    let _ = end.send(kind);
    pending().await
}

fn cannot_send(kind: &Kind) -> Option<&'static str> {
    let is_chunked =
        matches!(kind, Kind::Response(response) if response.end == End::MalformedChunk);
    is_chunked.then_some("the request came over HTTP/2, which has no chunks")
}

fn head_of(response: &Response) -> http::Response<()> {
    let mut head = http::Response::new(());
    *head.status_mut() = response.status;
    *head.headers_mut() = response.headers();
    if let Length::Known(length) = response.announced() {
        let length = HeaderValue::from(length);
        head.headers_mut().insert(header::CONTENT_LENGTH, length);
    }
    head
}

async fn send(
    response: &Response,
    mut stream: SendStream<Data>,
    end: &mpsc::UnboundedSender<Kind>,
) -> Result<(), h2::Error> {
    for piece in response.pieces() {
        match piece {
            Piece::Pause(pause) => sleep(pause).await,
            Piece::Bytes(bytes) => stream.send_data(bytes.into(), false)?,
        }
    }
    match response.end {
        End::Complete | End::MalformedChunk => {
            stream.send_data(Data::new(), true)?;
        }
        End::Reset => {
            // The connection sends the data first; a reset discards what it has not sent.
            yield_now().await;
            stream.send_reset(Reason::INTERNAL_ERROR);
        }
        End::KeepAlives(interval) => loop {
            sleep(interval).await;
            stream.send_data(Data::from_static(KEEP_ALIVE), false)?;
        },
        End::HalfBody | End::Cut => end_connection(end, Kind::Close).await,
        // Until the client resets the stream or closes the connection.
        End::Stall => {
            poll_fn(|cx| stream.poll_reset(cx)).await?;
        }
    }
    Ok(())
}

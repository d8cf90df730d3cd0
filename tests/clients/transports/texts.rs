//! The texts by which TLS libraries, tunnels and databases say that they cannot connect.

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioIo},
};
use resilient_runtime::{Class, Classification, Classify, Processed};
use std::{future::ready, io};
use tokio::net::TcpStream;

/// The classification of a connector's error, by hyper-util's client.
async fn of_connector(error: fn(&'static str) -> io::Error, text: &'static str) -> Classification {
    let connector =
        tower::service_fn(move |_: http::Uri| ready(Err::<TokioIo<TcpStream>, _>(error(text))));
    let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
    let http: legacy::Client<_, Empty<Bytes>> = http;
    let failed = http.get("https://127.0.0.1/".parse().unwrap()).await;
    failed.unwrap_err().classify()
}

/// Whole texts, as the libraries write them.
const FINAL: &[&str] = &[
    "invalid peer certificate: UnknownIssuer",
    "invalid peer certificate: Expired",
    "invalid peer certificate: Revoked",
    "invalid peer certificate: certificate not valid for name \"a.invalid\"",
    "received corrupt message of type InvalidContentType",
    "received fatal alert: HandshakeFailure",
    "received fatal alert: ProtocolVersion",
    "received fatal alert: UnknownCA",
    "received fatal alert: BadCertificate",
    "received fatal alert: CertificateRequired",
    "received fatal alert: CertificateExpired",
    "received fatal alert: AccessDenied",
    "received fatal alert: UnrecognisedName",
    "received fatal alert: UnsupportedCertificate",
    "received fatal alert: InsufficientSecurity",
    "received fatal alert: NoApplicationProtocol",
    "peer is incompatible: ServerDoesNotSupportTls12Or13",
    "peer sent no certificates",
    "peer doesn't support any known protocol",
    "presented server name type wasn't supported",
    "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:\
     ../ssl/statem/statem_clnt.c:1889: (self-signed certificate)",
    "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:354:",
    "error:0A0000C6:SSL routines:tls_get_more_records:packet length too long:ssl/record.c:662:",
    "error:0A00009C:SSL routines:ssl3_get_record:http request:ssl/record/ssl3_record.c:345:",
    "error:0A000102:SSL routines:tls_process_server_hello:unsupported protocol:statem.c:1980:",
    "error:0A0000BF:SSL routines:tls_setup_handshake:no protocols available:statem_lib.c:104:",
    "error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:rec.c:1586:",
    "error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:rec.c:1586:",
    "error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:rec.c:1586:",
    "error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:rec.c:1586:",
    "error:0A000415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired:rec.c:1586:",
    "error:0A000419:SSL routines:ssl3_read_bytes:tlsv1 alert access denied:rec.c:1586:",
    "error:0A00042F:SSL routines:ssl3_read_bytes:tlsv1 alert insufficient security:rec.c:1586:",
    "error:0A000458:SSL routines:ssl3_read_bytes:tlsv1 alert unrecognized name:rec.c:1586:",
    "error:0A000460:SSL routines:ssl3_read_bytes:tlsv1 alert no application protocol:rec.c:1586:",
    "error:0A000413:SSL routines:ssl3_read_bytes:sslv3 alert unsupported certificate:rec.c:1586:",
    "La cha\u{ee}ne de certificats n'est pas de confiance. (os error -2146893019)",
    "The target principal name is incorrect. (os error -2146893022)",
    "The received certificate has expired. (os error -2146893016)",
    "An unknown error occurred while processing the certificate. (os error -2146893017)",
    "The message received was unexpected or badly formatted. (os error -2146893018)",
    "The token supplied to the function is invalid (os error -2146893048)",
    "The client and server cannot communicate (os error -2146893007)",
    "A root certificate which is not trusted by the trust provider. (os error -2146762487)",
    "The certificate's CN name does not match the passed value. (os error -2146762481)",
    "A required certificate is not within its validity period. (os error -2146762495)",
    "A certificate was explicitly revoked by its issuer. (os error -2146762484)",
    "The certificate is revoked. (os error -2146885616)",
    "The certificate was not trusted.",
    "error code -9807",
    "error code -9812",
    "error code -9813",
    "error code -9814",
    "error code -9815",
    "error code -9824",
    "error code -9831",
    "error code -9836",
    "error code -9843",
    "tunnel error: proxy authorization required",
    "proxy authentication required",
    "SOCKS error: credentials not accepted",
    "SOCKS error: server does not support user/pass authentication",
    "invalid URL, scheme is not http",
    "unsupported scheme ftp",
    "invalid dns name",
];

/// A later attempt may succeed.
const HEALING: &[&str] = &[
    "tls handshake eof",
    "received fatal alert: InternalError",
    "received fatal alert: BadRecordMac",
    "received corrupt message of type Handshake",
    "peer misbehaved: IllegalMiddleboxChangeCipherSpec",
    "cannot decrypt peer's message",
    "error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:rec.c:1586:",
    "unexpected EOF",
    "tunnel error: unsuccessful",
    "tunnel error: unexpected end of file",
    "SOCKS error: failed to create underlying connection",
    "Connection reset by peer (os error 104)",
];

#[tokio::test]
async fn f256_every_text_of_a_connection_that_cannot_be_set_up_is_known() {
    let kinds: [fn(&'static str) -> io::Error; 2] = [io::Error::other, |text| {
        io::Error::new(io::ErrorKind::InvalidData, text)
    }];
    for kind in kinds {
        for (texts, class) in [(FINAL, Class::CannotConnect), (HEALING, Class::Connect)] {
            for text in texts {
                let failure = of_connector(kind, text).await;
                let told = (failure.class, failure.processed);
                assert_eq!(told, (class, Processed::No), "{text}");
            }
        }
    }
}

/// The same text elsewhere is no failure to connect: it may be of anybody.
#[tokio::test]
async fn f256_the_texts_are_looked_for_only_where_a_connection_is_set_up() {
    for text in FINAL {
        let error = io::Error::other(*text);
        assert_eq!(error.classify().class, Class::Unknown, "{text}");
    }
}

/// Too many open files (of the process, of the machine), no buffer space, no local address, host
/// down.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_machine_short_of_resources_is_connect_through_every_client() {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    for number in [24, 23, 105, 99, 112] {
        let error = move || io::Error::from_raw_os_error(number);
        let connector =
            tower::service_fn(move |_: http::Uri| ready(Err::<TokioIo<TcpStream>, _>(error())));
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let http: legacy::Client<_, Empty<Bytes>> = http;
        let by_hyper_util = http.get("http://127.0.0.1/".parse().unwrap()).await;
        for failure in [
            by_hyper_util.unwrap_err().classify(),
            ureq::Error::Io(error()).classify(),
            sqlx::Error::Io(error()).classify(),
            redis::RedisError::from(error()).classify(),
            ConnectorError::io(error().into()).classify(),
            tonic::Status::from_error(error().into()).classify(),
        ] {
            assert_eq!(failure.class, Class::Connect, "{number}: {failure:?}");
        }
    }
}

/// TLS is required of a database that does not have it.
#[tokio::test]
async fn f257_a_database_without_tls_is_asked_once() {
    let address = resilient_clients::answering(|_| b"N".to_vec()).await;
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(address.port()).user("user");
    config.ssl_mode(tokio_postgres::config::SslMode::Require);
    let connected = config.connect(tokio_postgres::NoTls).await;
    let of_tokio_postgres = connected.err().unwrap().classify();
    let of_sqlx = |text: &str| sqlx::Error::Tls(text.into()).classify();
    for (failure, class) in [
        (of_tokio_postgres, Class::CannotConnect),
        (of_sqlx("server does not support TLS"), Class::CannotConnect),
        (
            of_sqlx("TLS upgrade required by connect options"),
            Class::CannotConnect,
        ),
        (of_sqlx("handshake failed: unexpected EOF"), Class::Connect),
    ] {
        let told = (failure.class, failure.processed);
        assert_eq!(told, (class, Processed::No), "{failure:?}");
    }
}

/// The status of a proxy tells whether it may answer otherwise.
#[test]
fn f258_a_proxy_is_judged_by_its_status_in_ureq() {
    for (status, class) in [
        (407, Class::CannotConnect),
        (403, Class::CannotConnect),
        (404, Class::CannotConnect),
        (302, Class::CannotConnect),
        (429, Class::Connect),
        (502, Class::Connect),
        (503, Class::Connect),
        (504, Class::Connect),
    ] {
        let text = format!("proxy server responded {status}/{status}");
        let failure = ureq::Error::ConnectProxyFailed(text).classify();
        assert_eq!(failure.class, class, "{status}");
    }
    let silent = ureq::Error::ConnectProxyFailed("proxy server did not respond".into());
    assert_eq!(silent.classify().class, Class::Connect);
}

//! The listener: it accepts connections within their limits and hands every request to the gateway.
//!
//! No caller may keep the others out (docs/adr/0026-requests-have-their-own-runtime.md). Every place has a time limit while nothing happens on it. Where all
//! places are taken, the connection that waited longest for a request gives way to the new one; where all of them are used, the few places of the reserve
//! are left for `/health` and the operator.

mod heads;
mod limits;
mod places;
mod stream;

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use limits::ConnectionLimits;

use self::places::{Place, Places};
use self::stream::{Arriving, Leaving, Watched};
use super::answer::refusal;
use crate::stalls;

/// Bytes of the head of a request, and of what is buffered of a body.
const BUFFER_BYTES: usize = 64 * 1024;
/// Connections that the system holds until they are accepted, if its own limit allows it: with the 128 of the standard library, a burst makes callers wait a
/// second for another try.
const BACKLOG: u32 = 4096;
/// Pause after a connection could not be accepted because the process, or the system, has no descriptor left.
const NO_DESCRIPTOR: Duration = Duration::from_millis(50);

/// Listens on an address.
///
/// # Errors
/// Another program listens there, or the address is not of this machine.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A restart listens again at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers requests until `stop`, and returns when the last one was answered; if it is dropped before, the connections are cut.
///
/// `uses_reserve` decides whether a request is answered where only connections of the reserve are left.
pub(crate) async fn serve<A, F, R>(
    listener: TcpListener,
    limits: ConnectionLimits,
    stop: CancellationToken,
    uses_reserve: R,
    answer: A,
) where
    A: Fn(Request<Body>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
    R: Fn(&Request<Incoming>) -> bool + Clone + Send + Sync + 'static,
{
    let places = Arc::new(Places::new(limits));
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let _cut = cut.clone().drop_guard();
    let mut look = interval(places.limits().look_again());
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut spare = spare();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            _ = look.tick() => {
                places.close_overdue(Instant::now());
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Without a place it is closed at once.
                if let Some(place) = places.take(peer.ip(), Instant::now()) {
                    let (stop, cut) = (stop.clone(), cut.clone());
                    let service = (uses_reserve.clone(), answer.clone());
                    let connection = connection(stream, peer, place, stop, service);
                    connections.spawn(cut.run_until_cancelled_owned(connection));
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted; connections that wait for a request are closed");
                places.make_room(Instant::now());
                // The spare descriptor lets one caller know at once, who would otherwise wait in the queue of the system.
                if spare.take().is_some()
                    && let Ok(Ok(refused)) =
                        tokio::time::timeout(NO_DESCRIPTOR, listener.accept()).await
                {
                    drop(refused);
                }
                sleep(NO_DESCRIPTOR).await;
                spare = self::spare();
            }
        }
    }
    drop(listener);
    connections.close();
    loop {
        tokio::select! {
            () = connections.wait() => return,
            _ = look.tick() => places.close_overdue(Instant::now()),
        }
    }
}

/// A descriptor that is given up when there is no other.
fn spare() -> Option<File> {
    File::open("/dev/null").ok()
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn connection<A, F, R>(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    stop: CancellationToken,
    (uses_reserve, answer): (R, A),
) where
    A: Fn(Request<Body>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
    R: Fn(&Request<Incoming>) -> bool + Clone + Send + Sync + 'static,
{
    stream::configure(&stream);
    let place = Arc::new(place);
    let service = service_fn(|request| {
        let (place, answer) = (place.clone(), answer.clone());
        let is_answered = !place.is_reserved() || uses_reserve(&request);
        async move { Ok::<_, Infallible>(exchange(request, peer, &place, is_answered, answer).await) }
    });
    let io = TokioIo::new(Watched::new(stream, place.clone()));
    let mut connection = pin!(
        http1::Builder::new()
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(io, service)
    );
    let mut stopping = false;
    loop {
        tokio::select! {
            // How a connection broke is of no use to anybody here.
            _ = connection.as_mut() => return,
            () = place.closed() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn exchange<A, F>(
    request: Request<Incoming>,
    peer: SocketAddr,
    place: &Arc<Place>,
    is_answered: bool,
    answer: A,
) -> Response<Body>
where
    A: Fn(Request<Body>) -> F,
    F: Future<Output = Response<Body>>,
{
    let under_way = place.begin();
    let answered = if let Some(refused) = heads::refused(&request) {
        closing(refused)
    } else if !is_answered {
        closing(refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "All connections that this platform takes are in use. Try again later.",
        ))
    } else {
        let (head, body) = request.into_parts();
        let (body, stalled) = if body.is_end_stream() {
            (Body::empty(), None)
        } else {
            let (body, stalled) = Arriving::new(body, place.limits());
            (Body::new(body), Some(stalled))
        };
        let mut request = Request::from_parts(head, body);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = stalls::named("a request", answer(request)).await;
        if stalled.is_some_and(|stalled| stalled.load(Ordering::SeqCst)) {
            let (pause, whole) = (place.limits().body, place.limits().whole_body);
            closing(refusal(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                &format!(
                    "The body of the request did not arrive in time: a pause may last {} seconds, and the whole body {}. Send the request again.",
                    pause.as_secs_f64(),
                    whole.as_secs_f64()
                ),
            ))
        } else if place.is_reserved() {
            closing(answered)
        } else {
            answered
        }
    };
    answered.map(|body| Body::new(Leaving::new(body, under_way)))
}

/// The connection is closed after this answer.
fn closing(mut answer: Response<Body>) -> Response<Body> {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(CONNECTION, close);
    answer
}

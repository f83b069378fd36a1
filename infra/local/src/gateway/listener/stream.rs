//! The bytes of a connection and the bodies of its requests, watched for progress.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::limits::ConnectionLimits;
use super::places::{Place, UnderWay};

/// Bytes that the system takes for a caller before it can send them. More would hide that the caller reads: the time limit of an answer
/// counts what the system takes, and its buffer can hold megabytes.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 128 * 1024;

/// Sets the options of an accepted stream. One that the system refuses changes no answer.
pub(super) fn configure(stream: &TcpStream) {
    // Small answers are whole when they are written: nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES);
}

/// A stream that tells its place what happens on it.
pub(super) struct Watched {
    stream: TcpStream,
    place: Arc<Place>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, place: Arc<Place>) -> Self {
        Self { stream, place }
    }

    fn written(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.place.has_written(result.is_ready());
        result
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.place.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.place.has_flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The body of a request; fails where no byte has come for a while, or the whole of it takes too long.
pub(super) struct Arriving {
    body: Incoming,
    limit: Duration,
    begun: Instant,
    whole: Duration,
    wait: Option<Pin<Box<Sleep>>>,
    stalled: Arc<AtomicBool>,
}

impl Arriving {
    /// A body, and whether it has failed for want of progress.
    pub(super) fn new(body: Incoming, limits: &ConnectionLimits) -> (Self, Arc<AtomicBool>) {
        let stalled = Arc::new(AtomicBool::new(false));
        let arriving = Self {
            body,
            limit: limits.body,
            begun: Instant::now(),
            whole: limits.whole_body,
            wait: None,
            stalled: stalled.clone(),
        };
        (arriving, stalled)
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let late = self.begun.elapsed() > self.whole;
        if !late && let Poll::Ready(frame) = frame {
            self.wait = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)));
        }
        if !late {
            let limit = self.limit;
            let wait = self.wait.get_or_insert_with(|| Box::pin(sleep(limit)));
            ready!(wait.as_mut().poll(context));
        }
        self.stalled.store(true, Ordering::SeqCst);
        let text = "the request's body did not come in its time";
        Poll::Ready(Some(Err(axum::Error::new(text))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; its request is under way until it is dropped.
pub(super) struct Leaving {
    body: Body,
    _under_way: UnderWay,
}

impl Leaving {
    pub(super) fn new(body: Body, under_way: UnderWay) -> Self {
        Self {
            body,
            _under_way: under_way,
        }
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A caller who reads slowly keeps its answer: with the buffer of the system, whole megabytes passed between two signs of it.
    #[tokio::test]
    async fn the_system_holds_little_that_a_caller_has_not_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let caller = TcpStream::connect(listener.local_addr().unwrap());
        let (caller, accepted) = tokio::join!(caller, listener.accept());
        let (caller, (stream, _)) = (caller.unwrap(), accepted.unwrap());
        configure(&stream);
        let options = socket2::SockRef::from(&stream);
        assert_eq!(options.tcp_notsent_lowat().unwrap(), UNSENT_BYTES);
        assert!(stream.nodelay().unwrap());
        drop(caller);
    }
}

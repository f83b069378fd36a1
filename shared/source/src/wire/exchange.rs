//! One HTTP request and its response as the blocking streams that gitoxide works with, each step within the attempt's time and
//! bytes.

use std::cell::RefCell;
use std::io::{self, BufRead, Cursor, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, Request, Response};

use super::http::{status, why};
use super::noted;
use crate::attempt::Attempt;
use crate::error::Failure;

/// One request and its response. It is sent when the first byte of the response is asked for, as its body is complete then.
pub(super) struct Exchange {
    peer: Peer,
    request: Option<Request>,
    upload: Vec<u8>,
    response: Option<Response>,
}

/// With what and whom exchanges are made, and for how long.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) client: Client,
    /// How to call the server in a message.
    pub(super) server: String,
    pub(super) attempt: Arc<Attempt>,
}

impl Exchange {
    pub(super) fn new(peer: Peer, request: Request) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            peer,
            request: Some(request),
            upload: Vec::new(),
            response: None,
        }))
    }

    fn send(&mut self) -> io::Result<&mut Response> {
        if let Some(mut request) = self.request.take() {
            if request.method() == Method::POST {
                *request.body_mut() = Some(std::mem::take(&mut self.upload).into());
            }
            let answer = self.peer.attempt.wait(self.peer.client.execute(request))?;
            let response = answer.map_err(|error| self.fail(why(error, &self.peer.server)))?;
            if let Some(reason) = status(response.status(), &self.peer.server) {
                return Err(self.fail(reason.into()));
            }
            self.response = Some(response);
        }
        self.response.as_mut().ok_or_else(noted)
    }

    fn next_chunk(&mut self) -> io::Result<Bytes> {
        let attempt = Arc::clone(&self.peer.attempt);
        let chunk = attempt.wait(self.send()?.chunk())?;
        let chunk = chunk
            .map_err(|error| self.fail(why(error, &self.peer.server)))?
            .unwrap_or_default();
        attempt.receive(chunk.len())?;
        Ok(chunk)
    }

    fn fail(&self, reason: Failure) -> io::Error {
        self.peer.attempt.note(reason);
        noted()
    }
}

/// The body of the request, written by gitoxide.
pub(super) struct Upload(pub(super) Rc<RefCell<Exchange>>);

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().upload.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The headers of the response that gitoxide looks at, as lines.
pub(super) struct Headers {
    exchange: Rc<RefCell<Exchange>>,
    lines: Option<Cursor<Vec<u8>>>,
}

impl Headers {
    pub(super) fn of(exchange: &Rc<RefCell<Exchange>>) -> Self {
        Self {
            exchange: Rc::clone(exchange),
            lines: None,
        }
    }

    fn lines(&mut self) -> io::Result<&mut Cursor<Vec<u8>>> {
        if self.lines.is_none() {
            let mut exchange = self.exchange.borrow_mut();
            let kind = exchange.send()?.headers().get(CONTENT_TYPE);
            let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            self.lines = Some(Cursor::new(
                format!("{CONTENT_TYPE}: {kind}\n").into_bytes(),
            ));
        }
        self.lines.as_mut().ok_or_else(noted)
    }
}

impl Read for Headers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lines()?.read(buffer)
    }
}

impl BufRead for Headers {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.lines()?.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Some(lines) = &mut self.lines {
            lines.consume(count);
        }
    }
}

/// The body of the response, chunk by chunk.
pub(super) struct Body {
    exchange: Rc<RefCell<Exchange>>,
    chunk: Bytes,
}

impl Body {
    pub(super) fn of(exchange: Rc<RefCell<Exchange>>) -> Self {
        Self {
            exchange,
            chunk: Bytes::new(),
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.is_empty() {
            self.chunk = self.exchange.borrow_mut().next_chunk()?;
        }
        Ok(&self.chunk)
    }

    fn consume(&mut self, count: usize) {
        self.chunk.advance(count);
    }
}

//! Every answered request of an application is in its log, once, with what was really sent: also when its answer breaks off.

use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hosting::logs::HttpRequest;
use http::header::USER_AGENT;
use http::{Request, StatusCode};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use crate::hosting::{Instance, ProcessHosting, Visit};

/// A request that is being answered.
pub(crate) struct Told {
    hosting: ProcessHosting,
    begun: Instant,
    request: HttpRequest,
}

impl Told {
    pub(crate) fn new<B>(
        hosting: &ProcessHosting,
        request: &Request<B>,
        peer: Option<IpAddr>,
    ) -> Self {
        let agent = request.headers().get(USER_AGENT);
        Self {
            hosting: hosting.clone(),
            begun: Instant::now(),
            request: HttpRequest {
                request_method: request.method().to_string(),
                request_url: request.uri().to_string(),
                status: 0,
                response_size: 0,
                user_agent: agent
                    .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned())
                    .unwrap_or_default(),
                remote_ip: peer.map(|peer| peer.to_string()),
                latency: Duration::ZERO,
                protocol: format!("{:?}", request.version()),
            },
        }
    }

    pub(crate) fn status(&mut self, status: StatusCode) {
        self.request.status = status.as_u16();
    }

    pub(crate) fn log(&mut self, instance: &Instance) {
        self.request.latency = self.begun.elapsed();
        self.hosting.log_request(instance, &self.request);
    }
}

/// The answer's body on its way to the caller; ends with an error at the deadline, and holds the instance until it is through.
pub(crate) struct ToldBody {
    body: Incoming,
    told: Told,
    visit: Visit,
    deadline: Pin<Box<Sleep>>,
}

impl ToldBody {
    pub(crate) fn new(
        body: Incoming,
        told: Told,
        visit: Visit,
        deadline: tokio::time::Instant,
    ) -> Self {
        Self {
            body,
            told,
            visit,
            deadline: Box::pin(tokio::time::sleep_until(deadline)),
        }
    }
}

impl Body for ToldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(axum::Error::new(
                "the time limit of the request passed",
            ))));
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.told.request.response_size += data.len() as u64;
        }
        frame.map_err(axum::Error::new)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ToldBody {
    fn drop(&mut self) {
        self.told.log(self.visit.instance());
    }
}

//! A request reaches the instance that serves, also in the moment of a switch or of a new port: a connection that cannot be opened
//! is tried once more with the route as it is then. After the first byte nothing is tried again.

use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use hosting::logs::HttpRequest;
use hosting::probe::connect;
use hosting::{CallError, Kind};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::net::TcpStream;
use uuid::Uuid;

use super::ProcessHosting;
use super::client::exchange_and_keep;
use super::instance::{Instance, Visit};

/// Bytes of an answer to the platform: nobody reads more of an event's or a job's answer.
const ANSWER_BYTES: usize = 1024 * 1024;

impl ProcessHosting {
    /// Opens a connection to the application; the visit may be another one than it was given, after a switch.
    pub(crate) async fn connect(
        &self,
        application: Uuid,
        visit: Visit,
    ) -> Result<(Visit, TcpStream), CallError> {
        if let Some(port) = visit.instance().awake().await
            && let Ok(stream) = connect(port).await
        {
            return Ok((visit, stream));
        }
        let visit = self.enter(application).ok_or(CallError::NotFound)?;
        visit.instance().refresh_port();
        let port = visit.instance().awake().await.ok_or(CallError::Down)?;
        let stream = connect(port).await.map_err(|_| CallError::Down)?;
        Ok((visit, stream))
    }

    /// Sends a request on a connection that is kept, for one that may be sent again; none where there is no such connection, or the
    /// application has closed it just then.
    pub(crate) async fn send_on_kept(
        &self,
        visit: &Visit,
        request: http::Request<Body>,
    ) -> Option<http::Response<Incoming>> {
        let instance = visit.instance();
        let port = instance.port()?;
        let mut sender = instance.kept.take(port)?;
        let answer = sender.send_request(request).await.ok()?;
        instance.kept.keep(port, sender);
        Some(answer)
    }

    /// Logs an answered request of the application.
    pub(crate) fn log_request(&self, instance: &Instance, request: &HttpRequest) {
        let entry = instance
            .mask
            .request(request, (self.shared.options.clock)());
        self.shared.logs.append_now(entry);
    }
}

/// [`hosting::Hosting::call`].
pub(crate) async fn call(
    hosting: &ProcessHosting,
    application: Uuid,
    request: http::Request<Bytes>,
    limit: Duration,
) -> Result<http::Response<Bytes>, CallError> {
    let begun = Instant::now();
    let visit = hosting.enter(application).ok_or(CallError::NotFound)?;
    let mut told = HttpRequest {
        request_method: request.method().to_string(),
        request_url: request.uri().to_string(),
        status: 0,
        response_size: 0,
        user_agent: header(&request, "user-agent"),
        remote_ip: None,
        latency: Duration::ZERO,
        protocol: "HTTP/1.1".to_owned(),
    };
    let request = local(request);
    let deadline = tokio::time::Instant::now() + limit;
    // An event may come twice, a tick may not (contract, section 10).
    let kept = if visit.instance().launch.kind == Kind::Event {
        let sent = hosting.send_on_kept(&visit, request.clone().map(Body::from));
        tokio::time::timeout_at(deadline, sent).await
    } else {
        Ok(None)
    };
    let (visit, answer) = match kept {
        Ok(Some(answer)) => (
            visit,
            tokio::time::timeout_at(deadline, whole(answer)).await,
        ),
        Err(passed) => (visit, Err(passed)),
        Ok(None) => {
            let (visit, stream) = hosting.connect(application, visit).await?;
            let kept = &visit.instance().kept;
            let sent = exchange_and_keep(stream, request.map(Body::from), kept);
            let answer = async { whole(sent.await.map_err(|_| CallError::Broken)?).await };
            let answer = tokio::time::timeout(limit, answer).await;
            (visit, answer)
        }
    };
    let answer = answer.unwrap_or(Err(CallError::Timeout(limit)));
    told.latency = begun.elapsed();
    told.status = match &answer {
        Ok(answer) => answer.status().as_u16(),
        Err(CallError::Timeout(_)) => 504,
        Err(_) => 502,
    };
    told.response_size = answer
        .as_ref()
        .map_or(0, |answer| answer.body().len() as u64);
    hosting.log_request(visit.instance(), &told);
    answer
}

async fn whole(answer: http::Response<Incoming>) -> Result<http::Response<Bytes>, CallError> {
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, ANSWER_BYTES)
        .collect()
        .await
        .map_err(|cause| {
            if cause.is::<LengthLimitError>() {
                CallError::TooLarge(ANSWER_BYTES)
            } else {
                CallError::Broken
            }
        })?;
    Ok(http::Response::from_parts(head, body.to_bytes()))
}

/// The request with its path alone and a `Host`, as HTTP/1.1 wants it.
fn local(request: http::Request<Bytes>) -> http::Request<Bytes> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().cloned();
    head.uri = path.map_or_else(http::Uri::default, http::Uri::from);
    head.version = http::Version::HTTP_11;
    head.headers
        .entry("host")
        .or_insert(http::HeaderValue::from_static("127.0.0.1"));
    http::Request::from_parts(head, body)
}

fn header<B>(request: &http::Request<B>, name: &str) -> String {
    let value = request.headers().get(name);
    value
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default()
}

//! An event of Lambda is a request to the application, and its answer is the event's.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::limits;
use hosting::logs::HttpRequest;
use hosting::{Kind, probe, site};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::process::Application;

/// A request as API Gateway and function URLs have it (AWS Lambda, "payload format version 2.0"); the parts that are read.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpEvent {
    pub(crate) raw_path: String,
    #[serde(default)]
    pub(crate) raw_query_string: String,
    #[serde(default)]
    pub(crate) cookies: Vec<String>,
    #[serde(default)]
    pub(crate) headers: std::collections::BTreeMap<String, String>,
    pub(crate) request_context: Context,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
}

impl HttpEvent {
    /// The path, and the query if there is one.
    fn url(&self) -> String {
        match self.raw_query_string.as_str() {
            "" => self.raw_path.clone(),
            query => format!("{}?{query}", self.raw_path),
        }
    }
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Context {
    pub(crate) http: Http,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) source_ip: Option<String>,
    #[serde(default)]
    pub(crate) protocol: Option<String>,
}

/// Answers, whatever happens.
pub(super) async fn answer(application: &Application, event: HttpEvent) -> Value {
    let begun = Instant::now();
    let told = told(&event);
    let answer = match request(&event) {
        Ok(request) => answered(application, request).await,
        Err(why) => refusal(StatusCode::BAD_REQUEST, "InvalidRequest", why),
    };
    application.log_request(&HttpRequest {
        status: answer.status().as_u16(),
        response_size: answer.body().len() as u64,
        latency: begun.elapsed(),
        ..told
    });
    event_of(answer)
}

/// What a function says whose application has no revision yet.
pub(super) fn not_deployed() -> Value {
    let text = "The application has no revision that serves yet.";
    event_of(refusal(
        StatusCode::SERVICE_UNAVAILABLE,
        "ServiceUnavailable",
        text,
    ))
}

async fn answered(application: &Application, request: Request<Full<Bytes>>) -> Response<Bytes> {
    if let Kind::Static { index_fallback } = application.loaded.launch.kind {
        return file(application, request, index_fallback).await;
    }
    if let Err(failure) = application.ready().await {
        tracing::warn!(%failure, "the application does not start");
        let text = "The application does not start; its Deployment's logs say why.";
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", text);
    }
    let broken = || {
        let text = "The application closed the connection before it answered.";
        refusal(StatusCode::BAD_GATEWAY, "BadGateway", text)
    };
    let exchanged = exchange(application.surroundings.port, request);
    let limit = match application.loaded.launch.kind {
        Kind::Job => limits::JOB_EXECUTION,
        _ => limits::APPLICATION_REQUEST,
    };
    match tokio::time::timeout(limit, exchanged).await {
        Ok(Some(answer)) => answer,
        Ok(None) => broken(),
        Err(_) => {
            let text = "The application did not answer in time.";
            refusal(StatusCode::GATEWAY_TIMEOUT, "GatewayTimeout", text)
        }
    }
}

/// The whole answer; none where the connection breaks before it is there.
async fn exchange(port: u16, request: Request<Full<Bytes>>) -> Option<Response<Bytes>> {
    let stream = probe::connect(port).await.ok()?;
    let answer = probe::exchange(stream, request).await.ok()?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.ok()?;
    Some(Response::from_parts(parts, body.to_bytes()))
}

async fn file(
    application: &Application,
    request: Request<Full<Bytes>>,
    index_fallback: bool,
) -> Response<Bytes> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let text = "A static application answers GET and HEAD only.";
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", text);
    }
    let folder = application
        .surroundings
        .tree
        .join(&application.loaded.layout.folder);
    let Some(file) = site::file_of(&folder, request.uri().path(), index_fallback).await else {
        let text = "This application has no such file.";
        return refusal(StatusCode::NOT_FOUND, "ResourceNotFound", text);
    };
    let artifact = &application.loaded.launch.artifact;
    let (parts, body) = site::send(file, artifact, request).await.into_parts();
    match body.collect().await {
        Ok(body) => Response::from_parts(parts, body.to_bytes()),
        Err(_) => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "The file cannot be read.",
        ),
    }
}

fn request(event: &HttpEvent) -> Result<Request<Full<Bytes>>, &'static str> {
    let method = Method::from_bytes(event.request_context.http.method.as_bytes());
    let uri: Result<Uri, _> = event.url().parse();
    let body = event.body.clone().unwrap_or_default();
    let body = if event.is_base64_encoded {
        STANDARD
            .decode(body)
            .map_err(|_| "The body is no Base64.")?
    } else {
        body.into_bytes()
    };
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = method.map_err(|_| "The method is no method of HTTP.")?;
    *request.uri_mut() = uri.map_err(|_| "The path is no path of a URL.")?;
    let headers = request.headers_mut();
    for (name, value) in &event.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    if !event.cookies.is_empty() {
        let cookies = HeaderValue::from_str(&event.cookies.join("; "));
        headers.extend(cookies.map(|cookies| (http::header::COOKIE, cookies)));
    }
    // The body is whole here; how it came to Lambda is nothing to the application.
    headers.remove(http::header::TRANSFER_ENCODING);
    headers.remove(http::header::CONTENT_LENGTH);
    headers
        .entry(HOST)
        .or_insert(HeaderValue::from_static("localhost"));
    Ok(request)
}

/// The request as the log has it, without its answer.
fn told(event: &HttpEvent) -> HttpRequest {
    let header = |name: HeaderName| {
        event
            .headers
            .get(name.as_str())
            .cloned()
            .unwrap_or_default()
    };
    let http = &event.request_context.http;
    HttpRequest {
        request_method: http.method.clone(),
        request_url: event.url(),
        status: 0,
        response_size: 0,
        user_agent: header(USER_AGENT),
        remote_ip: http.source_ip.clone(),
        latency: std::time::Duration::ZERO,
        protocol: http
            .protocol
            .clone()
            .unwrap_or_else(|| "HTTP/1.1".to_owned()),
    }
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let body = json!({
        "statusCode": status.as_u16(),
        "message": message,
        "errors": [{ "code": code, "message": message }],
    });
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The answer as Lambda takes it: text as it is, all else in Base64.
fn event_of(answer: Response<Bytes>) -> Value {
    let (parts, body) = answer.into_parts();
    let plain = is_text(&parts.headers)
        .then(|| String::from_utf8(body.to_vec()).ok())
        .flatten();
    let base64 = plain.is_none();
    let body = plain.unwrap_or_else(|| STANDARD.encode(&body));
    let mut headers = serde_json::Map::new();
    for name in parts.headers.keys().filter(|name| *name != SET_COOKIE) {
        let values = parts.headers.get_all(name).iter();
        let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        headers.insert(name.to_string(), values.join(", ").into());
    }
    // The answer is whole here.
    headers.remove("transfer-encoding");
    headers.remove("connection");
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    let cookies: Vec<_> = cookies.filter_map(|value| value.to_str().ok()).collect();
    json!({
        "statusCode": parts.status.as_u16(),
        "headers": headers,
        "cookies": cookies,
        "body": body,
        "isBase64Encoded": base64,
    })
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let text = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.starts_with("text/")
            || kind.ends_with("json")
            || kind.ends_with("xml")
            || kind.ends_with("javascript")
    };
    !headers.contains_key(CONTENT_ENCODING) && kind.is_none_or(text)
}

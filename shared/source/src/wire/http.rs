//! Git over HTTP: no redirects, no proxies, and for a user's URL only addresses that were checked.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gix_transport::Protocol;
use gix_transport::client::blocking_io::Transport;
use gix_transport::client::blocking_io::http;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, StatusCode, Url};

use super::exchange::{Body, Exchange, Headers, Peer, Upload};
use super::noted;
use crate::address::{LookupError, PublicOnly};
use crate::attempt::Attempt;
use crate::error::Failure;
use crate::refusal::Refusal;
use crate::remote::Trust;
use crate::unreachable::Unreachable;

const CONNECT_TIME: Duration = Duration::from_secs(10);

/// HTTP clients, made when first used, as loading the machine's root certificates takes a while.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    public: OnceLock<Client>,
    operator: OnceLock<Client>,
}

impl Clients {
    fn get(&self, trust: Trust) -> Result<Client, Failure> {
        let place = match trust {
            Trust::User => &self.public,
            Trust::Operator => &self.operator,
        };
        if let Some(client) = place.get() {
            return Ok(client.clone());
        }
        let builder = Client::builder()
            .no_proxy()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME);
        let builder = match trust {
            Trust::User => builder.https_only(true).dns_resolver(PublicOnly),
            Trust::Operator => builder,
        };
        let client = builder
            .build()
            .map_err(|error| Failure::fault("set up HTTPS", error))?;
        Ok(place.get_or_init(|| client).clone())
    }
}

/// Git's HTTP protocol on one of the clients.
pub(super) fn transport(
    url: &Url,
    trust: Trust,
    server: &str,
    clients: &Clients,
    attempt: &Arc<Attempt>,
) -> Result<Box<dyn Transport>, Failure> {
    let requests = Requests(Peer {
        client: clients.get(trust)?,
        server: server.to_owned(),
        attempt: Arc::clone(attempt),
    });
    // A password in the operator's URL becomes a header in gitoxide.
    let url = gix_url::parse(url.as_str()).map_err(|_| Refusal::UrlPath)?;
    Ok(Box::new(http::Transport::new_http(
        requests,
        url,
        Protocol::V2,
        false,
    )))
}

/// What gitoxide makes its requests with.
struct Requests(Peer);

impl Requests {
    fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> gix_error::Result<Rc<RefCell<Exchange>>> {
        let request =
            request(method, url, headers).ok_or_else(|| gix_error::Error::from_error(noted()))?;
        Ok(Exchange::new(self.0.clone(), request))
    }
}

/// A request with gitoxide's headers alone: the URL's password is in one of them already.
fn request(
    method: Method,
    url: &str,
    headers: impl IntoIterator<Item = impl AsRef<str>>,
) -> Option<Request> {
    let mut url = Url::parse(url).ok()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let mut request = Request::new(method, url);
    *request.headers_mut() = header_map(headers);
    Some(request)
}

fn header_map(lines: impl IntoIterator<Item = impl AsRef<str>>) -> HeaderMap {
    lines
        .into_iter()
        .filter_map(|line| {
            let (name, value) = line.as_ref().split_once(':')?;
            let name: HeaderName = name.parse().ok()?;
            let value: HeaderValue = value.trim().parse().ok()?;
            Some((name, value))
        })
        .collect()
}

impl http::Http for Requests {
    type Headers = Headers;
    type ResponseBody = Body;
    type PostBody = Upload;

    fn get(
        &mut self,
        url: &str,
        _base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> gix_error::Result<http::GetResponse<Headers, Body>> {
        let exchange = self.exchange(Method::GET, url, headers)?;
        Ok(http::GetResponse {
            headers: Headers::of(&exchange),
            body: Body::of(exchange),
        })
    }

    fn post(
        &mut self,
        url: &str,
        _base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _body: http::PostBodyDataKind,
    ) -> gix_error::Result<http::PostResponse<Headers, Body, Upload>> {
        let exchange = self.exchange(Method::POST, url, headers)?;
        Ok(http::PostResponse {
            post_body: Upload(Rc::clone(&exchange)),
            headers: Headers::of(&exchange),
            body: Body::of(exchange),
        })
    }

    fn configure(&mut self, _config: &dyn std::any::Any) -> gix_error::Result {
        Ok(())
    }
}

/// The reason for a status other than 200.
pub(super) fn status(status: StatusCode, server: &str) -> Option<Unreachable> {
    let server = server.to_owned();
    match status.as_u16() {
        200 => None,
        300..=399 => Some(Unreachable::Redirected { server }),
        status @ (401 | 403 | 404 | 410) => Some(Unreachable::Denied { server, status }),
        status => Some(Unreachable::Status { server, status }),
    }
}

/// The reason for a failed request; its URL may hold what nobody is told.
pub(super) fn why(error: reqwest::Error, server: &str) -> Failure {
    let error = error.without_url();
    let server = server.to_owned();
    let mut causes = std::iter::successors(
        Some(&error as &(dyn std::error::Error + 'static)),
        |error| error.source(),
    );
    let reason = causes.find_map(|cause| match cause.downcast_ref::<LookupError>() {
        Some(LookupError::Unknown) => Some(
            Unreachable::UnknownHost {
                server: server.clone(),
            }
            .into(),
        ),
        Some(LookupError::NotPublic) => Some(Refusal::NotPublic(server.clone()).into()),
        // rustls says this of every certificate that it does not take.
        None if cause.to_string().starts_with("invalid peer certificate") => Some(
            Unreachable::Certificate {
                server: server.clone(),
            }
            .into(),
        ),
        None => None,
    });
    reason.unwrap_or_else(|| {
        let reason = if error.is_connect() {
            Unreachable::Connect { server }
        } else {
            Unreachable::Broken
        };
        Failure::Unreachable(reason, Some(Box::new(error)))
    })
}

//! Hosts of applications. Each application is reached by a host of its own, so that browsers keep its pages apart from the API and from
//! all other applications.

use http::Request;
use http::header::HOST;
use uuid::Uuid;

/// The domain of the hosts that need no configuration: browsers resolve every name below it to their own machine (RFC 6761).
pub(crate) const LOCAL: &str = "localhost";
/// Length of a UUID with hyphens, the one form that names an application in a host.
const ID_LENGTH: usize = 36;

/// The domains whose subdomains are hosts of applications.
pub(super) struct Hosts {
    /// The operator's domain, beside [`LOCAL`].
    pub(super) domain: Option<String>,
}

impl Hosts {
    /// Returns the application whose host a request is for; none if it is for the gateway itself.
    pub(super) fn application<B>(&self, request: &Request<B>) -> Option<Uuid> {
        let host = host_of(request)?;
        let domains = [Some(LOCAL), self.domain.as_deref()];
        domains.into_iter().flatten().find_map(|domain| {
            let label = label_below(host, domain)?;
            let id = Uuid::try_parse(label).ok();
            id.filter(|_| label.len() == ID_LENGTH)
        })
    }
}

/// Returns the host and port that a request is for: those of its URL if it has any (HTTP/2; RFC 9112, section 3.2.2), else of `Host`.
pub(crate) fn host_of<B>(request: &Request<B>) -> Option<&str> {
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    authority.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// Returns the one label before `domain` in a host with or without a port, such as `a` of `a.localhost:8787`.
pub(crate) fn label_below<'a>(host: &'a str, domain: &str) -> Option<&'a str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    let name = name.strip_suffix('.').unwrap_or(name);
    let (label, rest) = name.split_once('.')?;
    rest.eq_ignore_ascii_case(domain).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts {
            domain: Some("apps.example.com".to_owned()),
        }
    }

    fn named(host: &str) -> Option<Uuid> {
        let request = Request::get("/").header(HOST, host).body(()).unwrap();
        hosts().application(&request)
    }

    #[test]
    fn an_id_before_one_of_the_domains_names_an_application() {
        let id = Uuid::from_u128(7);
        for host in [
            format!("{id}.localhost:8787"),
            format!("{id}.LOCALHOST"),
            format!("{id}.localhost."),
            format!("{id}.apps.example.com"),
            format!("{id}.apps.example.com:443"),
        ] {
            assert_eq!(named(&host), Some(id), "{host}");
        }
    }

    #[test]
    fn every_other_host_is_the_gateways() {
        let id = Uuid::from_u128(7);
        for host in [
            "localhost:8787",
            "127.0.0.1:8787",
            "[::1]:8787",
            "x.localhost",
            "apps.example.com",
            "connect.example.com",
            &format!("{id}.localhost.evil.example"),
            &format!("{id}.apps.example.com.evil.example"),
            &format!("a.{id}.localhost"),
            &format!("{}.localhost", id.simple()),
            &format!("{id}.example.com"),
            &format!("{id}."),
        ] {
            assert_eq!(named(host), None, "{host}");
        }
    }

    #[test]
    fn the_host_of_the_url_goes_before_the_header() {
        let id = Uuid::from_u128(7);
        let request = |url: &str, host: &str| {
            let request = Request::get(url).header(HOST, host).body(()).unwrap();
            hosts().application(&request)
        };
        let own = format!("{id}.localhost:8787");
        assert_eq!(
            request(&format!("http://{own}/"), "localhost:8787"),
            Some(id)
        );
        assert_eq!(request("http://localhost:8787/", &own), None);
    }
}

//! Requests of web pages that a browser sends to this machine on behalf of a stranger. The addresses of `slipway dev` are known and need no
//! token, so any page that the author visits could call them.

use std::net::{IpAddr, SocketAddr};

use http::Request;
use http::header::{HOST, ORIGIN};

use crate::gateway::hosts::{self, LOCAL};

/// Returns why a request is refused whose host is a name that anybody may point to this machine; none if the host is local. A page of such
/// a name has the same origin as the answer, and could read it.
pub(super) fn foreign_host<B>(request: &Request<B>, listens: SocketAddr) -> Option<String> {
    let host = match hosts::host_of(request) {
        Some(host) => host.to_owned(),
        // Browsers always send one.
        None => String::from_utf8_lossy(request.headers().get(HOST)?.as_bytes()).into_owned(),
    };
    (!is_local(&host, listens)).then(|| {
        format!(
            "The host {host:?} is no host of this machine. Call {listens}, localhost or NAME.localhost, or listen on the address of the host with `--listen`."
        )
    })
}

/// Returns why a request is refused that a page of another site sends; none for programs, and for pages of this machine.
pub(super) fn foreign_page<B>(request: &Request<B>, listens: SocketAddr) -> Option<String> {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let foreign = header(ORIGIN.as_str()).filter(|origin| {
        let host = origin.split_once("://").map(|(_scheme, host)| host);
        !host.is_some_and(|host| is_local(host, listens))
    });
    let page = match foreign {
        Some(origin) => format!("the origin {origin:?}"),
        None if header("sec-fetch-site").is_some_and(|site| site == "cross-site") => {
            "another site".to_owned()
        }
        None => return None,
    };
    Some(format!(
        "A topic takes no requests of web pages of {page}. Publish from a program, or type `event NAME`."
    ))
}

/// True for loopback addresses, `localhost`, names below it, and the address that this gateway listens on; with or without a port.
fn is_local(host: &str, listens: SocketAddr) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|one| one.is_ascii_digit()) => name,
        _ => host,
    };
    let inside = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    if let Ok(address) = inside.unwrap_or(name).parse::<IpAddr>() {
        // At all addresses of this machine, each of them may be meant. None is a name, so nobody else can point it here.
        return address.to_canonical().is_loopback()
            || address == listens.ip()
            || listens.ip().is_unspecified();
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name.rsplit('.').next() == Some(LOCAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listens(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    fn host(host: &[u8], address: &str) -> Option<String> {
        let request = Request::get("/apps/svc").header(HOST, host);
        foreign_host(&request.body(()).unwrap(), listens(address))
    }

    #[test]
    fn a_name_that_somebody_points_to_this_machine_is_refused() {
        for name in [
            "evil.example",
            "evil.example:8788",
            "localhost.evil.example:8788",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "192.0.2.1:8788",
            "[2001:db8::1]:8788",
            "",
        ] {
            let refused = host(name.as_bytes(), "127.0.0.1:8788").unwrap_or_default();
            assert!(refused.contains(&format!("{name:?}")), "{name}: {refused}");
        }
        assert!(host(b"evil\xff.localhost.x", "127.0.0.1:8788").is_some());
        insta::assert_snapshot!(host(b"evil.example", "127.0.0.1:8788").unwrap(), @r#"The host "evil.example" is no host of this machine. Call 127.0.0.1:8788, localhost or NAME.localhost, or listen on the address of the host with `--listen`."#);
    }

    #[test]
    fn every_name_of_this_machine_is_answered() {
        for name in [
            "127.0.0.1:8788",
            "127.0.0.2",
            "[::1]:8788",
            "[::ffff:127.0.0.1]",
            "localhost",
            "LOCALHOST:8788",
            "localhost.:8788",
            "site.localhost:8788",
        ] {
            assert_eq!(host(name.as_bytes(), "127.0.0.1:8788"), None, "{name}");
        }
        assert_eq!(host(b"192.0.2.1:8788", "192.0.2.1:8788"), None);
        assert_eq!(host(b"192.0.2.1:8788", "0.0.0.0:8788"), None);
        assert!(host(b"evil.example", "0.0.0.0:8788").is_some());
        // A program that names no host is no browser.
        let request = Request::get("/apps/svc").body(()).unwrap();
        assert_eq!(foreign_host(&request, listens("127.0.0.1:8788")), None);
    }

    fn page(headers: &[(&str, &str)]) -> Option<String> {
        let mut request = Request::post("/v1/projects/slipway/topics/event:publish");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        foreign_page(&request.body(()).unwrap(), listens("127.0.0.1:8788"))
    }

    #[test]
    fn a_page_of_another_site_cannot_publish() {
        insta::assert_snapshot!(page(&[("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")]).unwrap(), @r#"A topic takes no requests of web pages of the origin "http://evil.example". Publish from a program, or type `event NAME`."#);
        insta::assert_snapshot!(page(&[("sec-fetch-site", "cross-site")]).unwrap(), @"A topic takes no requests of web pages of another site. Publish from a program, or type `event NAME`.");
        for origin in ["null", "", "http://localhost.evil.example", "localhost"] {
            assert!(page(&[("origin", origin)]).is_some(), "{origin}");
        }
    }

    #[test]
    fn programs_and_pages_of_this_machine_can_publish() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "none")],
            &[
                ("origin", "http://site.localhost:8788"),
                ("sec-fetch-site", "same-site"),
            ],
            &[("origin", "http://127.0.0.1:8788")],
        ] {
            assert_eq!(page(headers), None, "{headers:?}");
        }
    }
}

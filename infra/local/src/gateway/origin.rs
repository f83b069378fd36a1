//! Confines what the answer of an application sets in a browser. A header such as `Clear-Site-Data` holds for a whole origin, and by its path an
//! application shares the origin of the API and of all other applications; so these headers end at the gateway, and cookies are confined
//! to the application's path.

use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};

/// Headers of answers that hold for more than the document or the path that they come with.
const OF_WHOLE_ORIGINS: [&str; 14] = [
    "service-worker-allowed",
    "clear-site-data",
    "strict-transport-security",
    "alt-svc",
    // Both together send addresses of failed and successful requests of the origin to a server of the application's choice.
    "nel",
    "report-to",
    // What a browser sends with every later request of the origin.
    "accept-ch",
    "critical-ch",
    "use-as-dictionary",
    // Whether somebody is logged in at the origin, and sessions that a browser renews by itself.
    "set-login",
    "sec-session-registration",
    "secure-session-registration",
    // In which process a browser keeps the origin, for all its documents.
    "origin-agent-cluster",
    // Cookies of RFC 2965, which nothing confines.
    "set-cookie2",
];
/// Names of cookies with this beginning are accepted for the path `/` only (RFC 6265bis, section 4.1.3.2).
const WHOLE_HOST: &[u8] = b"__host-";

/// The origin at which a browser sees an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It has a host of its own.
    Own,
    /// It shares the gateway's host.
    Shared {
        /// The path that belongs to the application, such as `/apps/ID`, as the request has it.
        prefix: String,
        /// True if the request's path ends there: browsers then take `/apps`, which all applications share, for the folder of the answer.
        is_bare: bool,
    },
}

impl Origin {
    /// Returns the origin of a request that names its application by a path.
    pub(crate) fn of_path(path: &str) -> Self {
        let behind = path.strip_prefix("/apps/").unwrap_or_default();
        let prefix = path.len() - behind.find('/').map_or(0, |slash| behind.len() - slash);
        Self::Shared {
            prefix: path[..prefix].to_owned(),
            is_bare: prefix == path.len(),
        }
    }

    /// Removes from an answer what it would set for more than its application, and confines its cookies.
    pub(crate) fn confine(&self, headers: &mut HeaderMap) {
        if matches!(self, Self::Shared { .. }) {
            for name in OF_WHOLE_ORIGINS {
                headers.remove(name);
            }
        }
        let cookies: Vec<HeaderValue> = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|cookie| self.confined(cookie.as_bytes()))
            .collect();
        headers.remove(SET_COOKIE);
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
    }

    /// The cookie for this host alone and, at a shared origin, for the application's path alone; none if it cannot be set so.
    fn confined(&self, cookie: &[u8]) -> Option<HeaderValue> {
        let mut attributes = cookie.split(|byte| *byte == b';');
        let pair = attributes.next()?;
        let mut confined = pair.to_vec();
        let mut path = None;
        for attribute in attributes {
            let (name, value) = cut(attribute);
            if name.eq_ignore_ascii_case(b"domain") {
                continue;
            }
            if name.eq_ignore_ascii_case(b"path") {
                // Of several, the last one counts; one that is no absolute path stands for that of the request (RFC 6265, section 5.2.4).
                path = value.starts_with(b"/").then_some(value);
                continue;
            }
            confined.push(b';');
            confined.extend_from_slice(attribute);
        }
        let path = match self {
            Self::Own => path.map(<[u8]>::to_vec),
            Self::Shared { .. } if is_for_whole_host(pair) => return None,
            Self::Shared { prefix, is_bare } => match path {
                Some(path) => Some(below(prefix.as_bytes(), path)),
                None => is_bare.then(|| prefix.clone().into_bytes()),
            },
        };
        if let Some(path) = path {
            confined.extend_from_slice(b"; Path=");
            confined.extend_from_slice(&path);
        }
        HeaderValue::from_bytes(&confined).ok()
    }
}

/// The name and the value of an attribute.
fn cut(attribute: &[u8]) -> (&[u8], &[u8]) {
    let at = attribute.iter().position(|byte| *byte == b'=');
    let (name, value) = attribute.split_at(at.unwrap_or(attribute.len()));
    (
        name.trim_ascii(),
        value.get(1..).unwrap_or_default().trim_ascii(),
    )
}

fn is_for_whole_host(pair: &[u8]) -> bool {
    let (name, _) = cut(pair);
    name.get(..WHOLE_HOST.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(WHOLE_HOST))
}

/// The path itself if it lies below the prefix, else the same path behind the prefix.
fn below(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    match path.strip_prefix(prefix) {
        Some(rest) if rest.is_empty() || rest.starts_with(b"/") => path.to_vec(),
        _ if path == b"/" => prefix.to_vec(),
        _ => [prefix, path].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(path: &str) -> Origin {
        Origin::of_path(path)
    }

    fn cookie(origin: &Origin, cookie: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(SET_COOKIE, cookie.parse().unwrap());
        origin.confine(&mut headers);
        let confined = headers.get(SET_COOKIE)?;
        Some(confined.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_path_of_an_application_ends_behind_its_id() {
        for (path, prefix, is_bare) in [
            ("/apps/1", "/apps/1", true),
            ("/apps/1/", "/apps/1", false),
            ("/apps/1/service/2", "/apps/1", false),
        ] {
            let prefix = prefix.to_owned();
            assert_eq!(shared(path), Origin::Shared { prefix, is_bare }, "{path}");
        }
    }

    #[test]
    fn a_cookie_at_a_shared_origin_is_sent_to_its_application_alone() {
        let origin = shared("/apps/1/login");
        for (set, confined) in [
            ("a=b", "a=b"),
            ("a=b; HttpOnly; Max-Age=5", "a=b; HttpOnly; Max-Age=5"),
            ("a=b; Path=/; Secure", "a=b; Secure; Path=/apps/1"),
            ("a=b;path = /x ;HttpOnly", "a=b;HttpOnly; Path=/apps/1/x"),
            ("a=b; Path=/apps/1", "a=b; Path=/apps/1"),
            ("a=b; Path=/apps/1/x", "a=b; Path=/apps/1/x"),
            ("a=b; Path=/apps/12", "a=b; Path=/apps/1/apps/12"),
            ("a=b; Path=/apps/2", "a=b; Path=/apps/1/apps/2"),
            ("a=b; Path=/apps/1; Path=/", "a=b; Path=/apps/1"),
            ("a=b; Path=/; Path=", "a=b"),
            ("a=b; Path=\"/\"", "a=b"),
            ("a=b; DOMAIN=example.com; Path=/", "a=b; Path=/apps/1"),
            (
                "__Secure-a=b; Secure; Path=/",
                "__Secure-a=b; Secure; Path=/apps/1",
            ),
        ] {
            assert_eq!(cookie(&origin, set).as_deref(), Some(confined), "{set}");
        }
        for refused in ["__Host-a=b; Secure; Path=/", " __HOST-a=b; Secure; Path=/"] {
            assert_eq!(cookie(&origin, refused), None, "{refused}");
        }
    }

    #[test]
    fn a_cookie_of_the_address_without_a_path_is_not_one_of_all_applications() {
        let origin = shared("/apps/1");
        let confined = cookie(&origin, "a=b; HttpOnly");
        assert_eq!(confined.as_deref(), Some("a=b; HttpOnly; Path=/apps/1"));
    }

    #[test]
    fn a_cookie_at_an_origin_of_its_own_is_not_sent_to_the_hosts_beside_it() {
        for (set, confined) in [
            ("a=b; Path=/; Domain=apps.example.com", "a=b; Path=/"),
            ("__Host-a=b; Secure; Path=/", "__Host-a=b; Secure; Path=/"),
        ] {
            assert_eq!(
                cookie(&Origin::Own, set).as_deref(),
                Some(confined),
                "{set}"
            );
        }
    }

    #[test]
    fn headers_for_a_whole_origin_pass_only_where_the_origin_is_the_applications() {
        let mut headers = HeaderMap::new();
        for name in [
            "Service-Worker-Allowed",
            "Clear-Site-Data",
            "Strict-Transport-Security",
            "Alt-Svc",
            "NEL",
            "Report-To",
            "Accept-CH",
            "Critical-CH",
            "Set-Login",
            "Origin-Agent-Cluster",
            "Use-As-Dictionary",
            "Sec-Session-Registration",
            "Secure-Session-Registration",
            "Set-Cookie2",
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, HeaderValue::from_static("x"));
        }
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        let mut own = headers.clone();
        Origin::Own.confine(&mut own);
        assert_eq!(own, headers);
        shared("/apps/1/").confine(&mut headers);
        assert_eq!(headers.len(), 1, "{headers:?}");
    }

    #[test]
    fn every_one_of_several_cookies_is_confined() {
        let mut headers = HeaderMap::new();
        for cookie in ["a=1; Path=/", "__Host-b=2; Path=/", "c=3; Domain=x.example"] {
            headers.append(SET_COOKIE, cookie.parse().unwrap());
        }
        shared("/apps/1/").confine(&mut headers);
        let left: Vec<_> = headers.get_all(SET_COOKIE).iter().collect();
        assert_eq!(left, ["a=1; Path=/apps/1", "c=3"]);
    }
}

//! Values of options that are checked when they are read. Each error says what is allowed, with an example.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};

use http::Uri;

/// Reads a number of connections.
pub(super) fn connections(text: &str) -> Result<NonZeroUsize, String> {
    let error = |_| {
        format!(
            "it takes a whole number from 1 to {}, for example 500",
            usize::MAX
        )
    };
    text.parse().map_err(error)
}

/// Reads a number of requests per second.
pub(super) fn rate(text: &str) -> Result<NonZeroU32, String> {
    let error = |_| {
        format!(
            "it takes a whole number from 1 to {}, for example 500",
            u32::MAX
        )
    };
    text.parse().map_err(error)
}

/// Reads an address to listen on.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    let error = "it takes an IP address and a port, for example 127.0.0.1:8787";
    text.parse().map_err(|_| error.to_owned())
}

/// Reads the URL by which others reach the platform.
pub(super) fn url(text: &str) -> Result<String, String> {
    let is_url = |uri: &Uri| {
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        is_web && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none()
    };
    match text.parse::<Uri>() {
        Ok(uri) if is_url(&uri) && !text.contains('#') => Ok(text.to_owned()),
        _ => Err(
            "it takes a URL of http or https without a query, such as https://connect.example.com"
                .to_owned(),
        ),
    }
}

/// Reads a domain such as `apps.example.com`.
pub(super) fn application_domain(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        let plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
        let edge = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !edge && label.chars().all(plain)
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_address = last.chars().all(|one| one.is_ascii_digit());
    if text.contains('.') && text.split('.').all(is_label) && !is_address {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("it takes a domain of two or more labels, without scheme, port and `*`, for example `apps.example.com`. `{id}.localhost` works without this option".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_name_alone() {
        assert_eq!(
            application_domain("Apps.example.com").unwrap(),
            "apps.example.com"
        );
        for wrong in [
            "",
            "https://apps.example.com",
            "*.example.com",
            "a.example:80",
            "a..b",
            "a.",
            "com",
            "localhost",
            "127.0.0.1",
            "-a.com",
            "a-.com",
        ] {
            assert!(application_domain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_is_of_http_and_has_no_query() {
        for right in [
            "https://connect.example.com",
            "http://127.0.0.1:8787",
            "https://example.com/connect/",
        ] {
            assert_eq!(url(right).unwrap(), right);
        }
        for wrong in [
            "",
            "foo",
            "ftp://x",
            "http://x/y?z",
            "http://x/#y",
            "http://",
        ] {
            let error = url(wrong).unwrap_err();
            assert!(
                error.ends_with("such as https://connect.example.com"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_number_says_its_range_and_an_address_its_form() {
        for wrong in ["0", "abc", "-1", "18446744073709551616"] {
            for error in [connections(wrong).unwrap_err(), rate(wrong).unwrap_err()] {
                assert!(
                    error.starts_with("it takes a whole number from 1 to "),
                    "{error}"
                );
            }
        }
        assert_eq!(connections("500").unwrap().get(), 500);
        assert_eq!(rate("500").unwrap().get(), 500);
        let error = listen("8872").unwrap_err();
        assert!(error.ends_with("for example 127.0.0.1:8787"), "{error}");
    }
}

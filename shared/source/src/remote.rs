//! A URL becomes a place to connect to, or is refused, before anything is asked of a network.

use std::net::IpAddr;
use std::path::PathBuf;

use domain::names::RepositoryUrl;
use reqwest::Url;

use crate::address::is_public;
use crate::refusal::Refusal;

/// Where the bytes of a repository come from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Remote {
    Http {
        url: Url,
        trust: Trust,
    },
    Ssh(SshRemote),
    /// A folder on this machine: only the operator can name one.
    Local(PathBuf),
}

/// A repository behind an SSH server.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SshRemote {
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// Free of quotes and control characters.
    pub(crate) path: String,
    pub(crate) trust: Trust,
}

/// Who named the address: the user's must be public, the operator's may be anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    User,
    Operator,
}

impl Remote {
    /// The place that a user's URL names.
    pub(crate) fn of_user(url: &RepositoryUrl) -> Result<Self, Refusal> {
        let text = url.as_str();
        if has_tricky_part(text) {
            return Err(Refusal::UrlPath);
        }
        let remote = parse(text, Trust::User).ok_or(Refusal::UrlPath)?;
        let (host, port, default) = match &remote {
            Self::Http { url, .. } => (url.host_str().unwrap_or_default(), url.port(), 443),
            Self::Ssh(to) => (to.host.as_str(), to.port, 22),
            Self::Local(_) => return Err(Refusal::UrlPath),
        };
        // A literal address never reaches the resolver that checks names.
        let literal = host.parse::<IpAddr>().ok();
        match port {
            Some(port) if port != default => Err(Refusal::Port(port)),
            _ if literal.is_some_and(|address| !is_public(address)) => {
                Err(Refusal::NotPublic(host.to_owned()))
            }
            _ => Ok(remote),
        }
    }

    /// The place that the operator names: any git URL, or an absolute path.
    pub(crate) fn of_operator(url: &str) -> Option<Self> {
        parse(url, Trust::Operator)
    }

    /// How to call whoever answers, without naming what the operator mapped.
    pub(crate) fn server(&self) -> String {
        match self {
            Self::Http {
                url,
                trust: Trust::User,
            } => url.host_str().unwrap_or_default().to_owned(),
            Self::Ssh(to) if to.trust == Trust::User => to.host.clone(),
            _ => "its server".to_owned(),
        }
    }
}

/// Whether a part between slashes could climb up, or be taken for an option.
pub(crate) fn has_tricky_part(url: &str) -> bool {
    url.split(['/', ':'])
        .any(|part| part == "." || part == ".." || part.starts_with('-'))
}

fn parse(text: &str, trust: Trust) -> Option<Remote> {
    if text.chars().any(|c| c.is_control() || c == '\'') {
        return None;
    }
    if let Some(path) = text.strip_prefix("file://") {
        return (trust == Trust::Operator && path.starts_with('/'))
            .then(|| Remote::Local(path.into()));
    }
    if text.starts_with('/') {
        return (trust == Trust::Operator).then(|| Remote::Local(text.into()));
    }
    if text.starts_with("https://") || (trust == Trust::Operator && text.starts_with("http://")) {
        let url = Url::parse(text).ok()?;
        let plain = url.query().is_none() && url.fragment().is_none();
        let secret_in_clear = url.scheme() == "http" && url.password().is_some();
        return (plain && !secret_in_clear).then_some(Remote::Http { url, trust });
    }
    let (host, port, path) = match text.strip_prefix("ssh://") {
        Some(rest) => {
            let slash = rest.find('/')?;
            let (authority, path) = rest.split_at(slash);
            match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port.parse().ok()?), path),
                None => (authority, None, path),
            }
        }
        None if text.contains("://") || text.contains("::") => return None,
        None => {
            let (authority, path) = text.split_once(':')?;
            (authority, None, path)
        }
    };
    let (user, host) = host.split_once('@').unwrap_or(("git", host));
    let names =
        |text: &str| !text.is_empty() && !text.starts_with('-') && !text.contains(['/', '@', ' ']);
    let usable = names(user) && names(host) && !path.is_empty() && !path.starts_with('-');
    usable.then(|| {
        Remote::Ssh(SshRemote {
            user: user.to_owned(),
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            trust,
        })
    })
}

#[cfg(test)]
mod tests;

//! Tools come from the npm registry that this machine's own npm is set to, through that npm, and are what the registry says they are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha512};
use tokio::process::Command;

use crate::error::BuildFault;

/// Settings of this machine's npm that an install in a sandbox needs to reach the same registry.
const SETTINGS: [&str; 7] = [
    "registry",
    "cafile",
    "ca",
    "strict-ssl",
    "proxy",
    "https-proxy",
    "noproxy",
];

/// How builds reach the registry. Holds no credentials: an install runs code of strangers, who could read them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registry {
    settings: Vec<(String, String)>,
}

impl Registry {
    /// Asks this machine's npm.
    pub(crate) async fn of_this_machine(folder: &Path) -> Result<Self, BuildFault> {
        let text = npm(["config", "ls", "--json"], folder)
            .await
            .map_err(NpmError::into_fault)?;
        let config: Map<String, Value> = serde_json::from_str(&text)
            .map_err(|error| BuildFault::new("read the settings of npm", error))?;
        Ok(Self::of(&config))
    }

    fn of(config: &Map<String, Value>) -> Self {
        let settings = config
            .iter()
            .filter(|(key, _)| SETTINGS.contains(&key.as_str()) || key.ends_with(":registry"))
            .filter_map(|(key, value)| {
                let value = match value {
                    Value::String(text) => text.clone(),
                    Value::Bool(flag) => flag.to_string(),
                    _ => return None,
                };
                let safe =
                    !value.is_empty() && !value.contains(['\n', '\r']) && !holds_password(&value);
                safe.then(|| (key.clone(), value))
            })
            .collect();
        Self { settings }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.settings
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// The certificates that connections are checked with, where the machine has its own.
    pub(crate) fn certificates(&self) -> Option<PathBuf> {
        self.get("cafile").map(PathBuf::from)
    }

    /// The text of an .npmrc, which npm, pnpm and Yarn 1 read.
    pub(crate) fn npmrc(&self) -> String {
        self.settings
            .iter()
            .map(|(key, value)| format!("{key}={value}\n"))
            .collect()
    }

    /// The same for what does not read an .npmrc: Yarn 2 and later, and install scripts which download something.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        [
            ("registry", "YARN_NPM_REGISTRY_SERVER"),
            ("cafile", "YARN_HTTPS_CA_FILE_PATH"),
            ("cafile", "NODE_EXTRA_CA_CERTS"),
            ("https-proxy", "YARN_HTTPS_PROXY"),
            ("https-proxy", "HTTPS_PROXY"),
            ("proxy", "YARN_HTTP_PROXY"),
            ("proxy", "HTTP_PROXY"),
        ]
        .into_iter()
        .filter_map(|(key, name)| Some((name, self.get(key)?.to_owned())))
        .collect()
    }
}

/// How whoever asks the registry something that npm does not can reach it as npm would, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySettings {
    /// Its address.
    pub address: String,
    /// The file of certificates that its connections are checked with besides the system's.
    pub certificates: Option<PathBuf>,
    /// The proxy on the way.
    pub proxy: Option<String>,
}

impl RegistrySettings {
    /// A registry at an address, without anything on the way.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            certificates: None,
            proxy: None,
        }
    }

    /// The one that this machine's npm is set to.
    ///
    /// # Errors
    /// There is no npm, or its registry cannot be named without a password.
    pub async fn of_this_machine() -> Result<Self, BuildFault> {
        let registry = Registry::of_this_machine(&std::env::temp_dir()).await?;
        let fault = || BuildFault::new("read the settings of npm", "they name no registry");
        Ok(Self {
            address: registry.get("registry").ok_or_else(fault)?.to_owned(),
            certificates: registry.certificates(),
            proxy: registry.get("https-proxy").map(str::to_owned),
        })
    }
}

/// Whether a URL has a user or password in it.
fn holds_password(value: &str) -> bool {
    value
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next())
        .is_some_and(|authority| authority.contains('@'))
}

/// Why this machine's npm did not give something.
#[derive(Debug)]
pub(crate) enum NpmError {
    /// The registry has no such package or version.
    NotFound,
    /// Anything else.
    Fault(BuildFault),
}

impl NpmError {
    pub(crate) fn into_fault(self) -> BuildFault {
        match self {
            Self::NotFound => {
                BuildFault::new("find a package", "the npm registry does not have it")
            }
            Self::Fault(fault) => fault,
        }
    }
}

/// Fetches the tarball of a package into `folder` and checks it against the registry's own checksum.
pub(crate) async fn fetch(name: &str, version: &str, folder: &Path) -> Result<PathBuf, NpmError> {
    let what = format!("{name}@{version}");
    let pack = npm(
        [
            OsStr::new("pack"),
            OsStr::new(&what),
            OsStr::new("--loglevel=error"),
            OsStr::new("--pack-destination"),
            folder.as_os_str(),
        ],
        folder,
    );
    let view = npm(["view", &what, "dist.integrity", "--json"], folder);
    let (file, integrity) = tokio::try_join!(pack, view)?;
    let file = folder.join(file.lines().last().unwrap_or_default().trim());
    let expected = serde_json::from_str::<String>(&integrity).unwrap_or_default();
    let doing = || format!("get {what} from the npm registry");
    let fault = |error: &dyn std::fmt::Display| NpmError::Fault(BuildFault::new(doing(), error));
    let bytes = tokio::fs::read(&file)
        .await
        .map_err(|error| fault(&error))?;
    let found = format!("sha512-{}", STANDARD.encode(Sha512::digest(&bytes)));
    if found == expected {
        Ok(file)
    } else {
        Err(fault(
            &"its content does not match the checksum in the registry",
        ))
    }
}

/// How a shell, and setpriv, say that there is no such program (POSIX, XCU 2.8.2).
const NOT_FOUND: i32 = 127;

/// npm, which ends with this process even where that is killed: it would go on to download for a minute otherwise. Where the machine has
/// no setpriv (of util-linux) that knows how, it does.
fn command() -> Command {
    static WITH_US: LazyLock<bool> = LazyLock::new(|| {
        let mut tried = std::process::Command::new("setpriv");
        let tried = tried.args(["--pdeathsig", "KILL", "true"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    });
    if !*WITH_US {
        return Command::new("npm");
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "npm"]);
    command
}

/// Runs this machine's npm as its user would, and gives what it writes to stdout.
async fn npm<A: AsRef<OsStr>>(
    args: impl IntoIterator<Item = A>,
    folder: &Path,
) -> Result<String, NpmError> {
    let fault = |cause: String| NpmError::Fault(BuildFault::new("run npm", cause));
    let missing =
        |error: String| fault(format!("{error}; install Node.js with npm on this machine"));
    let output = command()
        .args(args)
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| missing(error.to_string()))?;
    if output.status.code() == Some(NOT_FOUND) {
        return Err(missing("npm was not found".to_owned()));
    }
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if ["E404", "ETARGET"].iter().any(|code| errors.contains(code)) {
        return Err(NpmError::NotFound);
    }
    let errors: Vec<&str> = errors
        .lines()
        .filter(|line| line.starts_with("npm error"))
        .collect();
    Err(fault(format!("{}; {}", output.status, errors.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_gets_the_registry_but_no_credentials() {
        let config = serde_json::json!({
            "registry": "https://registry.example/",
            "@acme:registry": "https://acme.example/",
            "//registry.example/:_authToken": "s3cret",
            "_auth": "s3cret",
            "https-proxy": "http://me:s3cret@proxy.example:8080",
            "strict-ssl": true,
            "cafile": null,
            "cache": "/home/me/.npm",
        });
        let registry = Registry::of(config.as_object().unwrap());
        insta::assert_snapshot!(registry.npmrc(), @r"
        registry=https://registry.example/
        @acme:registry=https://acme.example/
        strict-ssl=true
        ");
    }
}

//! What a bundle holds that could harm its host or its owner; the archive is read once, entry by entry, and nothing is unpacked.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use tar::Archive;

use crate::env_file::{self, is_env_file};
use crate::files::MAX_FILE_BYTES;
use crate::finding::Finding;
use crate::secrets;

/// The most that one kind of fact lists: a bundle with more has one problem, not a thousand.
const MOST: usize = 1000;

/// A dependency that ran code as it was installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallScript {
    /// `name@version`.
    pub package: String,
    /// The command.
    pub command: String,
}

/// What a dependency says of its licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// `name@version`.
    pub package: String,
    /// An SPDX expression, or what stands in its place; none where nothing stands there.
    pub licence: Option<String>,
}

/// The facts; paths are those in the archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// Bytes of all files.
    pub bytes: u64,
    /// Machine code, such as add-ons of Node.js.
    pub native: Vec<String>,
    /// Dependencies with an install script.
    pub install_scripts: Vec<InstallScript>,
    /// Files that run as their owner.
    pub setuid: Vec<String>,
    /// Files that nobody means to ship.
    pub unwanted: Vec<String>,
    /// The licence of each dependency.
    pub licences: Vec<Licence>,
    /// Credentials outside of `node_modules`.
    pub secrets: Vec<Finding>,
}

/// Reads a bundle, a gzipped tar archive.
///
/// # Errors
/// The archive is damaged, or the disk fails.
pub fn gather(archive: impl Read) -> io::Result<ImageFacts> {
    let mut facts = ImageFacts::default();
    for entry in Archive::new(GzDecoder::new(archive)).entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path()?.to_string_lossy().into_owned();
        facts.bytes += entry.size();
        if entry.header().mode()? & 0o6000 != 0 {
            note(&mut facts.setuid, &path);
        }
        if is_unwanted(&path) {
            note(&mut facts.unwanted, &path);
        }
        let of_dependency = path.contains("node_modules/");
        let read_whole = entry.size() <= MAX_FILE_BYTES && (!of_dependency || is_package(&path));
        let mut bytes = Vec::new();
        let limit = if read_whole { MAX_FILE_BYTES } else { 4 };
        entry.by_ref().take(limit).read_to_end(&mut bytes)?;
        if is_native(&bytes) {
            note(&mut facts.native, &path);
        }
        if of_dependency && read_whole {
            package(&bytes, &mut facts);
        } else if !of_dependency && facts.secrets.len() < MOST {
            if is_env_file(&path) {
                facts.secrets.extend(if read_whole {
                    secrets::scan_text(&path, &env_file::text(&bytes))
                } else {
                    vec![env_file::too_large(&path, entry.size())]
                });
            } else if read_whole && let Ok(text) = std::str::from_utf8(&bytes) {
                facts.secrets.extend(secrets::scan_text(&path, text));
            }
        }
    }
    Ok(facts)
}

fn note(list: &mut Vec<String>, path: &str) {
    if list.len() < MOST {
        list.push(path.to_owned());
    }
}

/// The package.json of a dependency itself, not one of its own folders.
fn is_package(path: &str) -> bool {
    let Some(inside) = path
        .rsplit("node_modules/")
        .next()
        .and_then(|rest| rest.strip_suffix("/package.json"))
    else {
        return false;
    };
    inside.split('/').count() == if inside.starts_with('@') { 2 } else { 1 }
}

/// ELF, Mach-O (both byte orders, and for several processors) and Windows programs, by their first bytes.
fn is_native(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 5] = [
        b"\x7fELF",
        b"\xfe\xed\xfa\xcf",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"MZ\x90\x00",
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// `.env` files, keys and git's own data, outside of dependencies; `.env.example` and its like are meant to be read.
fn is_unwanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let env = is_env_file(path);
    let key = ["id_rsa", "id_ed25519", "id_ecdsa", ".npmrc", ".netrc"].contains(&name)
        || [".pem", ".p12", ".pfx", ".jks", ".key"]
            .iter()
            .any(|end| name.ends_with(end));
    path.split('/').any(|part| part == ".git") || ((env || key) && !path.contains("node_modules/"))
}

fn package(bytes: &[u8], facts: &mut ImageFacts) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return;
    };
    let text = |pointer: &str| value.pointer(pointer).and_then(|value| value.as_str());
    let name = format!(
        "{}@{}",
        text("/name").unwrap_or("?"),
        text("/version").unwrap_or("?")
    );
    let script = [
        "/scripts/preinstall",
        "/scripts/install",
        "/scripts/postinstall",
    ]
    .iter()
    .find_map(|at| text(at));
    if let Some(command) = script.filter(|_| facts.install_scripts.len() < MOST) {
        facts.install_scripts.push(InstallScript {
            package: name.clone(),
            command: command.to_owned(),
        });
    }
    // Old packages write an object, or a list of them.
    let licence = text("/license")
        .or_else(|| text("/license/type"))
        .or_else(|| text("/licenses/0/type"));
    facts.licences.push(Licence {
        package: name,
        licence: licence.map(str::to_owned),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dependencys_own_package_json_is_read_as_one() {
        assert!(is_package("node_modules/a/package.json"));
        assert!(is_package("service/node_modules/@s/a/package.json"));
        assert!(is_package("node_modules/a/node_modules/b/package.json"));
        assert!(!is_package("node_modules/a/test/package.json"));
        assert!(!is_package("package.json"));
    }

    #[test]
    fn an_example_of_an_env_file_is_meant_to_ship() {
        assert!(is_unwanted("service/.env"));
        assert!(is_unwanted(".env.production"));
        assert!(!is_unwanted(".env.example"));
        assert!(is_unwanted("certs/server.key"));
        assert!(!is_unwanted("node_modules/x/test/server.pem"));
    }
}

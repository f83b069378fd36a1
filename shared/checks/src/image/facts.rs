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
/// The most dependencies whose licences are listed (as many as one lockfile may list would take 20 MiB).
const MAX_LICENCES: usize = 20_000;
/// The longest text of a dependency's package.json that is kept, in characters.
const MAX_TEXT: usize = 200;

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
    /// What the limits of these lists leave out; waivers do not cover it, as nobody knows what it is.
    #[serde(default)]
    pub more: MoreFacts,
}

/// Numbers of facts that are not listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreFacts {
    /// Files that run as their owner.
    pub setuid: usize,
    /// Files that nobody means to ship.
    pub unwanted: usize,
    /// Licences of dependencies.
    pub licences: usize,
    /// Credentials.
    pub secrets: usize,
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
            facts.more.setuid += note(&mut facts.setuid, &path);
        }
        if is_unwanted(&path) {
            facts.more.unwanted += note(&mut facts.unwanted, &path);
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
        } else if !of_dependency {
            let found = if is_env_file(&path) && read_whole {
                secrets::scan_text(&path, &env_file::text(&bytes))
            } else if is_env_file(&path) {
                vec![env_file::too_large(&path, entry.size())]
            } else {
                let text = std::str::from_utf8(&bytes).ok().filter(|_| read_whole);
                text.map(|text| secrets::scan_text(&path, text))
                    .unwrap_or_default()
            };
            for finding in found {
                if facts.secrets.len() < MOST {
                    facts.secrets.push(finding);
                } else {
                    facts.more.secrets += 1;
                }
            }
        }
    }
    Ok(facts)
}

/// Lists a path, if there is room; returns the number of paths that are left out, 0 or 1.
fn note(list: &mut Vec<String>, path: &str) -> usize {
    let has_room = list.len() < MOST;
    if has_room {
        list.push(path.to_owned());
    }
    usize::from(!has_room)
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
    let text = |pointer: &str| {
        let text = value.pointer(pointer).and_then(|value| value.as_str())?;
        Some(text.chars().take(MAX_TEXT).collect::<String>())
    };
    let part = |pointer: &str| text(pointer).unwrap_or_else(|| "?".to_owned());
    let name = format!("{}@{}", part("/name"), part("/version"));
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
            command,
        });
    }
    // Old packages write an object, or a list of them.
    let licence = text("/license")
        .or_else(|| text("/license/type"))
        .or_else(|| text("/licenses/0/type"));
    if facts.licences.len() == MAX_LICENCES {
        facts.more.licences += 1;
        return;
    }
    facts.licences.push(Licence {
        package: name,
        licence,
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

    /// A bundle with that many files of a name, each with this content.
    fn bundle(files: usize, name: &str, content: &str) -> Vec<u8> {
        let compressed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(compressed);
        for number in 0..files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o4755);
            let path = name.replace('#', &number.to_string());
            archive
                .append_data(&mut header, path, content.as_bytes())
                .unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn a_bundle_with_thousands_of_facts_is_known_by_the_first_ones_and_a_number() {
        let token = "token: ghp_k3JdP9sWq7LzX2vBn8MfR4tYh6GcA1eU5oIy";
        let facts = gather(bundle(MOST + 100, "keys/#.pem", token).as_slice()).unwrap();
        let listed = [
            facts.setuid.len(),
            facts.unwanted.len(),
            facts.secrets.len(),
        ];
        assert_eq!(listed, [MOST; 3]);
        let more = facts.more;
        assert_eq!([more.setuid, more.unwanted, more.secrets], [100; 3]);
        let package = format!(r#"{{"name":"{}","license":"MIT"}}"#, "x".repeat(100_000));
        let facts = gather(bundle(3, "node_modules/#/package.json", &package).as_slice()).unwrap();
        assert_eq!(facts.licences[2].package.len(), MAX_TEXT + "@?".len());
    }

    #[test]
    fn facts_that_are_not_listed_fail_although_the_listed_ones_are_waived() {
        let facts = ImageFacts {
            more: MoreFacts {
                setuid: 1,
                ..MoreFacts::default()
            },
            ..ImageFacts::default()
        };
        let policy = crate::Policy::default();
        let found = super::super::judge(&facts, None, u64::MAX, &policy, "2026-11-22");
        assert_eq!(found.len(), 1);
        assert!(policy.fails(&found[0]), "{found:?}");
    }
}

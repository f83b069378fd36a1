//! Which lockfile is an application's: the one in its folder, else one at the root of the repository, as in a workspace.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::inventory::{Inventory, MAX_LOCKFILE_BYTES, UnreadableLockfile};
use super::manifest::Manifest;
use super::{maven, npm, pnpm, yarn};

/// In the order in which npm, pnpm and yarn would be taken.
const LOCKFILES: [&str; 5] = [
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "pom.xml",
];

/// What an application depends on; none where it has no lockfile.
///
/// # Errors
/// The lockfile is too large or cannot be read as what its name says.
pub fn inventory(root: &Path, application: &str) -> Result<Option<Inventory>, UnreadableLockfile> {
    let manifest = text(root, &format!("{application}/package.json"))
        .ok()
        .flatten()
        .map(|text| Manifest::read(&text))
        .unwrap_or_default();
    for folder in [application, ""] {
        for name in LOCKFILES {
            let file = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            let Some(text) = text(root, &file)? else {
                continue;
            };
            let importer = if folder.is_empty() { application } else { "." };
            let read = match name {
                "pnpm-lock.yaml" => pnpm::read(&file, &text, importer),
                "yarn.lock" => yarn::read(&file, &text, &manifest),
                "pom.xml" => maven::read(&file, &text),
                _ => npm::read(&file, &text, &manifest.names()),
            };
            return read
                .map(Some)
                .map_err(|why| UnreadableLockfile { file, why });
        }
    }
    Ok(None)
}

fn text(root: &Path, file: &str) -> Result<Option<String>, UnreadableLockfile> {
    let unreadable = |why: String| UnreadableLockfile {
        file: file.to_owned(),
        why,
    };
    let path = root.join(file);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if !metadata.is_file() => return Ok(None),
        Ok(metadata) if metadata.len() > MAX_LOCKFILE_BYTES => {
            return Err(unreadable(format!(
                "it has {} bytes; the limit is {MAX_LOCKFILE_BYTES}",
                metadata.len()
            )));
        }
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(error.to_string())),
    }
    let mut text = String::new();
    let read =
        File::open(&path).and_then(|file| file.take(MAX_LOCKFILE_BYTES).read_to_string(&mut text));
    read.map_err(|error| unreadable(error.to_string()))?;
    Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
}

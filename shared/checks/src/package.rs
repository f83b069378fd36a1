//! The part of a package.json that can be checked before anything is installed; the file is untrusted, and any mistake in it is a fact.

use serde_json::Value;

/// The largest package.json that is read, in bytes (ours; a hundred times a large one).
pub const MAX_PACKAGE_BYTES: u64 = 1024 * 1024;

/// The longest licence that is kept, in characters: SPDX expressions are shorter.
const MAX_LICENSE: usize = 80;
/// What `npm init` writes for a test that there is not.
const PLACEHOLDER: &str = "no test specified";

/// What stands where a package.json should be.
#[derive(Debug, Clone, PartialEq)]
pub enum PackageFile {
    /// Nothing.
    Missing,
    /// A folder or a symbolic link.
    NotAFile,
    /// More than `MAX_PACKAGE_BYTES`.
    TooLarge,
    /// Not JSON, or not an object.
    Unreadable {
        /// From 1.
        line: u32,
        /// From 1; 0 for the whole line.
        column: u32,
        /// Why, in the words of the JSON parser.
        why: String,
    },
    /// A package.
    Read(Package),
}

/// What is checked of a package.json.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Package {
    /// Whether `scripts.start` holds a command.
    pub has_start: bool,
    /// The line of `scripts`, 0 where there is none.
    pub scripts_line: u32,
    /// `engines.node` and its line.
    pub node: Option<(String, u32)>,
    /// Dependencies on folders.
    pub local: Vec<LocalDependency>,
    /// `license`, cut where it is long.
    pub license: Option<String>,
    /// Whether `scripts.test` is a command other than the placeholder of `npm init`.
    pub has_tests: bool,
}

/// A dependency on a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalDependency {
    /// Its property, such as `dependencies.common`.
    pub path: String,
    /// As it is written, such as `file:../common`.
    pub target: String,
    /// From 1.
    pub line: u32,
    /// Whether the folder lies outside of the repository.
    pub leaves: bool,
}

/// Reads the package.json of an application.
pub(crate) fn read(bytes: &[u8]) -> PackageFile {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_PACKAGE_BYTES {
        return PackageFile::TooLarge;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let lines = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let why = "it is not encoded in UTF-8".to_owned();
            return PackageFile::Unreadable {
                line: number(lines),
                column: 0,
                why,
            };
        }
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => PackageFile::Read(package(text, &value)),
        Ok(_) => PackageFile::Unreadable {
            line: 1,
            column: 1,
            why: "it is not an object".to_owned(),
        },
        Err(error) => {
            let said = error.to_string();
            let why = said
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned();
            PackageFile::Unreadable {
                line: number(error.line()),
                column: number(error.column()),
                why,
            }
        }
    }
}

fn package(text: &str, value: &Value) -> Package {
    let start = value.pointer("/scripts/start").and_then(Value::as_str);
    let test = value.pointer("/scripts/test").and_then(Value::as_str);
    let node = value.pointer("/engines/node").and_then(Value::as_str);
    // An object with a type was npm's form once.
    let license = value
        .get("license")
        .map(|license| license.get("type").unwrap_or(license));
    let mut local = Vec::new();
    for section in ["dependencies", "devDependencies", "optionalDependencies"] {
        for (name, target) in value
            .get(section)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if let Some(target) = target.as_str()
                && let Some(folder) = local_folder(target)
            {
                local.push(LocalDependency {
                    path: format!("{section}.{name}"),
                    target: target.to_owned(),
                    line: line_of(text, &[section, name]),
                    leaves: leaves(folder),
                });
            }
        }
    }
    Package {
        has_start: start.is_some_and(|start| !start.trim().is_empty()),
        scripts_line: line_of(text, &["scripts"]),
        node: node.map(|range| (range.to_owned(), line_of(text, &["engines", "node"]))),
        local,
        license: license
            .and_then(Value::as_str)
            .map(|license| license.chars().take(MAX_LICENSE).collect()),
        has_tests: test.is_some_and(|test| !test.trim().is_empty() && !test.contains(PLACEHOLDER)),
    }
}

/// The folder of a dependency that is one: `file:`, `link:`, or what npm takes for a path.
fn local_folder(target: &str) -> Option<&str> {
    let prefixed = target
        .strip_prefix("file:")
        .or_else(|| target.strip_prefix("link:"));
    let path = ["./", "../", "/", "~/"]
        .iter()
        .any(|start| target.starts_with(start));
    prefixed.or_else(|| path.then_some(target))
}

/// Whether a path from an application's folder climbs above the root of the repository; an absolute one always does.
fn leaves(folder: &str) -> bool {
    if folder.starts_with(['/', '\\', '~']) || folder.contains(':') {
        return true;
    }
    // The folder of an application lies directly below the root.
    let mut level = 1_usize;
    for part in folder.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if level == 0 => return true,
            ".." => level -= 1,
            _ => level += 1,
        }
    }
    false
}

/// The line on which the last of the nested keys stands, if the text is laid out as usual; else 0.
fn line_of(text: &str, keys: &[&str]) -> u32 {
    let mut from = 0;
    for key in keys {
        let quoted = Value::from(*key).to_string();
        match text[from..].find(&quoted) {
            Some(at) => from += at + quoted.len(),
            None => return 0,
        }
    }
    number(text[..from].matches('\n').count() + 1)
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

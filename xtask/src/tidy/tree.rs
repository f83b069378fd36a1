//! What the rules look at: every text file that git tracks or would track, and the arrows between the workspace's packages.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

/// The repository, read once.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    /// Symbolic links: path from the repository's root, and target.
    pub(crate) links: Vec<(String, String)>,
    pub(crate) packages: Vec<Package>,
}

/// One text file.
pub(crate) struct File {
    /// From the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// One package of the workspace.
pub(crate) struct Package {
    /// Its folder, from the repository's root, with `/`.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One entry of a package's `[dependencies]` or `[build-dependencies]`.
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The folder of a package of this workspace; nothing for one of crates.io.
    pub(crate) folder: Option<String>,
}

impl File {
    /// Whether the file's name ends in one of these, for example `.rs`.
    pub(crate) fn ends_in(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// The lines, numbered from 1.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }
}

impl Tree {
    /// The Rust files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.ends_in(&[".rs"]))
    }

    /// The first line of a manifest that has a key, also as `key.workspace`. 1 if there is none.
    pub(crate) fn line_of(&self, path: &str, key: &str) -> usize {
        let file = self.files.iter().find(|file| file.path == path);
        let mut lines = file.into_iter().flat_map(File::numbered);
        let has_key = |line: &str| {
            let rest = line.strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        };
        lines
            .find(|(_, line)| has_key(line))
            .map_or(1, |(number, _)| number)
    }

    /// The repository in which xtask was built. Files that git ignores are not part of it; new ones are.
    pub(crate) fn of_repository() -> Result<Self> {
        let list = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let paths = command::output(command::program("git", &list))?;
        let (mut files, mut links) = (Vec::new(), Vec::new());
        for path in paths.split_terminator('\0') {
            files.extend(read(path)?);
            if let Ok(target) = fs::read_link(command::root().join(path)) {
                links.push((path.to_owned(), target.to_string_lossy().into_owned()));
            }
        }
        Ok(Self {
            files,
            links,
            packages: packages(&command::metadata()?, command::root()),
        })
    }
}

/// Nothing for what holds no text (a binary file, a link), and for a file deleted since git saw it.
fn read(path: &str) -> Result<Option<File>> {
    let place = command::root().join(path);
    if !fs::symlink_metadata(&place).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let bytes = fs::read(&place).with_context(|| format!("cannot read {path}"))?;
    let text = String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'));
    Ok(text.map(|text| File {
        path: path.to_owned(),
        text,
    }))
}

fn packages(metadata: &Value, root: &Path) -> Vec<Package> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let package = |package: &Value| Package {
        folder: folder(&package["manifest_path"], root)
            .map(|manifest| manifest.trim_end_matches("/Cargo.toml").to_owned())
            .unwrap_or_default(),
        dependencies: list(package, "dependencies")
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| Dependency {
                name: dependency["name"].as_str().unwrap_or_default().to_owned(),
                folder: folder(&dependency["path"], root),
            })
            .collect(),
    };
    list(metadata, "packages").iter().map(package).collect()
}

fn folder(path: &Value, root: &Path) -> Option<String> {
    let inside = Path::new(path.as_str()?).strip_prefix(root).ok()?;
    Some(inside.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
impl Tree {
    /// A tree in memory, without packages.
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        Self {
            files: files.iter().map(file).collect(),
            links: Vec::new(),
            packages: Vec::new(),
        }
    }

    /// A tree in memory of packages: folder, and what it depends on (`shared/…` and the like are folders, others crates).
    pub(crate) fn of_packages(packages: &[(&str, &[&str])]) -> Self {
        let dependency = |name: &&str| Dependency {
            name: name.rsplit('/').next().unwrap_or_default().to_owned(),
            folder: name
                .contains('/')
                .then(|| name.trim_start_matches('/').to_owned()),
        };
        let package = |&(folder, dependencies): &(&str, &[&str])| Package {
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        };
        Self {
            files: Vec::new(),
            links: Vec::new(),
            packages: packages.iter().map(package).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dependencies_for_tests_are_not_arrows() {
        let metadata = json!({"packages": [{
            "manifest_path": "/house/shared/web/Cargo.toml",
            "dependencies": [
                {"name": "store", "path": "/house/shared/store", "kind": null},
                {"name": "http", "kind": null},
                {"name": "insta", "kind": "dev"},
            ],
        }]});
        let packages = packages(&metadata, Path::new("/house"));
        let arrows = packages[0].dependencies.iter();
        let arrows: Vec<_> = arrows
            .map(|arrow| (arrow.name.as_str(), arrow.folder.as_deref()))
            .collect();
        assert_eq!(packages[0].folder, "shared/web");
        assert_eq!(arrows, [("store", Some("shared/store")), ("http", None)]);
    }

    #[test]
    fn the_repository_holds_its_own_sources_and_none_of_cargos() {
        let tree = Tree::of_repository().unwrap();
        assert!(
            tree.rust()
                .any(|file| file.path == "xtask/src/tidy/tree.rs")
        );
        assert!(
            !tree
                .files
                .iter()
                .any(|file| file.path.starts_with("target/"))
        );
        assert!(
            tree.packages
                .iter()
                .any(|package| package.folder == "shared/domain")
        );
    }
}

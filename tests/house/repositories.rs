//! Git repositories made of the fixtures, under an address that the platform maps to the folder where they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where every repository of the tests seems to be.
const PREFIX: &str = "https://github.com/tests/";
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/connectors");

/// The folder of repositories.
pub(crate) struct Repositories(PathBuf);

/// A file of a fixture.
pub(crate) fn fixture(path: &str) -> String {
    let path = Path::new(FIXTURES).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Repositories {
    pub(super) fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// What `--map-repository` takes.
    pub(super) fn mapping(&self) -> String {
        format!("{PREFIX}=file://{}/", self.0.display())
    }

    /// The URL of a Project's repository.
    pub(super) fn url(&self, project: &str, name: &str) -> String {
        format!("{PREFIX}{project}/{name}.git")
    }

    /// The repository of a fixture, tagged `v1`; made where it is not there yet.
    pub(super) fn make(&self, project: &str, name: &str) -> String {
        let folder = self.folder(project, name);
        if !folder.exists() {
            copy(&Path::new(FIXTURES).join(name), &folder);
            git(&folder, &["init", "--quiet", "--initial-branch=main", "."]);
            tag(&folder, "v1");
        }
        self.url(project, name)
    }

    /// Writes files and tags the commit.
    pub(super) fn commit(&self, project: &str, name: &str, files: &[(&str, &str)], new_tag: &str) {
        let folder = self.folder(project, name);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tag(&folder, new_tag);
    }

    /// Adds a symbolic link and tags the commit.
    pub(super) fn link(&self, project: &str, name: &str, path: &str, target: &str, new_tag: &str) {
        let folder = self.folder(project, name);
        std::os::unix::fs::symlink(target, folder.join(path)).unwrap();
        tag(&folder, new_tag);
    }

    /// Removes a tag.
    pub(super) fn remove_tag(&self, project: &str, name: &str, tag: &str) {
        git(&self.folder(project, name), &["tag", "--delete", tag]);
    }

    fn folder(&self, project: &str, name: &str) -> PathBuf {
        self.0.join(project).join(format!("{name}.git"))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

fn tag(folder: &Path, name: &str) {
    git(folder, &["add", "--all"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", name],
    );
    git(
        folder,
        &["tag", "--force", "--annotate", "--message", name, name],
    );
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "-c",
            "commit.gpgSign=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

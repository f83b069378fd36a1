//! A repository in a temporary folder, and a `Git` to which `https://git.test/` means that folder.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domain::names::{RepositoryUrl, Tag};
use source::{Git, GitLimits, RepositoryMap};
use tempfile::TempDir;

/// A bare repository, at `https://git.test/x.git` for [`Repository::git`].
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Self { folder };
        repository.run(&["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        repository
    }

    /// One commit of these files, tagged v1.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self::empty();
        let tree = repository.tree_of(files);
        repository.commit(&tree, "v1");
        repository
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("x.git")
    }

    /// Runs git in the repository and returns what it prints.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        self.run_with(args, b"")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> String {
        fs::create_dir_all(self.path()).unwrap();
        let mut child = Command::new("git")
            .args(["-c", "advice.nestedTag=false"])
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args([
                "-c",
                "core.protectNTFS=false",
                "-c",
                "core.protectHFS=false",
            ])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {args:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn blob(&self, content: &[u8]) -> String {
        self.run_with(&["hash-object", "-w", "--stdin"], content)
    }

    /// A folder of `mode kind id<TAB>name` lines, whose names git does not check; `-z` lets names hold anything but NUL.
    pub(crate) fn tree(&self, lines: &[String]) -> String {
        self.run_with(&["mktree", "-z"], lines.join("\0").as_bytes())
    }

    pub(crate) fn tree_of(&self, files: &[(&str, &str)]) -> String {
        let lines: Vec<_> = files
            .iter()
            .map(|(path, content)| file(path, &self.blob(content.as_bytes())))
            .collect();
        self.tree(&lines)
    }

    /// Commits a tree and tags it; returns the commit's id.
    pub(crate) fn commit(&self, tree: &str, tag: &str) -> String {
        let commit = self.run(&["commit-tree", "-m", "A commit", tree]);
        self.run(&["tag", tag, &commit]);
        commit
    }

    pub(crate) fn git(&self) -> Git {
        self.git_with(GitLimits::default())
    }

    pub(crate) fn git_with(&self, limits: GitLimits) -> Git {
        mapped(&format!("file://{}/", self.folder.path().display()), limits)
    }
}

/// A `Git` to which `https://git.test/` means `target`.
pub(crate) fn mapped(target: &str, limits: GitLimits) -> Git {
    let map = RepositoryMap::parse(&[format!("https://git.test/={target}")]).unwrap();
    Git::new(map, limits)
}

pub(crate) fn file(name: &str, id: &str) -> String {
    format!("100644 blob {id}\t{name}")
}

pub(crate) fn link(name: &str, id: &str) -> String {
    format!("120000 blob {id}\t{name}")
}

pub(crate) fn folder(name: &str, id: &str) -> String {
    format!("040000 tree {id}\t{name}")
}

pub(crate) fn url() -> RepositoryUrl {
    url_of("https://git.test/x.git")
}

pub(crate) fn url_of(text: &str) -> RepositoryUrl {
    RepositoryUrl::parse(text).unwrap()
}

pub(crate) fn tag(name: &str) -> Tag {
    Tag::parse(name).unwrap()
}

/// Text that does not compress to less than three quarters of its length.
pub(crate) fn noise(length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(letters[(state >> 32) as usize % letters.len()])
    };
    (0..length).map(|_| letter()).collect()
}

/// Every path below a folder with its kind, mode and content, sorted.
pub(crate) fn listing(folder: &Path) -> String {
    let mut lines = Vec::new();
    list(folder, folder, &mut lines);
    lines.sort();
    lines.join("\n")
}

fn list(root: &Path, folder: &Path, lines: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let shown = path.strip_prefix(root).unwrap().display().to_string();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_symlink() {
            lines.push(format!(
                "{shown} -> {}",
                path.read_link().unwrap().display()
            ));
        } else if metadata.is_dir() {
            list(root, &path, lines);
        } else {
            let executable = if metadata.permissions().mode() & 0o100 == 0 {
                ""
            } else {
                "*"
            };
            lines.push(format!(
                "{shown}{executable}: {}",
                fs::read_to_string(&path).unwrap()
            ));
        }
    }
}

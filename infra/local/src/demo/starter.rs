//! The starter connector is in the program, and becomes a git repository whose commit is the same wherever and whenever it is made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use files::TemporaryFolder;
use include_dir::{Dir, DirEntry, include_dir};

static STARTER: Dir<'_> =
    include_dir!("$CARGO_MANIFEST_DIR/../../tests/fixtures/connectors/starter");

const URL: &str = "https://github.com/slipway/starter.git";
const TAG: &str = "v1.0.0";
/// What building or testing the fixture in its place leaves there, and its .gitignore names.
const NOT_SOURCE: [&str; 3] = ["node_modules", "build", "public"];
/// Whoever runs the demo, the commit is Slipway's, and nothing is asked of a key.
const IDENTITY: [&str; 10] = [
    "-c",
    "user.name=Slipway",
    "-c",
    "user.email=demo@example.org",
    "-c",
    "core.autocrlf=false",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "tag.gpgSign=false",
];
/// A fixed time makes a fixed commit.
const DATE: &str = "2026-01-01T00:00:00Z";
/// Variables that point git at another repository or configuration, as they are set in hooks.
const ELSEWHERE: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DEFAULT_HASH",
];

/// The connector that ships with the project, as a git repository with the tag `v1.0.0`.
#[derive(Debug, Clone)]
pub struct StarterRepository {
    folder: PathBuf,
}

impl StarterRepository {
    /// Makes the repository in `folder`, in the place of the one that an earlier demo made there.
    ///
    /// # Errors
    /// The folder holds something else or cannot be written, or the program `git` is missing or fails.
    pub fn make(folder: &Path) -> anyhow::Result<Self> {
        let folder = std::path::absolute(folder)?;
        let place = folder.display().to_string();
        ensure!(
            !folder.exists() || folder.join(".git").is_dir(),
            "The folder {place} holds something else than the demo's repository; move it away, or choose another data folder"
        );
        let parent = folder
            .parent()
            .with_context(|| format!("{place} is no place for a folder"))?;
        let cannot = || {
            format!(
                "The starter connector cannot be written to {place}; choose a data folder that can be written"
            )
        };
        fs::create_dir_all(parent).with_context(cannot)?;
        // Made beside and then renamed: a repository that is there is whole.
        let new = TemporaryFolder::create_in(parent, "starter-").with_context(cannot)?;
        write(&STARTER, new.path()).with_context(cannot)?;
        commit(new.path())?;
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(cannot)?;
        }
        fs::rename(new.path(), &folder).with_context(cannot)?;
        Ok(Self { folder })
    }

    /// The address under which it is registered.
    #[must_use]
    pub fn url(&self) -> &'static str {
        URL
    }

    /// The tag of its only commit.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        TAG
    }

    /// `--map-repository`'s value that puts this folder behind the address.
    #[must_use]
    pub fn mapping(&self) -> String {
        format!("{URL}=file://{}", self.folder.display())
    }
}

fn write(tree: &Dir<'_>, root: &Path) -> std::io::Result<()> {
    for entry in tree.entries() {
        let path = entry.path();
        if path
            .file_name()
            .is_some_and(|name| NOT_SOURCE.iter().any(|not| name == *not))
        {
            continue;
        }
        match entry {
            DirEntry::Dir(folder) => {
                fs::create_dir(root.join(path))?;
                write(folder, root)?;
            }
            DirEntry::File(file) => fs::write(root.join(path), file.contents())?,
        }
    }
    Ok(())
}

fn commit(folder: &Path) -> anyhow::Result<()> {
    git(
        folder,
        &["init", "--quiet", "--initial-branch=main", "--template="],
    )?;
    git(folder, &["add", "--all"])?;
    git(
        folder,
        &[
            "commit",
            "--quiet",
            "--no-verify",
            "--message=The starter connector",
        ],
    )?;
    git(
        folder,
        &["tag", "--annotate", "--message=First release", TAG],
    )
}

fn git(folder: &Path, args: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(IDENTITY).args(args);
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C");
    command
        .env("GIT_AUTHOR_DATE", DATE)
        .env("GIT_COMMITTER_DATE", DATE);
    for variable in [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ] {
        command.env_remove(variable);
    }
    let missing = "The demo makes a git repository and needs the program `git`, which could not be started; install it (Debian: apt-get install git)";
    let done = command.output().context(missing)?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        bail!(
            "`git {}` failed while the starter connector became a repository: {}",
            args.join(" "),
            said.trim()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn read(repository: &Path, args: &[&str]) -> String {
        let done = Command::new("git")
            .arg("-C")
            .arg(repository)
            .args(args)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap()
    }

    #[test]
    fn two_demos_make_the_same_commit_under_an_annotated_tag() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("starter");
        let made = || {
            let repository = StarterRepository::make(&folder).unwrap();
            assert_eq!(
                repository.mapping(),
                format!("{URL}=file://{}", folder.display())
            );
            assert_eq!(read(&folder, &["cat-file", "-t", TAG]), "tag\n");
            assert_eq!(read(&folder, &["status", "--porcelain"]), "");
            read(&folder, &["rev-parse", "v1.0.0^{commit}"])
        };
        assert_eq!(made(), made());
        assert_eq!(
            fs::read_dir(data.path()).unwrap().count(),
            1,
            "something was left beside the repository"
        );
    }

    #[test]
    fn the_repository_holds_every_source_of_the_fixture() {
        let fixture =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/connectors/starter");
        let mut there = BTreeSet::new();
        let mut folders = vec![fixture.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if NOT_SOURCE
                    .iter()
                    .any(|not| path.file_name().unwrap() == *not)
                {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    there.insert(
                        path.strip_prefix(&fixture)
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    );
                }
            }
        }
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("starter");
        StarterRepository::make(&folder).unwrap();
        let tracked = read(&folder, &["ls-tree", "-r", "--name-only", TAG]);
        let tracked: BTreeSet<String> = tracked.lines().map(str::to_owned).collect();
        assert_eq!(
            tracked, there,
            "a file was added to the fixture: touch this file to embed it"
        );
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("letter.txt"), "dear").unwrap();
        let error = StarterRepository::make(data.path())
            .unwrap_err()
            .to_string();
        let error = error.replace(&data.path().display().to_string(), "DATA");
        insta::assert_snapshot!(error, @"The folder DATA holds something else than the demo's repository; move it away, or choose another data folder");
        assert!(data.path().join("letter.txt").exists());
    }
}

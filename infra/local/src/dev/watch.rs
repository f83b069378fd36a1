//! What was saved: the files of a working copy are looked at again and again, as their number is small and every file system can do that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::{DirEntry, WalkBuilder};
use work::Clock;

use super::values;

/// What a build makes, where no .gitignore says so.
const MADE: [&str; 6] = [".git", "node_modules", "dist", "build", "coverage", ".next"];

/// Builds in a row that write the same files, after which these are the build's own.
const REPEATED: u32 = 2;

/// Every file with its time and its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// Looks at what git would keep, and at files of values, which it would not. `made` are folders of builds beside the usual ones.
    pub(super) fn take(root: &Path, env_file: &Path, made: &[PathBuf]) -> Self {
        let made = made.to_vec();
        let ours = move |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            !MADE.contains(&name.as_ref()) && !made.iter().any(|one| one == entry.path())
        };
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .git_global(false)
            .filter_entry(ours)
            .build();
        let files = walk.flatten().filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((
                entry.into_path(),
                (metadata.modified().ok(), metadata.len()),
            ))
        });
        let mut files: BTreeMap<_, _> = files.collect();
        let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
        let values = folders.map(|folder| folder.path().join(values::FILE));
        for file in values.chain([env_file.to_owned()]) {
            if let Ok(metadata) = file.metadata() {
                files.insert(file, (metadata.modified().ok(), metadata.len()));
            }
        }
        Self(files)
    }

    /// The files that are new, gone or another's since then.
    pub(super) fn changed_since(&self, before: &Self) -> Vec<PathBuf> {
        let differs = |path: &&PathBuf| self.0.get(*path) != before.0.get(*path);
        let mut changed: Vec<PathBuf> = self.0.keys().filter(differs).cloned().collect();
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        changed.extend(gone.cloned());
        changed
    }
}

/// What was seen of a working copy.
pub(super) struct Watch {
    root: PathBuf,
    env_file: PathBuf,
    clock: Clock,
    /// What runs.
    loaded: Snapshot,
    /// The look before.
    last: Snapshot,
    /// What was loaded last, and when that had ended.
    changed: Vec<PathBuf>,
    ended: SystemTime,
    /// Whether that ran a build, and how often in a row the same files were written meanwhile.
    builds: bool,
    repeated: u32,
    /// What builds write among the sources.
    made: Vec<PathBuf>,
}

impl Watch {
    pub(super) fn begin(root: &Path, env_file: &Path, clock: &Clock) -> Self {
        let loaded = Snapshot::take(root, env_file, &[]);
        Self {
            root: root.to_owned(),
            env_file: env_file.to_owned(),
            last: loaded.clone(),
            loaded,
            changed: Vec::new(),
            builds: false,
            repeated: 0,
            ended: clock.now().0.into(),
            clock: clock.clone(),
            made: Vec::new(),
        }
    }

    /// The files that were saved, once nothing is written any more: an editor may still be at it, and a checkout writes many. `made` are
    /// folders of builds beside the usual ones.
    pub(super) fn saved(&mut self, made: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let made: Vec<PathBuf> = self.made.iter().chain(made).cloned().collect();
        let now = Snapshot::take(&self.root, &self.env_file, &made);
        self.loaded.forget(&made);
        let changed = now.changed_since(&self.loaded);
        let quiet = now == self.last;
        self.last = now;
        if changed.is_empty() || !quiet {
            return None;
        }
        self.loaded.clone_from(&self.last);
        // What the build writes each time that it runs is its own; what is saved while it runs is built again.
        let while_it_ran = self.last.is_older(&changed, self.ended);
        if self.builds && while_it_ran && changed == self.changed {
            self.repeated += 1;
        } else {
            self.repeated = 0;
        }
        if self.repeated == REPEATED {
            self.made.extend(changed);
            return None;
        }
        self.changed.clone_from(&changed);
        Some(changed)
    }

    /// What was saved has been loaded; whether a build script ran for it.
    pub(super) fn loaded(&mut self, builds: bool) {
        self.builds = builds;
        self.ended = self.clock.now().0.into();
    }
}

impl Snapshot {
    /// Leaves out what turned out to be made by builds.
    pub(super) fn forget(&mut self, made: &[PathBuf]) {
        self.0
            .retain(|path, _| !made.iter().any(|one| path.starts_with(one)));
    }

    /// Whether all of these were written before a time.
    pub(super) fn is_older(&self, files: &[PathBuf], time: SystemTime) -> bool {
        let written = files.iter().filter_map(|file| self.0.get(file)?.0);
        written.into_iter().all(|written| written <= time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_is_seen_and_what_builds_and_installs_write_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for path in ["api/index.js", "api/old.js", ".gitignore", "api/.env"] {
            write(path, "out\n.env\n");
        }
        let look = || Snapshot::take(root, &root.join(".env"), &[root.join("site/public")]);
        let before = look();
        assert_eq!(look(), before);
        for path in [
            "api/index.js",
            "api/new.js",
            "api/node_modules/x/index.js",
            "api/dist/index.js",
            "api/out/index.js",
            "site/public/index.html",
            ".git/index",
            ".env",
            "api/.env",
        ] {
            write(path, "another length\n");
        }
        std::fs::remove_file(root.join("api/old.js")).unwrap();
        let changed = look().changed_since(&before);
        let mut changed: Vec<_> = changed
            .iter()
            .map(|path| path.strip_prefix(root).unwrap().display().to_string())
            .collect();
        changed.sort();
        insta::assert_snapshot!(changed.join(" "), @".env api/.env api/index.js api/new.js api/old.js");
    }
}

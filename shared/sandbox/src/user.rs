//! The user that commands run as where the platform is root, and the files that belong to that user.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, lchown};
use std::path::{Path, PathBuf};

use files::Owner;
use rustix::fs::{Gid, Uid};

use crate::capabilities::Means;

/// A user and a group of the same number, without a name on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User(u32);

impl User {
    /// The user of every command. Debian and systemd leave 60578 to 61183 free, and the number is below 65536 so that it also exists in
    /// containers that map only that many.
    pub(crate) const DEFAULT: User = User(60_700);

    pub(crate) fn uid(self) -> Uid {
        Uid::from_raw(self.0)
    }

    pub(crate) fn gid(self) -> Gid {
        Gid::from_raw(self.0)
    }

    /// True if this user may pass through a folder to the files in it.
    fn passes(self, folder: &Metadata) -> bool {
        let bit = match () {
            () if folder.uid() == self.0 => 0o100,
            () if folder.gid() == self.0 => 0o010,
            () => 0o001,
        };
        folder.mode() & bit != 0
    }

    /// The outermost folder on the way to `path` that this user may not pass.
    pub(crate) fn closed_folder(self, path: &Path) -> Option<PathBuf> {
        let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
        folders.reverse();
        folders
            .into_iter()
            .find(|folder| fs::metadata(folder).is_ok_and(|metadata| !self.passes(&metadata)))
            .map(Path::to_owned)
    }

    /// Gives a tree to this user, as far as it belongs to root.
    ///
    /// A folder is given after all that lies in it: while the walk still descends, nobody but root can replace a part of the way by a link.
    pub(crate) fn take(self, path: &Path) -> io::Result<()> {
        let mut folders = Vec::new();
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.uid() != 0 {
                continue;
            }
            if metadata.is_dir() {
                for entry in fs::read_dir(&path)? {
                    waiting.push(entry?.path());
                }
                folders.push(path);
            } else if metadata.nlink() == 1 {
                // A second name of the file may lie outside of the tree.
                self.own(&path)?;
            }
        }
        folders.iter().rev().try_for_each(|folder| self.own(folder))
    }

    fn own(self, path: &Path) -> io::Result<()> {
        lchown(path, Some(self.0), Some(self.0))
    }

    /// The text of an `/etc/passwd` that has this user; programs that ask for their own user (as npm does) fail without one.
    pub(crate) fn passwd(self) -> String {
        let id = self.0;
        format!(
            "root:x:0:0:root:/:/bin/false\nslipway:x:{id}:{id}:slipway:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
        )
    }

    /// The text of an `/etc/group` that has this user's group.
    pub(crate) fn group(self) -> String {
        format!("root:x:0:\nslipway:x:{}:\nnogroup:x:65534:\n", self.0)
    }
}

/// The user and group that commands run as, if the platform is root; `None` if they run as the platform's own user.
///
/// Files that the platform creates in a folder that a command may write to must belong to this user; see [`files::Dir::owned_by`].
pub fn owner() -> Option<Owner> {
    let User(id) = Means::of_this_machine().user?;
    Some(Owner {
        user: id,
        group: id,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_outermost_closed_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let open = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        open(root, 0o755);
        fs::create_dir_all(root.join("a/b/c")).unwrap();
        assert_eq!(User::DEFAULT.closed_folder(&root.join("a/b/c")), None);
        open(&root.join("a/b"), 0o700);
        open(&root.join("a"), 0o750);
        assert_eq!(
            User::DEFAULT.closed_folder(&root.join("a/b/c")),
            Some(root.join("a"))
        );
        assert_eq!(User::DEFAULT.closed_folder(&root.join("a")), None);
    }

    #[test]
    fn only_the_trees_of_root_are_given_and_nothing_behind_a_link_or_a_second_name() {
        if !rustix::process::geteuid().is_root() {
            return eprintln!("SKIPPED: only root gives files away");
        }
        let folder = tempfile::tempdir().unwrap();
        let (tree, outside) = (folder.path().join("tree"), folder.path().join("outside"));
        fs::create_dir_all(tree.join("sub/of-another")).unwrap();
        fs::create_dir(&outside).unwrap();
        for file in [
            tree.join("sub/mine"),
            tree.join("sub/of-another/x"),
            outside.join("y"),
        ] {
            fs::write(file, "").unwrap();
        }
        lchown(tree.join("sub/of-another"), Some(12), Some(12)).unwrap();
        std::os::unix::fs::symlink(&outside, tree.join("sub/link")).unwrap();
        fs::hard_link(outside.join("y"), tree.join("sub/second-name")).unwrap();
        User::DEFAULT.take(&tree).unwrap();
        let owner = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
        for given in ["", "sub", "sub/mine", "sub/link"] {
            assert_eq!(owner(&tree.join(given)), 60_700, "{given}");
        }
        assert_eq!(owner(&tree.join("sub/of-another")), 12);
        for kept in [
            tree.join("sub/of-another/x"),
            outside.clone(),
            outside.join("y"),
        ] {
            assert_eq!(owner(&kept), 0, "{}", kept.display());
        }
    }
}

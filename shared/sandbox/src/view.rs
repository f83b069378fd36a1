//! A mount namespace in which an unprivileged user reaches paths that lie below folders of root that are closed to it.
//!
//! The data folder has mode 0700, and so has root's home folder. Opening them to everybody would show more than the paths of one command.
//! Instead, root covers each closed folder with an empty one, attaches the paths in it, and only then becomes the other user.

#[cfg(target_os = "linux")]
pub(crate) use linux::View;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::View;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::ffi::CString;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::{Path, PathBuf};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, RawMode, chmodat, mkdirat, openat, symlinkat};
    use rustix::io::Errno;
    use rustix::mount::{
        FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
        OpenTreeFlags, UnmountFlags, fsconfig_create, fsconfig_set_string, fsmount, fsopen,
        mount_bind, mount_change, move_mount, open_tree, unmount,
    };
    use rustix::thread::{UnshareFlags, unshare_unsafe};

    use crate::paths::Paths;
    use crate::user::User;

    /// Enough for the folders on the way to some paths.
    const SIZE: &str = "4m";

    /// The files by which programs look up users and groups.
    const ACCOUNTS: [(&std::ffi::CStr, &std::ffi::CStr); 2] = [
        (c"/proc/passwd", c"/etc/passwd"),
        (c"/proc/group", c"/etc/group"),
    ];

    /// Mounts that are made but not yet attached: a forked child only attaches them.
    #[derive(Debug)]
    pub(crate) struct View {
        /// Each mount with its place, in the order of attaching.
        mounts: Vec<(OwnedFd, CString)>,
        /// A folder with `passwd` and `group`.
        accounts: OwnedFd,
        /// These two.
        pub(crate) account_files: [OwnedFd; 2],
    }

    impl View {
        /// Prepares the mounts for the paths of one command.
        pub(crate) fn of(paths: &Paths, user: User) -> io::Result<View> {
            let mut covers = BTreeMap::new();
            let mut attached: Vec<(OwnedFd, CString)> = Vec::new();
            let mut shown: Vec<(PathBuf, PathBuf)> = paths
                .read
                .iter()
                .chain(&paths.write)
                .map(|path| (path.clone(), path.clone()))
                .chain(paths.aliases.iter().cloned())
                .collect();
            shown.sort();
            let mut within: Option<PathBuf> = None;
            for (name, real) in shown {
                let Some(closed) = user.closed_folder(&name) else {
                    continue;
                };
                let cover = match covers.entry(closed.clone()) {
                    std::collections::btree_map::Entry::Occupied(cover) => cover.into_mut(),
                    std::collections::btree_map::Entry::Vacant(place) => place.insert(empty()?),
                };
                let below = name.strip_prefix(&closed).map_err(io::Error::other)?;
                // What lies in a folder that is attached is there already.
                let is_there = within.as_ref().is_some_and(|outer| name.starts_with(outer));
                if !is_there {
                    folders(cover, below.parent().unwrap_or(Path::new("")))?;
                }
                if name.is_symlink() {
                    if !is_there {
                        symlinkat(&real, &*cover, below)?;
                    }
                    continue;
                }
                if !is_there {
                    place(cover, below, real.is_dir())?;
                    within = Some(name.clone());
                }
                let flags = OpenTreeFlags::OPEN_TREE_CLONE
                    | OpenTreeFlags::OPEN_TREE_CLOEXEC
                    | OpenTreeFlags::AT_RECURSIVE
                    | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
                attached.push((open_tree(CWD, &real, flags)?, c_string(&name)?));
            }
            let mut mounts = Vec::new();
            for (closed, cover) in covers {
                mounts.push((cover, c_string(&closed)?));
            }
            mounts.append(&mut attached);
            let accounts = empty()?;
            let account_files = [
                file(&accounts, "passwd", &user.passwd())?,
                file(&accounts, "group", &user.group())?,
            ];
            Ok(View {
                mounts,
                accounts,
                account_files,
            })
        }

        /// Moves the calling process into a mount namespace of its own with these mounts. Neither allocates nor locks.
        ///
        /// # Safety
        /// The process must have one thread.
        #[allow(unsafe_code)]
        pub(crate) unsafe fn enter(&self) -> io::Result<()> {
            // SAFETY: file descriptors stay shared with nobody, as the flag for them is not given.
            unsafe { unshare_unsafe(UnshareFlags::NEWNS)? };
            mount_change(
                c"/",
                MountPropagationFlags::REC | MountPropagationFlags::PRIVATE,
            )?;
            let attach = |mount: &OwnedFd, at: &std::ffi::CStr| {
                let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
                move_mount(mount.as_fd(), c"", CWD, at, flags)
            };
            for (mount, at) in &self.mounts {
                attach(mount, at)?;
            }
            // A folder cannot be attached to a file: for a moment, its files are bound from a place that every machine has.
            attach(&self.accounts, c"/proc")?;
            for (from, to) in ACCOUNTS {
                match mount_bind(from, to) {
                    Err(Errno::NOENT) => {}
                    bound => bound?,
                }
            }
            unmount(c"/proc", UnmountFlags::DETACH)?;
            Ok(())
        }
    }

    /// A file system in memory, attached nowhere.
    fn empty() -> io::Result<OwnedFd> {
        let context = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
        fsconfig_set_string(context.as_fd(), "size", SIZE)?;
        fsconfig_set_string(context.as_fd(), "mode", "0755")?;
        fsconfig_create(context.as_fd())?;
        let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
        Ok(fsmount(
            context.as_fd(),
            FsMountFlags::FSMOUNT_CLOEXEC,
            attributes,
        )?)
    }

    /// Makes a folder with those above it; the platform's umask may not close them.
    fn folders(root: &OwnedFd, path: &Path) -> io::Result<()> {
        let mut so_far = PathBuf::new();
        for part in path {
            so_far.push(part);
            match mkdirat(root, &so_far, Mode::RWXU) {
                Err(Errno::EXIST) => {}
                made => {
                    made?;
                    let mode = Mode::from_raw_mode(0o755);
                    chmodat(root, &so_far, mode, AtFlags::empty())?;
                }
            }
        }
        Ok(())
    }

    /// Makes what a folder or file can be attached to.
    fn place(root: &OwnedFd, path: &Path, folder: bool) -> io::Result<()> {
        if folder {
            folders(root, path)
        } else {
            file(root, path, "").map(drop)
        }
    }

    fn file(root: &OwnedFd, path: impl AsRef<Path>, text: &str) -> io::Result<OwnedFd> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
        let made = openat(root, path.as_ref(), flags, Mode::RUSR | Mode::WUSR)?;
        let readable: RawMode = 0o644;
        rustix::fs::fchmod(&made, Mode::from_raw_mode(readable))?;
        let mut made = std::fs::File::from(made);
        io::Write::write_all(&mut made, text.as_bytes())?;
        Ok(made.into())
    }

    fn c_string(path: &Path) -> io::Result<CString> {
        Ok(CString::new(path.as_os_str().as_bytes())?)
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::convert::Infallible;
    use std::io;

    use crate::paths::Paths;
    use crate::user::User;

    /// There are no mount namespaces elsewhere.
    #[derive(Debug)]
    pub(crate) struct View(Infallible);

    impl View {
        pub(crate) fn of(_: &Paths, _: User) -> io::Result<View> {
            Err(io::ErrorKind::Unsupported.into())
        }

        #[allow(unsafe_code)]
        pub(crate) unsafe fn enter(&self) -> io::Result<()> {
            match self.0 {}
        }
    }
}

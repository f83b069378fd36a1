//! A folder by its descriptor, and what can be done beneath it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

use crate::resolve::{self, about};

/// Bytes of a block as `stat` counts them, whatever the file system's own are (stat(2)).
const BLOCK: u64 = 512;

/// An open folder. Whoever may write to it cannot lead its methods elsewhere.
#[derive(Debug)]
pub struct Dir {
    folder: OwnedFd,
    owner: Option<Owner>,
}

/// The user and the group that new files belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub group: u32,
}

/// The kind of what stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// Metadata of what stands at a path, without following a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// Its kind.
    pub kind: Kind,
    /// The size of a file, in bytes.
    pub bytes: u64,
    /// The space that it takes on the disk, in bytes.
    pub disk_bytes: u64,
    /// True if its owner may execute it.
    pub executable: bool,
}

impl Dir {
    /// Opens a folder of the platform's by its path, in which links are followed as its operator made them. Call it before a stranger
    /// can write to any part of the path.
    ///
    /// # Errors
    /// There is no folder at `path`, or it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder =
            rustix::fs::open(path, flags, Mode::empty()).map_err(|error| about(path, error))?;
        Ok(Self {
            folder,
            owner: None,
        })
    }

    /// Gives what is created beneath it to `owner`; `None` leaves it with the platform's own user.
    #[must_use]
    pub fn owned_by(self, owner: Option<Owner>) -> Self {
        Self { owner, ..self }
    }

    /// A second handle of the same folder.
    ///
    /// # Errors
    /// The process has too many open files.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            folder: self.folder.try_clone()?,
            owner: self.owner,
        })
    }

    pub(crate) fn set_mode(&self, mode: u32) -> io::Result<()> {
        Ok(rustix::fs::fchmod(&self.folder, Mode::from_raw_mode(mode))?)
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }

    /// Opens a folder beneath.
    ///
    /// # Errors
    /// There is no folder, or a part of the path is a link.
    pub fn open_dir(&self, path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let folder = match resolve::open(self.fd(), path, flags, Mode::empty()) {
            // The kernel says the same of a file and of a link to a folder.
            Err(Errno::NOTDIR) if self.kind(path) == Some(Kind::Link) => Err(Errno::LOOP),
            folder => folder,
        };
        Ok(Self {
            folder: folder.map_err(|error| about(path, error))?,
            owner: self.owner,
        })
    }

    /// Opens a regular file beneath for reading. Never waits for the writer of a pipe.
    ///
    /// # Errors
    /// There is no regular file, or a part of the path is a link.
    pub fn open_file(&self, path: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = resolve::open(self.fd(), path, flags, Mode::empty())
            .map_err(|error| about(path, error))?;
        let kind = FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode);
        if kind == FileType::RegularFile {
            Ok(file.into())
        } else {
            Err(not_a_file(path))
        }
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Dir::open_file`]; and the file is larger.
    pub fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        use std::io::Read as _;
        let mut content = Vec::new();
        self.open_file(path)?
            .take(limit.saturating_add(1))
            .read_to_end(&mut content)?;
        if content.len() as u64 > limit {
            let path = path.display();
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("`{path}` has more than {limit} bytes"),
            ));
        }
        Ok(content)
    }

    /// Returns the metadata of what stands at a path beneath.
    ///
    /// # Errors
    /// Nothing is there, or a part of the path before its end is a link.
    pub fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let (parent, name) = self.parent_of(path)?;
        let stat = match name {
            Some(name) => rustix::fs::statat(parent.fd(), name, AtFlags::SYMLINK_NOFOLLOW),
            None => rustix::fs::fstat(parent.fd()),
        };
        let stat = stat.map_err(|error| about(path, error))?;
        Ok(Metadata {
            kind: Kind::of(FileType::from_raw_mode(stat.st_mode)),
            bytes: u64::try_from(stat.st_size).unwrap_or_default(),
            disk_bytes: u64::try_from(stat.st_blocks).unwrap_or_default() * BLOCK,
            executable: stat.st_mode & 0o100 != 0,
        })
    }

    /// The kind of what stands at a path beneath; `None` if nothing is there, or a part of the path before its end is a link.
    #[must_use]
    pub fn kind(&self, path: &Path) -> Option<Kind> {
        self.metadata(path).ok().map(|metadata| metadata.kind)
    }

    /// Returns the target of a link, as it is written in it.
    ///
    /// # Errors
    /// There is no link, or a part of the path before its end is one.
    pub fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        let (parent, name) = self.named(path)?;
        let target = rustix::fs::readlinkat(parent.fd(), name, Vec::new())
            .map_err(|error| about(path, error))?;
        Ok(PathBuf::from(OsStr::from_bytes(target.as_bytes())))
    }

    /// The names in the folder itself, in no order.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        self.each_name()?.collect()
    }

    /// The names one after the other, for a folder that a stranger may have filled with millions.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn each_name(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>> + use<>> {
        Ok(names_in(self.fd())?.map(|name| name.map_err(io::Error::from)))
    }

    /// Creates a file that is not there yet, for writing. `executable` sets mode 0755 instead of 0644.
    ///
    /// # Errors
    /// Something stands there already, its folder is missing, or a part of the path is a link.
    pub fn create_file(&self, path: &Path, executable: bool) -> io::Result<File> {
        let mode = if executable { 0o755 } else { 0o644 };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::from_raw_mode(mode);
        let file = resolve::open(self.fd(), path, flags, mode)
            .and_then(|file| {
                // The umask of whoever started the platform says nothing about files of a build.
                rustix::fs::fchmod(&file, mode)?;
                self.give(file.as_fd())?;
                Ok(file)
            })
            .map_err(|error| about(path, error))?;
        Ok(file.into())
    }

    /// Writes a new file.
    ///
    /// # Errors
    /// As [`Dir::create_file`], and whatever the disk says.
    pub fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        use std::io::Write as _;
        self.create_file(path, false)?.write_all(content)
    }

    /// Creates a link that is not there yet.
    ///
    /// # Errors
    /// Something stands there already, its folder is missing, or a part of the path is a link.
    pub fn create_link(&self, path: &Path, target: &Path) -> io::Result<()> {
        let (parent, name) = self.named(path)?;
        rustix::fs::symlinkat(target, parent.fd(), name).map_err(|error| about(path, error))?;
        if let Some(Owner { user, group }) = self.owner {
            let (user, group) = (Some(Uid::from_raw(user)), Some(Gid::from_raw(group)));
            rustix::fs::chownat(parent.fd(), name, user, group, AtFlags::SYMLINK_NOFOLLOW)
                .map_err(|error| about(path, error))?;
        }
        Ok(())
    }

    /// Creates a folder, and those above it that are missing, with mode 0755. Folders that are there already are taken as they are.
    ///
    /// # Errors
    /// A part of the path is a link or a file.
    pub fn create_dir_all(&self, path: &Path) -> io::Result<Self> {
        match self.open_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
        let mut folder = self.try_clone()?;
        for name in path {
            folder = folder.create_dir(name)?;
        }
        Ok(folder)
    }

    fn create_dir(&self, name: &OsStr) -> io::Result<Self> {
        let (mode, path) = (Mode::from_raw_mode(0o755), Path::new(name));
        let is_new = match rustix::fs::mkdirat(self.fd(), name, mode) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(about(path, error)),
        };
        let folder = self.open_dir(path)?;
        if is_new {
            rustix::fs::fchmod(&folder.folder, mode)?;
            self.give(folder.fd())?;
        }
        Ok(folder)
    }

    /// Removes a file or a link; not being there is fine.
    ///
    /// # Errors
    /// It is a folder, or a part of the path before its end is a link.
    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        let (parent, name) = match self.named(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            named => named?,
        };
        match rustix::fs::unlinkat(parent.fd(), name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            result => result.map_err(|error| about(path, error)),
        }
    }

    /// Removes whatever stands at a path, a folder with all that it holds; not being there is fine.
    ///
    /// # Errors
    /// A part of the path before its end is a link, or the disk refuses.
    pub fn remove_all(&self, path: &Path) -> io::Result<()> {
        let (parent, name) = match self.named(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            named => named?,
        };
        crate::remove::remove(parent.fd(), name).map_err(|error| about(path, error))
    }

    /// Moves a file or folder to a name of another folder, where nothing or an empty folder may be.
    ///
    /// # Errors
    /// It is not there, or the other place is taken.
    pub fn rename(&self, name: &OsStr, to: &Dir, new: &OsStr) -> io::Result<()> {
        rustix::fs::renameat(self.fd(), name, to.fd(), new)
            .map_err(|error| about(Path::new(name), error))
    }

    /// Gives a file to the owner of new files.
    fn give(&self, file: BorrowedFd<'_>) -> Result<(), Errno> {
        match self.owner {
            Some(Owner { user, group }) => {
                rustix::fs::fchown(file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))
            }
            None => Ok(()),
        }
    }

    /// The folder of a path and its last name; no name for the folder itself.
    fn parent_of<'p>(&self, path: &'p Path) -> io::Result<(Self, Option<&'p OsStr>)> {
        let parent = path.parent().unwrap_or(Path::new(""));
        Ok((self.open_dir(parent)?, path.file_name()))
    }

    fn named<'p>(&self, path: &'p Path) -> io::Result<(Self, &'p OsStr)> {
        match self.parent_of(path)? {
            (parent, Some(name)) => Ok((parent, name)),
            (_, None) => Err(about(path, Errno::INVAL)),
        }
    }
}

/// Returns the names in an open folder, without `.` and `..`.
pub(crate) fn names_in(
    folder: BorrowedFd<'_>,
) -> Result<impl Iterator<Item = Result<OsString, Errno>> + use<>, Errno> {
    let entries = rustix::fs::Dir::read_from(folder)?;
    Ok(entries.filter_map(|entry| match entry {
        Ok(entry) => {
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            (name != "." && name != "..").then(|| Ok(name.to_owned()))
        }
        Err(error) => Some(Err(error)),
    }))
}

impl Kind {
    fn of(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Folder,
            FileType::Symlink => Self::Link,
            _ => Self::Other,
        }
    }
}

fn not_a_file(path: &Path) -> io::Error {
    let path = path.display();
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("`{path}` is not a regular file"),
    )
}

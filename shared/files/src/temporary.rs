//! A folder that goes in the background when its owner is done with it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::dir::Dir;
use crate::remover::{self, Removal};

/// A new folder of the platform's, removed by a background thread after it is dropped. A process that is killed leaves it
/// behind: create it where the next start removes what it finds. Others may pass through it to what is theirs, but not list it.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
    dir: Dir,
    /// Taken by the drop.
    parent: Option<(Dir, OsString)>,
}

impl TemporaryFolder {
    /// Creates a folder in `parent`, whose name begins with `prefix`.
    ///
    /// # Errors
    /// `parent` is missing or cannot be written to.
    pub fn create_in(parent: &Path, prefix: &str) -> io::Result<Self> {
        let above = Dir::open(parent)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "its folder is kept and removed by the remover"
        )]
        let path = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(parent)?
            .keep();
        // Commands may run as another user, who has to pass through to the folders that are theirs.
        let dir = Dir::open(&path)?;
        dir.set_mode(0o711)?;
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::other("a temporary folder without a name"))?
            .to_owned();
        Ok(Self {
            dir,
            path,
            parent: Some((above, name)),
        })
    }

    /// Its path. Nothing beneath it that a stranger could have written may be reached by this path: see [`TemporaryFolder::dir`].
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder itself.
    #[must_use]
    pub fn dir(&self) -> &Dir {
        &self.dir
    }
}

/// Hands all that a folder of the platform's holds to the thread that removes folders. The folder itself stays.
///
/// # Errors
/// The folder is missing or cannot be read.
pub fn empty(folder: &Path) -> io::Result<()> {
    for name in Dir::open(folder)?.names()? {
        discard(folder, &name)?;
    }
    Ok(())
}

/// Hands what stands under a name of a folder of the platform's to the thread that removes folders; nothing being there is fine.
///
/// # Errors
/// The folder is missing or cannot be read.
pub fn discard(folder: &Path, name: &OsStr) -> io::Result<()> {
    remover::remove(Removal {
        parent: Dir::open(folder)?,
        path: folder.join(name),
        name: name.to_owned(),
    });
    Ok(())
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Some((parent, name)) = self.parent.take() {
            let path = std::mem::take(&mut self.path);
            remover::remove(Removal { parent, name, path });
        }
    }
}

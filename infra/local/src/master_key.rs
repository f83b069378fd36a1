//! The master key of the embedded engine: a file that only its owner can read, made whole or not at all, and never replaced.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrets::{DataKey, KeyWrap, WrapError, WrappedKey, Zeroizing, decrypt, encrypt, random_bytes};

/// In bytes: a key in Base64 is 44 of them; more is not read.
const LONGEST: u64 = 100;

/// Rights of anybody but the owner.
const OTHERS: u32 = 0o077;

/// Wraps data keys under a master key from a file.
pub(crate) struct MasterKey(Zeroizing<[u8; 32]>);

/// Why the master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MasterKeyError {
    /// Others may have read it.
    #[error(
        "the master key `{path}` can be read or changed by others (mode {mode:03o}): run `chmod 600 {path}`",
        path = path.display()
    )]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds something else.
    #[error(
        "`{}` is no master key (32 bytes in Base64): put the right file back from your backup",
        .0.display()
    )]
    Malformed(PathBuf),
    /// The file system refused.
    #[error("the master key `{}` cannot be used: {cause}", path.display())]
    File {
        /// The key's file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl MasterKey {
    /// The key in this file, which is made if there is none.
    ///
    /// # Errors
    /// [`MasterKeyError`]; a file that is there is never replaced.
    pub(crate) fn open(path: &Path) -> Result<MasterKey, MasterKeyError> {
        let failed = |cause| MasterKeyError::File {
            path: path.to_owned(),
            cause,
        };
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path).and_then(|()| File::open(path))
            }
            opened => opened,
        };
        let file = file.map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.mode() & 0o777;
        if mode & OTHERS != 0 {
            return Err(MasterKeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = Zeroizing::new(Vec::new());
        file.take(LONGEST).read_to_end(&mut text).map_err(failed)?;
        let key = STANDARD.decode(text.trim_ascii()).map(Zeroizing::new);
        key.ok()
            .and_then(|key| Some(MasterKey(Zeroizing::new(key.as_slice().try_into().ok()?))))
            .ok_or_else(|| MasterKeyError::Malformed(path.to_owned()))
    }
}

/// Under its own name only when it is whole and on disk; if another process was quicker, its key stays.
fn create(path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let key = Zeroizing::new(random_bytes::<32>());
    let text = Zeroizing::new(STANDARD.encode(key.as_slice()));
    // Such a file is made with mode 600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", text.as_str())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    File::open(folder)?.sync_all()
}

#[async_trait]
impl KeyWrap for MasterKey {
    async fn new_data_key(&self, context: &str) -> Result<(DataKey, WrappedKey), WrapError> {
        let key = Zeroizing::new(random_bytes::<32>());
        let wrapped = encrypt(&self.0, &wrapping(context), key.as_slice())
            .map_err(|cause| WrapError::new("wrap a data key", cause))?;
        Ok((DataKey(key), WrappedKey(STANDARD.encode(wrapped))))
    }

    async fn unwrap(&self, wrapped: &WrappedKey, context: &str) -> Result<DataKey, WrapError> {
        let refused = |cause: &str| WrapError::new("unwrap a data key", cause);
        let wrapped = STANDARD
            .decode(&wrapped.0)
            .map_err(|_| refused("it is not in Base64"))?;
        let key = decrypt(&self.0, &wrapping(context), &wrapped)
            .map_err(|_| refused("it was changed, or belongs to another context or master key"))?;
        let key = key.as_slice().try_into();
        let key = key.map_err(|_| refused("it is not 32 bytes long"))?;
        Ok(DataKey(Zeroizing::new(key)))
    }
}

/// Keeps data keys apart from anything else that the master key may come to encrypt.
fn wrapping(context: &str) -> String {
    format!("data-key:{context}")
}

#[cfg(test)]
#[path = "master_key_tests.rs"]
mod tests;

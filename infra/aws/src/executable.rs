//! This executable is also what applications and builds run on AWS; its digest names the version that they have.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

/// The executable of this process. Clones read it once for all of them.
#[derive(Debug, Clone)]
pub struct Executable(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    path: PathBuf,
    digest: OnceCell<String>,
}

impl Executable {
    /// That of this process; it is not read before its digest is asked for.
    ///
    /// # Errors
    /// The system does not tell where it lies.
    pub fn here() -> io::Result<Self> {
        Ok(Self(Arc::new(Parts {
            path: std::env::current_exe()?,
            digest: OnceCell::new(),
        })))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// The beginning of its digest.
    pub(crate) async fn digest(&self) -> io::Result<&str> {
        let path = self.0.path.clone();
        let read = async || {
            tokio::task::spawn_blocking(move || {
                let mut hasher = Sha256::new();
                io::copy(&mut File::open(path)?, &mut hasher)?;
                Ok(format!("{:x}", hasher.finalize())[..16].to_owned())
            })
            .await
            .map_err(io::Error::other)?
        };
        self.0
            .digest
            .get_or_try_init(read)
            .await
            .map(String::as_str)
    }
}

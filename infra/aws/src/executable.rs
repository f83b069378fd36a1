//! This executable is also what applications and builds run on AWS; its digest names the version that they have.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where it lies.
///
/// # Errors
/// The system does not tell.
pub fn path() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// The beginning of its digest.
pub(crate) fn digest(executable: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(executable)?, &mut hasher)?;
    Ok(format!("{:x}", hasher.finalize())[..16].to_owned())
}

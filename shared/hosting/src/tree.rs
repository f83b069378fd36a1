//! A script runs in a copy of the artifact that is its own.

use std::fs;
use std::path::Path;

/// Copies files (sharing their blocks where the file system can), folders and links; what a link points to is not looked at.
///
/// # Errors
/// A file cannot be read or written, or `to` is there already.
pub fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut folders = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        fs::create_dir(&to)?;
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push((from, to));
            } else if kind.is_symlink() {
                std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
            } else if kind.is_file() {
                fs::copy(&from, &to)?;
            }
        }
    }
    Ok(())
}

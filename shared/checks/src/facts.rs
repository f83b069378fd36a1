//! What a tree holds of the applications that its connect.yaml names; symbolic links are not followed.

use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use domain::spec::Spec;

use crate::package::{self, MAX_PACKAGE_BYTES, PackageFile};

/// The facts, one entry for each application, in the order of the specification.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeFacts {
    /// The names of the folders at the root, sorted, for suggestions.
    pub root_folders: Vec<String>,
    /// In the order of `Spec::applications`.
    pub applications: Vec<ApplicationFacts>,
}

/// What the tree holds of one application.
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationFacts {
    /// What stands where its folder should be.
    pub folder: Folder,
    /// Its package.json.
    pub package: PackageFile,
    /// Whether there is a `server.js`, which `npm start` runs where no script is named.
    pub has_server_js: bool,
    /// Whether there is a `pom.xml`, as in a Java application.
    pub has_pom: bool,
}

/// What stands where a folder should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// A folder.
    Present,
    /// Nothing.
    Missing,
    /// A file, a symbolic link or something else.
    Other,
}

/// Looks at the tree.
///
/// # Errors
/// Only what is wrong with the disk; that something is missing or unreadable as JSON is a fact.
pub fn gather(root: &Path, spec: &Spec) -> io::Result<TreeFacts> {
    let mut root_folders = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            root_folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    root_folders.sort();
    let facts = |name: &str| application(root, name);
    let applications = spec
        .applications
        .iter()
        .map(|application| facts(application.name.as_str()));
    Ok(TreeFacts {
        applications: applications.collect::<io::Result<_>>()?,
        root_folders,
    })
}

fn application(root: &Path, name: &str) -> io::Result<ApplicationFacts> {
    let folder = root.join(name);
    let kind = match kind_of(&folder)? {
        None => Folder::Missing,
        Some(kind) if kind.is_dir() => Folder::Present,
        Some(_) => Folder::Other,
    };
    if kind != Folder::Present {
        return Ok(ApplicationFacts {
            folder: kind,
            package: PackageFile::Missing,
            has_server_js: false,
            has_pom: false,
        });
    }
    let is_file = |name: &str| {
        Ok::<bool, io::Error>(kind_of(&folder.join(name))?.is_some_and(|kind| kind.is_file()))
    };
    Ok(ApplicationFacts {
        folder: kind,
        package: package_file(&folder)?,
        has_server_js: is_file("server.js")?,
        has_pom: is_file("pom.xml")?,
    })
}

fn kind_of(path: &Path) -> io::Result<Option<FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn package_file(folder: &Path) -> io::Result<PackageFile> {
    let path = folder.join("package.json");
    match kind_of(&path)? {
        None => return Ok(PackageFile::Missing),
        Some(kind) if !kind.is_file() => return Ok(PackageFile::NotAFile),
        Some(_) => {}
    }
    let mut bytes = Vec::new();
    File::open(&path)?
        .take(MAX_PACKAGE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(package::read(&bytes))
}

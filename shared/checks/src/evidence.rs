//! What a certifier wants to see of a tree, noted while the tree is there: facts only, and symbolic links are not followed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use domain::certification::{ApplicationEvidence, Evidence, PackageEvidence, TextFile};
use domain::spec::Spec;

use crate::facts::{Folder, TreeFacts};
use crate::package::PackageFile;

/// How much of a file is read to see whether it holds anything, in bytes (ours; a README of blanks alone is no longer).
const MAX_BLANK_BYTES: u64 = 64 * 1024;
/// The most entries of an application's folder in which tests are looked for (ours; as many as a repository may have).
const MAX_ENTRIES: u32 = 20_000;
/// Folders whose files are tests by custom.
const TEST_FOLDERS: [&str; 3] = ["test", "tests", "__tests__"];
/// Folders whose files are not the creator's own.
const FOREIGN_FOLDERS: [&str; 2] = [".git", "node_modules"];

/// Looks at the tree once more, for a certifier; `facts` are of the same tree and specification.
///
/// # Errors
/// Only what is wrong with the disk.
pub fn evidence(root: &Path, spec: &Spec, facts: &TreeFacts) -> io::Result<Evidence> {
    let mut applications = Vec::new();
    for (application, facts) in spec.applications.iter().zip(&facts.applications) {
        let package = match &facts.package {
            PackageFile::Read(package) => Some(PackageEvidence {
                license: package.license.clone(),
                has_tests: package.has_tests,
            }),
            _ => None,
        };
        let test_files = match facts.folder {
            Folder::Present => test_files(&root.join(application.name.as_str()))?,
            Folder::Missing | Folder::Other => 0,
        };
        applications.push(ApplicationEvidence {
            name: application.name.clone(),
            package,
            test_files,
        });
    }
    Ok(Evidence {
        readme: text_file(root, &["readme"])?,
        licence: text_file(root, &["licence", "license", "copying"])?,
        applications,
    })
}

/// The file of one of these names, in any letters and with any ending; one that holds something before one that does not.
fn text_file(root: &Path, names: &[&str]) -> io::Result<Option<TextFile>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let lower = name.to_lowercase();
        let called = names.iter().any(|wanted| {
            let rest = lower.strip_prefix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        });
        if called && entry.file_type()?.is_file() {
            let is_blank = is_blank(&entry.path())?;
            found.push(TextFile { name, is_blank });
        }
    }
    found.sort_by(|a, b| (a.is_blank, &a.name).cmp(&(b.is_blank, &b.name)));
    Ok(found.into_iter().next())
}

fn is_blank(path: &Path) -> io::Result<bool> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BLANK_BYTES)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().is_empty())
}

/// How many files below the folder look like tests.
fn test_files(folder: &Path) -> io::Result<u32> {
    let (mut found, mut seen) = (0, 0);
    let mut open = vec![(folder.to_owned(), false)];
    while let Some((folder, in_tests)) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            seen += 1;
            if seen > MAX_ENTRIES {
                return Ok(found);
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if kind.is_dir() && !FOREIGN_FOLDERS.contains(&name.as_str()) {
                open.push((
                    entry.path(),
                    in_tests || TEST_FOLDERS.contains(&name.as_str()),
                ));
            } else if kind.is_file() && is_code(&name) && (in_tests || is_test(&name)) {
                found += 1;
            }
        }
    }
    Ok(found)
}

fn is_code(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx"].contains(&ending)
}

fn is_test(name: &str) -> bool {
    [".test.", ".spec.", "-test.", "_test."]
        .iter()
        .any(|part| name.contains(part))
}

//! The files of a tree that a check may read: within limits, symbolic links not followed, each named by its path in the repository.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use domain::spec::Spec;

use crate::env_file::is_env_file;

/// The largest file that is analysed, in bytes (ours; larger ones are generated or data).
pub(crate) const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The longest line that is analysed, in bytes: what has one is generated.
pub(crate) const MAX_LINE_BYTES: usize = 20_000;
/// The most files that are looked at (ours; the limit of a repository's tree is lower).
pub(crate) const MAX_FILES: usize = 50_000;
/// The deepest folder.
const MAX_DEPTH: usize = 64;
/// Folders of git and of package managers, which are left out. No site serves them, and the environment files of a dependency's own tests
/// are no lapse of the repository.
const LEFT_OUT: [&str; 2] = [".git", "node_modules"];
/// Folders of files that others wrote or tools made. A site serves them, so they are searched for environment files.
const NOT_OURS: [&str; 6] = ["dist", "build", "target", "coverage", ".next", "vendor"];

/// A file of the tree.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path in the repository, with `/`.
    pub path: String,
    /// Where it lies on the disk.
    pub on_disk: PathBuf,
    /// Bytes.
    pub bytes: u64,
}

/// A file that was not analysed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unread {
    /// The path in the repository.
    pub path: String,
    /// Why, as the end of a sentence.
    pub why: String,
    /// Whether a person may have written it: pictures and the like are not.
    #[serde(skip)]
    pub is_text: bool,
}

impl Unread {
    /// A text that was not analysed.
    #[must_use]
    pub fn of(path: &str, why: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            why: why.into(),
            is_text: true,
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not analysed: {}.", self.path, self.why)
    }
}

impl SourceFile {
    /// The file of this path; none where there is no plain file.
    pub(crate) fn at(root: &Path, path: &str) -> Option<Self> {
        let on_disk = root.join(path);
        let metadata = fs::symlink_metadata(&on_disk)
            .ok()
            .filter(fs::Metadata::is_file)?;
        Some(Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            on_disk,
        })
    }

    /// The text.
    ///
    /// # Errors
    /// Why it cannot be analysed: its size, its encoding, a line that no person wrote, or the disk.
    pub fn text(&self) -> Result<String, Unread> {
        let unread = |why: String| Unread::of(&self.path, why);
        if self.bytes > MAX_FILE_BYTES {
            let why = format!("it has {} bytes; the limit is {MAX_FILE_BYTES}", self.bytes);
            return Err(Unread {
                is_text: false,
                ..unread(why)
            });
        }
        let bytes = self.content()?;
        if bytes.contains(&0) {
            return Err(Unread {
                is_text: false,
                ..unread("it is a binary file".to_owned())
            });
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unread("it is not encoded in UTF-8".to_owned()))?;
        match text.lines().map(str::len).max() {
            Some(longest) if longest > MAX_LINE_BYTES => Err(unread(format!(
                "it has a line of {longest} bytes, so it was generated; the limit is {MAX_LINE_BYTES}"
            ))),
            _ => Ok(text),
        }
    }

    /// Returns the bytes, [`MAX_FILE_BYTES`] and one more at most.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn content(&self) -> Result<Vec<u8>, Unread> {
        let mut bytes = Vec::new();
        let read = File::open(&self.on_disk)
            .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(Unread::of(
                &self.path,
                format!("it cannot be read ({error})"),
            )),
        }
    }
}

/// The files of a tree.
#[derive(Debug, Default)]
pub struct Files {
    /// Sorted by path.
    pub files: Vec<SourceFile>,
    /// What the limits keep out of them, as sentences for a report.
    pub left_out: Vec<String>,
}

/// The files of the repository. Of folders that others wrote or tools made only the environment files; the folder of an application is
/// its own, whatever its name.
///
/// # Errors
/// Only what is wrong with the disk.
pub fn files(root: &Path, spec: &Spec) -> io::Result<Files> {
    let mut walk = Walk {
        spec,
        files: Vec::new(),
        more: 0,
        too_deep: None,
    };
    walk.folder(root, "", 0, true)?;
    let mut left_out = Vec::new();
    if walk.more > 0 {
        let more = walk.more;
        left_out.push(format!("Files that were not looked at: {more}. The limit is {MAX_FILES} files; keep what is no source in another repository."));
    }
    if let Some(path) = walk.too_deep {
        left_out.push(format!("{path} was not looked at, and what lies as deep neither: the limit is {MAX_DEPTH} folders in each other."));
    }
    let mut files = walk.files;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Files { files, left_out })
}

struct Walk<'a> {
    spec: &'a Spec,
    files: Vec<SourceFile>,
    /// Files beyond the limit.
    more: usize,
    /// The first folder beyond the limit.
    too_deep: Option<String>,
}

impl Walk<'_> {
    /// In the order of names, so that a limit keeps the same files out each time.
    fn folder(
        &mut self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        is_ours: bool,
    ) -> io::Result<()> {
        if depth > MAX_DEPTH {
            self.too_deep
                .get_or_insert_with(|| prefix.trim_end_matches('/').to_owned());
            return Ok(());
        }
        let entries = match fs::read_dir(folder) {
            // Never in a clone: a tool that ran as another user wrote this folder into a working copy.
            Err(error) if !is_ours && error.kind() == io::ErrorKind::PermissionDenied => {
                return Ok(());
            }
            entries => entries?,
        };
        let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            let is_application = depth == 0 && self.spec.application(&name).is_some();
            if kind.is_dir() && (is_application || !LEFT_OUT.contains(&name.as_str())) {
                let is_ours = is_ours && (is_application || !NOT_OURS.contains(&name.as_str()));
                self.folder(&entry.path(), &format!("{path}/"), depth + 1, is_ours)?;
            } else if !kind.is_file() || !(is_ours || is_env_file(&path)) {
                continue;
            } else if self.files.len() == MAX_FILES {
                self.more += 1;
            } else {
                let bytes = entry.metadata()?.len();
                self.files.push(SourceFile {
                    path,
                    on_disk: entry.path(),
                    bytes,
                });
            }
        }
        Ok(())
    }
}

/// Whether a file is a test: its findings would be noise, as nobody deploys it.
#[must_use]
pub(crate) fn is_test(path: &str) -> bool {
    let folders = [
        "test",
        "tests",
        "__tests__",
        "__mocks__",
        "spec",
        "e2e",
        "cypress",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| folders.contains(&part))
        || path.contains("src/test/java/")
        || [".test.", ".spec."].iter().any(|mark| name.contains(mark))
}

//! A tree in its parts, the folder of each application and the rest: what is the same is examined once, in whatever commit it lies.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::thread;
use std::time::Instant;

use domain::spec::Spec;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::files::{MAX_FILE_BYTES, SourceFile, Unread, is_test};
use crate::finding::{Check, Finding};
use crate::sast::{self, Scan};
use crate::secrets;

/// What was seen in one part of a tree: facts, which change with its files and with this program, and not with a policy or a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub(crate) sast: Scan,
    /// Source files that are tests, which static analysis leaves out.
    pub(crate) tests: usize,
    pub(crate) secrets: Secrets,
}

/// What the search for credentials found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) files: usize,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unread: Vec<Unread>,
}

/// Keeps what was seen in a part under a digest of its paths and files; whoever keeps it adds [`crate::version`].
pub trait Memory: Sync {
    /// What was kept; none where nothing was, or it is gone.
    fn recall(&self, digest: &str) -> Option<Seen>;
    /// Keeps it, if it can be kept.
    fn keep(&self, digest: &str, seen: &Seen);
}

/// Sources and credentials of a whole tree, each as far as its check did not crash.
pub(crate) struct Examined {
    pub(crate) sast: Result<(Scan, usize), Panic>,
    pub(crate) secrets: Result<Secrets, Panic>,
    /// How long each took.
    pub(crate) millis: BTreeMap<Check, u64>,
}

pub(crate) type Panic = Box<dyn Any + Send>;

struct Part {
    files: Vec<SourceFile>,
    /// Made only for a memory.
    digest: Option<String>,
}

/// Examines what the memory does not have.
pub(crate) fn examine(
    files: Vec<SourceFile>,
    spec: &Spec,
    memory: Option<&dyn Memory>,
) -> io::Result<Examined> {
    let (mut seen, mut missing) = (Vec::new(), Vec::new());
    for files in divided(files, spec) {
        let digest = memory.map(|_| digest(&files)).transpose()?;
        let before = memory
            .zip(digest.as_ref())
            .and_then(|(memory, digest)| memory.recall(digest));
        match before {
            Some(before) => seen.push(before),
            None => missing.push(Part { files, digest }),
        }
    }
    let began = Instant::now();
    let (scans, found) = thread::scope(|scope| {
        let sast = scope.spawn(|| {
            let scans: Vec<_> = missing.iter().map(|part| scan(part, began)).collect();
            (scans, millis_since(began))
        });
        let found = scope.spawn(|| {
            let found: Vec<_> = missing.iter().map(search).collect();
            (found, millis_since(began))
        });
        (sast.join(), found.join())
    });
    let mut millis = BTreeMap::new();
    let scans = scans.map(|(scans, time)| {
        millis.insert(Check::Sast, time);
        scans
    });
    let found = found.map(|(found, time)| {
        millis.insert(Check::Secrets, time);
        found
    });
    if let (Some(memory), Ok(scans), Ok(found)) = (memory, &scans, &found) {
        for ((part, (sast, tests)), secrets) in missing.iter().zip(scans).zip(found) {
            // What ran out of time may come to its end the next time.
            if let Some(digest) = part.digest.as_ref().filter(|_| !sast.cut_short) {
                let seen = Seen {
                    sast: sast.clone(),
                    tests: *tests,
                    secrets: secrets.clone(),
                };
                memory.keep(digest, &seen);
            }
        }
    }
    let sast = scans.map(|mut scans| {
        scans.extend(seen.iter().map(|seen| (seen.sast.clone(), seen.tests)));
        let tests = scans.iter().map(|(_, tests)| tests).sum();
        (
            Scan::together(scans.into_iter().map(|(scan, _)| scan)),
            tests,
        )
    });
    let secrets = found.map(|mut found| {
        found.extend(seen.into_iter().map(|seen| seen.secrets));
        together(found)
    });
    Ok(Examined {
        sast,
        secrets,
        millis,
    })
}

pub(crate) fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The files of each application, and those of none.
fn divided(files: Vec<SourceFile>, spec: &Spec) -> Vec<Vec<SourceFile>> {
    let mut parts = vec![Vec::new(); spec.applications.len() + 1];
    for file in files {
        let folder = file.path.split_once('/').map(|(folder, _)| folder);
        let mut applications = spec.applications.iter();
        let index = applications.position(|one| Some(one.name.as_str()) == folder);
        parts[index.unwrap_or(spec.applications.len())].push(file);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The same for the same files at the same places; of a file that is too large to be looked at only its size counts.
fn digest(files: &[SourceFile]) -> io::Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(&file.path);
        hash.update([0]);
        hash.update(file.bytes.to_le_bytes());
        if file.bytes <= MAX_FILE_BYTES {
            io::copy(&mut File::open(&file.on_disk)?, &mut hash)?;
        }
    }
    Ok(hex(&hash.finalize()))
}

fn scan(part: &Part, began: Instant) -> (Scan, usize) {
    let (tests, sources): (Vec<SourceFile>, Vec<SourceFile>) = part
        .files
        .iter()
        .cloned()
        .partition(|file| is_test(&file.path));
    let is_source = |file: &&SourceFile| sast::Grammar::of(&file.path).is_some();
    (
        sast::scan(&sources, began),
        tests.iter().filter(is_source).count(),
    )
}

fn search(part: &Part) -> Secrets {
    let (findings, unread) = secrets::scan(&part.files);
    Secrets {
        files: part.files.len(),
        findings,
        unread,
    }
}

fn together(parts: Vec<Secrets>) -> Secrets {
    let mut all = Secrets::default();
    for part in parts {
        all.files += part.files;
        all.findings.extend(part.findings);
        all.unread.extend(part.unread);
    }
    // Each part is in its order already, which a sort that is stable keeps.
    all.findings.sort_by(|a, b| a.place.file.cmp(&b.place.file));
    all.unread.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

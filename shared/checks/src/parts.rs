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
use crate::worst::{MAX_FINDINGS, More, Ranking, Worst};

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
    /// The findings that were not kept; facts that a memory keeps are whole.
    #[serde(skip)]
    pub(crate) more: More,
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

/// Observations of one check in the parts so far. The findings are bounded while they come in, and never all in memory.
#[derive(Default)]
struct Sum<T> {
    all: T,
    worst: Worst,
    /// Of each missing part, for a memory; none if findings of the part were dropped, or if these facts have too many findings together.
    facts: Vec<Option<T>>,
    /// Findings in `facts`.
    copied: usize,
}

impl<T> Sum<T> {
    fn recalled(&mut self, findings: Vec<Finding>, ranking: &Ranking<'_>) {
        for finding in findings {
            self.worst.push(ranking(&finding), finding);
        }
    }

    fn part(&mut self, found: Worst, fact: impl FnOnce(Vec<Finding>) -> T) {
        let copied = self.copied + found.len();
        let is_kept = found.is_whole() && copied <= MAX_FINDINGS;
        if is_kept {
            self.copied = copied;
        }
        self.facts.push(is_kept.then(|| fact(found.findings())));
        self.worst.append(found);
    }
}

impl Sum<(Scan, usize)> {
    fn whole(self) -> (Scan, usize) {
        let (mut scan, tests) = self.all;
        (scan.findings, scan.more) = self.worst.into_findings();
        scan.unread.sort_by(|a, b| a.path.cmp(&b.path));
        (scan, tests)
    }
}

impl Sum<Secrets> {
    fn whole(self) -> Secrets {
        let mut all = self.all;
        (all.findings, all.more) = self.worst.into_findings();
        all.unread.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }
}

/// Examines what the memory does not have.
pub(crate) fn examine(
    files: Vec<SourceFile>,
    spec: &Spec,
    memory: Option<&dyn Memory>,
    ranking: &Ranking<'_>,
) -> io::Result<Examined> {
    let mut missing = Vec::new();
    let (mut sast, mut secrets) = (Sum::<(Scan, usize)>::default(), Sum::<Secrets>::default());
    for files in divided(files, spec) {
        let digest = memory.map(|_| digest(&files)).transpose()?;
        let before = memory
            .zip(digest.as_ref())
            .and_then(|(memory, digest)| memory.recall(digest));
        match before {
            Some(mut before) => {
                sast.recalled(std::mem::take(&mut before.sast.findings), ranking);
                sast.all.0.add(before.sast);
                sast.all.1 += before.tests;
                secrets.recalled(std::mem::take(&mut before.secrets.findings), ranking);
                secrets.all.add(before.secrets);
            }
            None => missing.push(Part { files, digest }),
        }
    }
    let began = Instant::now();
    let (sast, secrets) = thread::scope(|scope| {
        let sast = scope.spawn(|| {
            for part in &missing {
                scan(part, began, ranking, &mut sast);
            }
            (sast, millis_since(began))
        });
        let secrets = scope.spawn(|| {
            for part in &missing {
                search(part, ranking, &mut secrets);
            }
            (secrets, millis_since(began))
        });
        (sast.join(), secrets.join())
    });
    let mut millis = BTreeMap::new();
    let mut sast = sast.map(|(sast, time)| {
        millis.insert(Check::Sast, time);
        sast
    });
    let mut secrets = secrets.map(|(secrets, time)| {
        millis.insert(Check::Secrets, time);
        secrets
    });
    if let (Some(memory), Ok(sast), Ok(secrets)) = (memory, &mut sast, &mut secrets) {
        let facts = sast.facts.drain(..).zip(secrets.facts.drain(..));
        remember(memory, &missing, facts);
    }
    let sast = sast.map(Sum::<(Scan, usize)>::whole);
    let secrets = secrets.map(Sum::<Secrets>::whole);
    Ok(Examined {
        sast,
        secrets,
        millis,
    })
}

/// Keeps the facts of each part that is whole.
fn remember(
    memory: &dyn Memory,
    parts: &[Part],
    facts: impl Iterator<Item = (Option<(Scan, usize)>, Option<Secrets>)>,
) {
    for (part, facts) in parts.iter().zip(facts) {
        // What ran out of time may come to its end the next time.
        if let (Some(digest), (Some((sast, tests)), Some(secrets))) = (&part.digest, facts)
            && !sast.cut_short
        {
            let seen = Seen {
                sast,
                tests,
                secrets,
            };
            memory.keep(digest, &seen);
        }
    }
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

fn scan(part: &Part, began: Instant, ranking: &Ranking<'_>, sum: &mut Sum<(Scan, usize)>) {
    let (tests, sources): (Vec<SourceFile>, Vec<SourceFile>) = part
        .files
        .iter()
        .cloned()
        .partition(|file| is_test(&file.path));
    let is_source = |file: &&SourceFile| sast::Grammar::of(&file.path).is_some();
    let tests = tests.iter().filter(is_source).count();
    let (scan, found) = sast::scan(&sources, began, ranking);
    if part.digest.is_some() {
        sum.part(found, |findings| {
            let scan = Scan {
                findings,
                ..scan.clone()
            };
            (scan, tests)
        });
    } else {
        sum.worst.append(found);
    }
    sum.all.0.add(scan);
    sum.all.1 += tests;
}

fn search(part: &Part, ranking: &Ranking<'_>, sum: &mut Sum<Secrets>) {
    let mut found = Worst::default();
    let unread = secrets::scan(&part.files, |finding| {
        found.push(ranking(&finding), finding);
    });
    let seen = Secrets {
        files: part.files.len(),
        unread,
        ..Secrets::default()
    };
    if part.digest.is_some() {
        sum.part(found, |findings| Secrets {
            findings,
            ..seen.clone()
        });
    } else {
        sum.worst.append(found);
    }
    sum.all.add(seen);
}

impl Secrets {
    /// Adds what was counted in other files; their findings are with the worst of all.
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.unread.extend(other.unread);
    }
}

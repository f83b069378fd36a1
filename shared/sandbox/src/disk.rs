//! The limit on the disk, kept by walking through the folders of commands, on a thread apart: a tree with very many files takes long.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use files::Dir;
use tokio::sync::mpsc::UnboundedSender;

use crate::exit::LimitHit;
use crate::group::Group;
use crate::sampler::{self, INTERVAL, SHARE};

/// Everything that a command may change.
pub(crate) struct Folders {
    group: Weak<Group>,
    folders: Vec<Dir>,
    /// Bytes in files that the command holds open although they lie in no folder; counted by the thread that looks at processes.
    unlinked: Arc<AtomicU64>,
    /// The limit.
    bytes: u64,
    /// When they are looked at again.
    next: Instant,
    hits: UnboundedSender<LimitHit>,
}

impl Folders {
    pub(crate) fn of(
        group: &Arc<Group>,
        paths: &[PathBuf],
        bytes: u64,
        unlinked: Arc<AtomicU64>,
        hits: UnboundedSender<LimitHit>,
    ) -> Folders {
        Folders {
            group: Arc::downgrade(group),
            // The command has only begun: none of these can be a link yet.
            folders: paths
                .iter()
                .filter_map(|path| Dir::open(path).ok())
                .collect(),
            unlinked,
            bytes,
            next: Instant::now(),
            hits,
        }
    }

    /// Reports when they hold more than their limit, for as long as the group lives. False if there is no thread for it.
    pub(crate) fn watch(self) -> bool {
        static DISK: OnceLock<Option<Sender<Folders>>> = OnceLock::new();
        let start = || {
            sampler::start("sandbox-disk", |all: &mut Vec<Folders>| {
                all.retain_mut(Folders::is_within);
                Instant::now() + INTERVAL
            })
        };
        DISK.get_or_init(start)
            .as_ref()
            .is_some_and(|disk| disk.send(self).is_ok())
    }

    /// True if they are to be watched further. Folders with very many files take long, and are looked at less often.
    fn is_within(&mut self) -> bool {
        if self.group.upgrade().is_none_or(|group| group.is_over()) {
            return false;
        }
        let began = Instant::now();
        if began < self.next {
            return true;
        }
        let over = self.hold_more();
        self.next = Instant::now() + (began.elapsed() * SHARE).max(INTERVAL);
        if over {
            // If nobody listens, the command is being ended already.
            let _ = self.hits.send(LimitHit::Disk(self.bytes));
        }
        !over
    }

    fn hold_more(&self) -> bool {
        let usage = |folder| files::disk_usage(folder, self.bytes).unwrap_or_default();
        let unlinked = self.unlinked.load(Ordering::Relaxed);
        let bytes = self
            .folders
            .iter()
            .map(usage)
            .fold(unlinked, u64::saturating_add);
        bytes > self.bytes
    }
}

/// The file systems in which `paths` lie.
pub(crate) fn devices(paths: &[PathBuf]) -> Vec<u64> {
    paths
        .iter()
        .filter_map(|path| Some(path.metadata().ok()?.dev()))
        .collect()
}

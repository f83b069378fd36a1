//! The limits on memory, on processes and on the disk, kept by looking at the process table and at folders: one thread looks for all
//! commands.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use files::Dir;
use tokio::sync::mpsc::UnboundedSender;

use crate::command::Limits;
use crate::exit::LimitHit;
use crate::group::Group;
use crate::held::Held;
use crate::processes::{self, Process};

/// Between two looks: short enough that a runaway is caught, long enough to cost nothing.
const INTERVAL: Duration = Duration::from_millis(250);

/// On a machine with very many processes a look takes long: looking may take one part in this many of a core.
const SHARE: u32 = 50;

/// A machine that is merely busy for a moment must not be left alone for long.
const LONGEST: Duration = Duration::from_secs(1);

struct Watched {
    group: Weak<Group>,
    memory_bytes: u64,
    processes: u32,
    folders: Folders,
    hits: UnboundedSender<LimitHit>,
}

/// What a command may change.
struct Folders {
    folders: Vec<Dir>,
    /// The file systems in which they lie.
    devices: Vec<u64>,
    bytes: u64,
    /// When they are looked at again.
    next: Instant,
}

/// Reports the first limit that the group passes, for as long as the group lives.
pub(crate) fn watch(
    group: &Arc<Group>,
    limits: &Limits,
    paths: Vec<PathBuf>,
    hits: UnboundedSender<LimitHit>,
) {
    static SAMPLER: OnceLock<Option<Sender<Watched>>> = OnceLock::new();
    if !cfg!(target_os = "linux") {
        return;
    }
    let watched = Watched {
        group: Arc::downgrade(group),
        memory_bytes: limits.memory_bytes,
        processes: limits.processes,
        folders: Folders {
            devices: paths
                .iter()
                .filter_map(|path| Some(path.metadata().ok()?.dev()))
                .collect(),
            // The command has only begun: none of these can be a link yet.
            folders: paths
                .iter()
                .filter_map(|path| Dir::open(path).ok())
                .collect(),
            bytes: limits.disk_bytes,
            next: Instant::now(),
        },
        hits,
    };
    let sent = SAMPLER
        .get_or_init(start)
        .as_ref()
        .is_some_and(|sampler| sampler.send(watched).is_ok());
    if !sent {
        tracing::error!("memory, processes and disk of commands are not watched: no thread for it");
    }
}

fn start() -> Option<Sender<Watched>> {
    let (sender, commands) = channel();
    std::thread::Builder::new()
        .name("sandbox-sampler".into())
        .spawn(move || look_forever(&commands))
        .ok()
        .map(|_| sender)
}

fn look_forever(commands: &Receiver<Watched>) {
    let mut all: Vec<Watched> = Vec::new();
    loop {
        if all.is_empty() {
            match commands.recv() {
                Ok(first) => all.push(first),
                Err(_) => return,
            }
        }
        let began = Instant::now();
        let table = processes::all();
        all.retain_mut(|watched| watched.is_within(&table));
        let next = Instant::now() + (began.elapsed() * SHARE).clamp(INTERVAL, LONGEST);
        let left = || next.saturating_duration_since(Instant::now());
        while let Ok(watched) = commands.recv_timeout(left()) {
            all.push(watched);
        }
    }
}

impl Watched {
    /// Whether to go on watching it.
    fn is_within(&mut self, table: &[Process]) -> bool {
        let Some(group) = self.group.upgrade().filter(|group| !group.is_over()) else {
            return false;
        };
        let members = group.own(table);
        if members.len() > self.processes as usize {
            return self.report(LimitHit::Processes(self.processes));
        }
        let held = Held::by(&members, &self.folders.devices);
        let resident: u64 = members.iter().map(|member| member.resident).sum();
        if resident + held.bytes() > self.memory_bytes && exact(&members, &held) > self.memory_bytes
        {
            return self.report(LimitHit::Memory(self.memory_bytes));
        }
        if self.folders.are_over() {
            return self.report(LimitHit::Disk(self.folders.bytes));
        }
        true
    }

    fn report(&self, hit: LimitHit) -> bool {
        // If nobody listens, the command is being ended already.
        let _ = self.hits.send(hit);
        false
    }
}

impl Folders {
    /// Looks where it is time to: folders with very many files take long, and are looked at less often.
    fn are_over(&mut self) -> bool {
        let began = Instant::now();
        if began < self.next {
            return false;
        }
        let over = self.hold_more();
        self.next = Instant::now() + (began.elapsed() * SHARE).max(INTERVAL);
        over
    }

    fn hold_more(&self) -> bool {
        let usage = |folder| files::disk_usage(folder, self.bytes).unwrap_or_default();
        let bytes = self.folders.iter().map(usage).fold(0, u64::saturating_add);
        bytes > self.bytes
    }
}

/// Without counting twice what several processes share, as the program's own code, or what one both holds and has mapped.
fn exact(members: &[Process], held: &Held) -> u64 {
    let own = members.iter().map(|member| {
        let all = processes::proportional(member.id).unwrap_or(member.resident);
        all.saturating_sub(held.mapped_by(member))
    });
    own.sum::<u64>() + held.bytes()
}

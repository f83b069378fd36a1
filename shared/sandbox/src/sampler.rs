//! The limits on memory, processes, threads and open files, kept by looking at the process table: one thread looks for all commands.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::command::Limits;
use crate::disk::{self, Folders};
use crate::exit::LimitHit;
use crate::group::Group;
use crate::held::Held;
use crate::processes::{self, Process};

/// Between two looks: short enough that a runaway is caught, long enough to cost nothing.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// On a machine with very many processes a look takes long: looking may take one part in this many of a core.
pub(crate) const SHARE: u32 = 50;

/// A machine that is merely busy for a moment must not be left alone for long.
const LONGEST: Duration = Duration::from_secs(1);

struct Watched {
    group: Weak<Group>,
    limits: Limits,
    /// The file systems in which its folders lie.
    devices: Vec<u64>,
    /// The latest sum of the bytes in deleted files that it holds open, for the thread that looks at the disk.
    unlinked: Arc<AtomicU64>,
    hits: UnboundedSender<LimitHit>,
}

/// Reports the limits that the group passes, for as long as the group lives.
pub(crate) fn watch(
    group: &Arc<Group>,
    limits: &Limits,
    paths: &[PathBuf],
    hits: UnboundedSender<LimitHit>,
) {
    static SAMPLER: OnceLock<Option<Sender<Watched>>> = OnceLock::new();
    if !cfg!(target_os = "linux") {
        return;
    }
    let unlinked = Arc::<AtomicU64>::default();
    let folders = Folders::of(
        group,
        paths,
        limits.disk_bytes,
        unlinked.clone(),
        hits.clone(),
    );
    let watched = Watched {
        group: Arc::downgrade(group),
        limits: limits.clone(),
        devices: disk::devices(paths),
        unlinked,
        hits,
    };
    let sent = SAMPLER
        .get_or_init(|| start("sandbox-sampler", look))
        .as_ref()
        .is_some_and(|sampler| sampler.send(watched).is_ok());
    if !(sent && folders.watch()) {
        tracing::error!("memory, processes and disk of commands are not watched: no thread for it");
    }
}

/// Starts a thread that looks at all that is sent to it. `look` removes what needs no further look, and returns the time of the next.
pub(crate) fn start<T: Send + 'static>(
    name: &str,
    look: impl FnMut(&mut Vec<T>) -> Instant + Send + 'static,
) -> Option<Sender<T>> {
    let (sender, commands) = channel();
    std::thread::Builder::new()
        .name(name.into())
        .spawn(move || look_forever(&commands, look))
        .ok()
        .map(|_| sender)
}

fn look_forever<T>(commands: &Receiver<T>, mut look: impl FnMut(&mut Vec<T>) -> Instant) {
    let mut all: Vec<T> = Vec::new();
    loop {
        if all.is_empty() {
            match commands.recv() {
                Ok(first) => all.push(first),
                Err(_) => return,
            }
        }
        let next = look(&mut all);
        let left = || next.saturating_duration_since(Instant::now());
        while let Ok(watched) = commands.recv_timeout(left()) {
            all.push(watched);
        }
    }
}

fn look(all: &mut Vec<Watched>) -> Instant {
    let began = Instant::now();
    let table = processes::all();
    all.retain(|watched| watched.is_within(&table));
    Instant::now() + (began.elapsed() * SHARE).clamp(INTERVAL, LONGEST)
}

impl Watched {
    /// Whether to go on watching it.
    fn is_within(&self, table: &[Process]) -> bool {
        let Some(group) = self.group.upgrade().filter(|group| !group.is_over()) else {
            return false;
        };
        let Some(hit) = self.hit(&group.own(table)) else {
            return true;
        };
        // If nobody listens, the command is being ended already.
        let _ = self.hits.send(hit);
        false
    }

    fn hit(&self, members: &[Process]) -> Option<LimitHit> {
        let limits = &self.limits;
        if members.len() > limits.processes as usize {
            return Some(LimitHit::Processes(limits.processes));
        }
        let threads: u64 = members.iter().map(|member| member.threads).sum();
        if threads > limits.threads().into() {
            return Some(LimitHit::Threads(limits.threads()));
        }
        let most_open = limits.all_open_files();
        let open = members
            .iter()
            .map(|member| processes::open_files(member.id));
        if open.sum::<u64>() > most_open.into() {
            return Some(LimitHit::OpenFiles(most_open));
        }
        let held = Held::by(members, &self.devices, most_open);
        let resident: u64 = members.iter().map(|member| member.resident).sum();
        let most_memory = limits.memory_bytes;
        if resident + held.bytes() > most_memory && exact(members, &held) > most_memory {
            return Some(LimitHit::Memory(most_memory));
        }
        let unlinked = held.unlinked();
        self.unlinked.store(unlinked, Ordering::Relaxed);
        // The disk is looked at less often where a tree is large.
        (unlinked > limits.disk_bytes).then_some(LimitHit::Disk(limits.disk_bytes))
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

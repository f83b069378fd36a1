//! All processes of one command, followed even when they leave its process group, and ended together.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::processes::{self, Process};
use crate::watchdog::Watchdog;

/// How often to look for new processes while stopping all: one that forks in between is seen at the next look.
const LOOKS: usize = 10;

/// The processes of one command.
#[derive(Debug)]
pub(crate) struct Group {
    /// The first process; its number is that of the process group and of the session too.
    leader: i32,
    /// Whether the leader and its child are bubblewrap's own, and the command comes below.
    namespaces: bool,
    /// Who belonged to it when last looked at, with their start: an orphan keeps neither session nor parent.
    known: Mutex<HashMap<i32, u64>>,
    /// Also where there are namespaces: bubblewrap asks to die with its parent only a moment after it has started.
    watchdog: Mutex<Option<Watchdog>>,
    over: AtomicBool,
}

impl Group {
    pub(crate) fn new(leader: i32, namespaces: bool) -> Group {
        Group {
            leader,
            namespaces,
            known: Mutex::default(),
            watchdog: Mutex::new(Some(Watchdog::start(leader))),
            over: AtomicBool::new(false),
        }
    }

    pub(crate) fn leader(&self) -> i32 {
        self.leader
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Nothing is left of it: its numbers are no longer touched.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
        locked(&self.watchdog).take();
    }

    /// Its processes in this table, bubblewrap's own included.
    fn members(&self, table: &[Process]) -> Vec<Process> {
        let mut known = locked(&self.known);
        let members = members(self.leader, &known, table);
        *known = members.iter().map(|p| (p.id, p.started)).collect();
        drop(known);
        if let Some(watchdog) = locked(&self.watchdog).as_mut() {
            let groups = members.iter().map(|member| member.group);
            watchdog.tell(groups.chain([self.leader]).collect());
        }
        members
    }

    /// The command's processes in this table.
    pub(crate) fn own(&self, table: &[Process]) -> Vec<Process> {
        let mut members = self.members(table);
        if self.namespaces {
            members.retain(|member| member.id != self.leader && member.parent != self.leader);
        }
        members
    }

    /// Asks all its processes to end.
    pub(crate) fn terminate(&self) {
        if self.is_over() {
            return;
        }
        let members = self.own(&processes::all());
        if self.namespaces {
            // A signal to the whole group would end bubblewrap first, and with it the command without any grace.
            if members.is_empty() {
                self.kill();
            }
            signal_each(&members, Signal::TERM);
        } else {
            signal_group(self.leader, Signal::TERM);
            let elsewhere: Vec<Process> = members
                .into_iter()
                .filter(|member| member.group != self.leader)
                .collect();
            signal_each(&elsewhere, Signal::TERM);
        }
    }

    /// Ends all its processes. They are stopped before, as a child whose parent dies can no longer be told to belong here.
    pub(crate) fn kill(&self) {
        if self.is_over() {
            return;
        }
        let mut members = Vec::new();
        if !self.namespaces {
            signal_group(self.leader, Signal::STOP);
            for _ in 0..LOOKS {
                let before = members.len();
                members = self.members(&processes::all());
                if members.len() == before {
                    break;
                }
                signal_each(&members, Signal::STOP);
            }
        }
        signal_group(self.leader, Signal::KILL);
        signal_each(&members, Signal::KILL);
    }

    /// Whether none of its processes is left.
    pub(crate) fn is_gone(&self) -> bool {
        if cfg!(target_os = "linux") {
            return self.members(&processes::all()).is_empty();
        }
        Pid::from_raw(self.leader)
            .is_none_or(|leader| rustix::process::test_kill_process_group(leader).is_err())
    }
}

impl Drop for Group {
    /// The runtime may be gone before the command has ended.
    fn drop(&mut self) {
        self.kill();
        self.end();
    }
}

/// The leader's session, who was known to belong to it, and the children of all these.
fn members(leader: i32, known: &HashMap<i32, u64>, table: &[Process]) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<&Process>> = HashMap::new();
    for process in table {
        children.entry(process.parent).or_default().push(process);
    }
    let mut members: HashMap<i32, Process> = HashMap::new();
    let mut found: Vec<&Process> = table
        .iter()
        .filter(|process| {
            process.session == leader
                || process.id == leader
                || known.get(&process.id) == Some(&process.started)
        })
        .collect();
    while let Some(process) = found.pop() {
        if members.insert(process.id, *process).is_none() {
            found.extend(children.get(&process.id).into_iter().flatten());
        }
    }
    members.into_values().collect()
}

/// One that has ended by itself since is what we want.
fn signal_each(members: &[Process], signal: Signal) {
    for member in members {
        if let Some(id) = Pid::from_raw(member.id) {
            let _ = kill_process(id, signal);
        }
    }
}

fn signal_group(group: i32, signal: Signal) {
    if let Some(id) = Pid::from_raw(group) {
        let _ = kill_process_group(id, signal);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(id: i32, parent: i32, session: i32, started: u64) -> Process {
        Process {
            id,
            parent,
            group: session,
            session,
            threads: 1,
            started,
            resident: 0,
        }
    }

    #[test]
    fn an_orphan_in_a_session_of_its_own_stays_known_but_a_reused_number_does_not() {
        let table = [
            process(1, 0, 1, 0),
            process(10, 1, 10, 5),
            process(11, 10, 10, 6),
            process(12, 11, 12, 7),
            process(30, 1, 30, 8),
        ];
        let ids = |known: &HashMap<i32, u64>, table: &[Process]| {
            let mut ids: Vec<i32> = members(10, known, table).iter().map(|p| p.id).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&HashMap::new(), &table), [10, 11, 12]);
        let orphan = [process(12, 1, 12, 7), process(13, 12, 13, 9)];
        assert_eq!(ids(&HashMap::from([(12, 7)]), &orphan), [12, 13]);
        assert_eq!(ids(&HashMap::from([(12, 6)]), &orphan), [] as [i32; 0]);
    }
}

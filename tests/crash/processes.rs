//! What of a killed platform is still alive, seen in the process table.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What a killed platform started must be gone after this: its sandboxes end with it by signals, which take no longer.
const GONE: Duration = Duration::from_secs(5);

/// A process that is neither dead nor waiting to be buried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    id: u32,
    parent: u32,
    /// Clock ticks since boot: with the id, one process and no other.
    started: u64,
    command: String,
}

fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").unwrap();
    entries
        .filter_map(|entry| process(entry.ok()?.file_name().to_str()?.parse().ok()?))
        .collect()
}

fn process(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything: fields are counted behind its end.
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&command).replace('\0', " ");
    Some(Process {
        id,
        parent,
        started,
        command,
    })
}

/// Everything that a process has started, and what that has started.
pub(super) fn below(id: u32) -> Vec<Process> {
    let all = all();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![id];
    while let Some(parent) = parents.pop() {
        let children = all.iter().filter(|one| one.parent == parent);
        for child in children {
            parents.push(child.id);
            found.push(child.clone());
        }
    }
    found
}

/// Processes whose command line, environment or working folder names one of these folders.
fn using(folders: &[&Path]) -> Vec<Process> {
    let names: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let names_one = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        names.iter().any(|name| text.contains(name))
    };
    let uses = |process: &Process| {
        let environment = fs::read(format!("/proc/{}/environ", process.id)).unwrap_or_default();
        let cwd = fs::read_link(format!("/proc/{}/cwd", process.id)).unwrap_or_default();
        names_one(process.command.as_bytes())
            || names_one(&environment)
            || names_one(cwd.as_os_str().as_encoded_bytes())
    };
    all().into_iter().filter(uses).collect()
}

/// Ends what an earlier run left that failed: it would be taken for this run's.
pub(super) fn end_using(folders: &[&Path]) {
    for left in using(folders) {
        println!("an earlier run has left {left:?}");
        let ended = Command::new("kill")
            .args(["-s", "KILL", &left.id.to_string()])
            .status();
        assert!(ended.is_ok(), "{ended:?}");
    }
}

/// Waits until nothing is left of what was started, nor of what works in these folders.
pub(super) async fn assert_gone(started: &[Process], folders: &[&Path]) {
    let begin = Instant::now();
    loop {
        let mut left = using(folders);
        let alive = all();
        left.extend(
            started
                .iter()
                .filter(|one| {
                    alive
                        .iter()
                        .any(|it| it.id == one.id && it.started == one.started)
                })
                .cloned(),
        );
        if left.is_empty() {
            return;
        }
        assert!(
            begin.elapsed() < GONE,
            "{GONE:?} after the platform was killed, these processes of it are alive: {left:#?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

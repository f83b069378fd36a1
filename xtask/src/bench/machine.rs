//! On which machine, and of which commit, the figures are.

use std::fs;

use anyhow::Result;

use crate::command;

/// One line: processor, cores, memory, system, Node.js and commit.
pub(super) fn line() -> Result<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let said = |name, arguments: &[&str]| command::output(command::program(name, arguments));
    let cores = std::thread::available_parallelism()?;
    let changed = !said("git", &["status", "--porcelain"])?.is_empty();
    Ok(format!(
        "{processor}, {cores} cores, {memory:.1} GB, Linux {system}, Node.js {node}, commit {commit}{note}",
        processor = value(&read("/proc/cpuinfo"), "model name").unwrap_or("unknown processor"),
        memory = kilobytes(&read("/proc/meminfo"), "MemTotal").unwrap_or_default() / 1e6,
        system = read("/proc/sys/kernel/osrelease").trim(),
        node = said("node", &["--version"])?.trim(),
        commit = said("git", &["rev-parse", "--short", "HEAD"])?.trim(),
        note = if changed { " with changes" } else { "" },
    ))
}

/// Resident memory of a process, in MB (10^6 bytes).
pub(super) fn resident(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    kilobytes(&status, "VmRSS").map(|kilobytes| kilobytes * 1024.0 / 1e6)
}

/// Memory of a process and of all that it started, in MB, without counting twice what they share.
pub(super) fn of_all(process: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let own = kilobytes(&rollup, "Pss")? * 1024.0 / 1e6;
    let tasks = fs::read_dir(format!("/proc/{process}/task"))
        .ok()?
        .flatten();
    let children = tasks.flat_map(|task| {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        let ids = children.split_whitespace().filter_map(|id| id.parse().ok());
        ids.collect::<Vec<u32>>()
    });
    Some(own + children.filter_map(of_all).sum::<f64>())
}

/// The kernel says kB and means 1024 bytes.
fn kilobytes(table: &str, name: &str) -> Option<f64> {
    value(table, name)?.strip_suffix(" kB")?.trim().parse().ok()
}

/// The first value of that name in a file of `name : value` lines.
fn value<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    let entries = table.lines().filter_map(|line| line.split_once(':'));
    let mut named = entries.filter(|(key, _)| key.trim() == name);
    named.next().map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\tslipway\nVmPeak:\t  90000 kB\nVmRSS:\t   51200 kB\nThreads:\t4\n";

    #[test]
    fn values_are_read_from_the_kernels_tables() {
        assert_eq!(
            value("model name\t: A processor\n", "model name"),
            Some("A processor")
        );
        assert_eq!(kilobytes(STATUS, "VmRSS"), Some(51200.0));
        assert_eq!(kilobytes(STATUS, "Threads"), None);
        assert_eq!(kilobytes(STATUS, "VmSwap"), None);
    }

    #[test]
    fn this_process_has_memory_and_a_process_that_is_not_there_has_none() {
        assert!(resident(std::process::id()).unwrap() > 1.0);
        assert_eq!(resident(u32::MAX), None);
        assert!(of_all(std::process::id()).unwrap() > 1.0);
    }
}

//! The machine's process table, read from `/proc`; empty where there is none.

use std::fs;

/// One live process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) parent: i32,
    /// Its process group.
    pub(crate) group: i32,
    pub(crate) session: i32,
    pub(crate) threads: u64,
    /// Clock ticks since boot: tells two processes apart that had the same number.
    pub(crate) started: u64,
    /// Resident memory, in bytes, shared pages included.
    pub(crate) resident: u64,
}

/// All processes that are not yet dead.
pub(crate) fn all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit())
        // One that ended since the folder was listed is no longer there to read.
        .filter_map(|entry| fs::read(entry.path().join("stat")).ok())
        .filter_map(|stat| parse(&String::from_utf8_lossy(&stat)))
        .collect()
}

/// A line of `/proc/*/stat`; the program's name, in parentheses, may itself hold spaces and parentheses. None if dead.
fn parse(stat: &str) -> Option<Process> {
    let (id, rest) = stat.split_once(" (")?;
    let fields: Vec<&str> = rest.rsplit_once(") ")?.1.split(' ').collect();
    let number = |index: usize| fields.get(index)?.trim().parse::<u64>().ok();
    let id_at = |index: usize| fields.get(index)?.parse::<i32>().ok();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    Some(Process {
        id: id.parse().ok()?,
        parent: id_at(1)?,
        group: id_at(2)?,
        session: id_at(3)?,
        threads: number(17)?,
        started: number(19)?,
        resident: number(21)? * rustix::param::page_size() as u64,
    })
}

/// The process's share of memory in bytes: pages that several processes hold count in parts. Dearer than `resident`.
pub(crate) fn proportional(id: i32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

/// Counts the files that a process holds open, which is cheap on Linux 6.2 and newer. Zero if they cannot be counted.
pub(crate) fn open_files(id: i32) -> u64 {
    let folder = format!("/proc/{id}/fd");
    match fs::metadata(&folder).map(|metadata| metadata.len()) {
        // An older kernel does not tell.
        Ok(0) => fs::read_dir(folder).map_or(0, |files| files.count() as u64),
        Ok(count) => count,
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "4242 (a) R (b) S 17 4240 4239 0 -1 4194560 12 0 0 0 1 2 0 0 20 0 3 0 99887 2580480 205 18446744073709551615 1 1\n";

    #[test]
    fn a_hostile_program_name_does_not_shift_the_fields() {
        let process = parse(STAT).unwrap();
        assert_eq!((process.id, process.parent), (4242, 17));
        assert_eq!((process.group, process.session), (4240, 4239));
        assert_eq!((process.threads, process.started), (3, 99887));
        assert_eq!(process.resident, 205 * rustix::param::page_size() as u64);
    }

    #[test]
    fn the_dead_and_the_unreadable_are_left_out() {
        assert_eq!(parse(&STAT.replace(") S ", ") Z ")), None);
        assert_eq!(parse("4242 (cut"), None);
        assert_eq!(parse(""), None);
    }
}

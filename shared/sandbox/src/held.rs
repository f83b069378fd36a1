//! Memory and disk space that processes hold through open files. A file of `memfd_create(2)` is resident in no process until it is
//! mapped, and a deleted file lies in no folder.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::processes::Process;

/// Bytes of a block as `stat` counts them, whatever the file system's own are.
const BLOCK: u64 = 512;

/// A file: its device and its number there.
type File = (u64, u64);

/// The files in memory and the deleted files that some processes hold open, and the bytes of each.
#[derive(Debug, Default)]
pub(crate) struct Held {
    memory: HashMap<File, u64>,
    unlinked: HashMap<File, u64>,
}

impl Held {
    /// Looks at the open files of each process, at no more than `limit` of all. Those whose files cannot be looked at count as holding none.
    ///
    /// Files on the devices of `folders` that have a name count against the limit on the disk, and not here.
    pub(crate) fn by(members: &[Process], folders: &[u64], limit: u32) -> Held {
        let mut held = Held::default();
        let files = members.iter().flat_map(|member| {
            let files = fs::read_dir(format!("/proc/{}/fd", member.id));
            files.into_iter().flatten().flatten()
        });
        for file in files.take(limit as usize) {
            // Follows the link, also to a file that has no name any more.
            let Ok(metadata) = fs::metadata(file.path()) else {
                continue;
            };
            let id = (metadata.dev(), metadata.ino());
            let bytes = metadata.blocks() * BLOCK;
            let in_memory = may_be_memory(&metadata, folders) && is_memory(&file.path());
            if in_memory {
                held.memory.insert(id, bytes);
            }
            // Where a command's folder is in memory itself, the limit on the disk holds there too.
            let on_disk = !in_memory || folders.contains(&metadata.dev());
            if metadata.is_file() && metadata.nlink() == 0 && on_disk {
                held.unlinked.insert(id, bytes);
            }
        }
        held
    }

    /// All that is in memory, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.memory.values().sum()
    }

    /// All that is on the disk in files without a name, in bytes.
    pub(crate) fn unlinked(&self) -> u64 {
        self.unlinked.values().sum()
    }

    /// How much of the files in memory a process has mapped, in bytes: this part counts as its own memory already. Reads the list of all its mappings.
    pub(crate) fn mapped_by(&self, process: &Process) -> u64 {
        if self.memory.is_empty() {
            return 0;
        }
        let list = fs::read(format!("/proc/{}/smaps", process.id)).unwrap_or_default();
        mapped(&String::from_utf8_lossy(&list), |file| {
            self.memory.contains_key(&file)
        })
    }
}

/// The proportional size of the mappings of some files, in a text of the form of `/proc/*/smaps`.
fn mapped(list: &str, wanted: impl Fn(File) -> bool) -> u64 {
    let mut bytes = 0;
    let mut counts = false;
    for line in list.lines() {
        if let Some(size) = line.strip_prefix("Pss:") {
            let kib = size.trim().trim_end_matches(" kB").parse::<u64>();
            bytes += kib.unwrap_or(0) * if counts { 1024 } else { 0 };
        } else if let Some(file) = mapping(line) {
            counts = wanted(file);
        }
    }
    bytes
}

/// The file of a mapping's first line: `55e0-55e2 rw-s 00000000 00:01 1025  /memfd:name (deleted)`.
fn mapping(line: &str) -> Option<File> {
    let mut fields = line.split_ascii_whitespace();
    fields.next()?.split_once('-')?;
    let (major, minor) = fields.nth(2)?.split_once(':')?;
    let number = |text| u32::from_str_radix(text, 16).ok();
    let device = device(number(major)?, number(minor)?);
    Some((device, fields.next()?.parse().ok()?))
}

/// A quick look: file systems in memory have no device of their own.
fn may_be_memory(metadata: &Metadata, folders: &[u64]) -> bool {
    let nameless = is_nameless(metadata.dev());
    let elsewhere = metadata.nlink() == 0 || !folders.contains(&metadata.dev());
    metadata.is_file() && metadata.blocks() > 0 && nameless && elsewhere
}

#[cfg(target_os = "linux")]
fn device(major: u32, minor: u32) -> u64 {
    rustix::fs::makedev(major, minor)
}

#[cfg(target_os = "linux")]
fn is_nameless(device: u64) -> bool {
    rustix::fs::major(device) == 0
}

#[cfg(not(target_os = "linux"))]
fn device(_: u32, _: u32) -> u64 {
    0
}

#[cfg(not(target_os = "linux"))]
fn is_nameless(_: u64) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn is_memory(file: &Path) -> bool {
    /// `statfs(2)`: TMPFS_MAGIC, HUGETLBFS_MAGIC and SECRETMEM_MAGIC.
    const KINDS: [u64; 3] = [0x0102_1994, 0x9584_58f6, 0x5345_434d];
    rustix::fs::statfs(file).is_ok_and(|kind| {
        u64::try_from(kind.f_type).is_ok_and(|kind| KINDS.contains(&(kind & 0xffff_ffff)))
    })
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    const LIST: &str = "\
7f00-7f10 rw-s 00000000 00:01 1025                       /memfd:a b (deleted)
Size:               2048 kB
Pss:                1536 kB
Pss_Dirty:             0 kB
7f10-7f20 r-xp 00000000 fe:00 77                         /usr/bin/node
Pss:                 100 kB
7f20-7f30 rw-p 00000000 00:00 0
Pss:                 200 kB
7f30-7f40 rw-s 00000000 00:01 1025                       /memfd:a b (deleted)
Pss:                  64 kB
";

    #[test]
    fn only_mappings_of_the_files_in_question_count() {
        let memory = (device(0, 1), 1025);
        assert_eq!(mapped(LIST, |file| file == memory), 1600 * 1024);
        assert_eq!(
            mapped(LIST, |file| file == (device(0xfe, 0), 77)),
            100 * 1024
        );
        assert_eq!(mapped("garbage\n\n- - - -\nPss: x kB\n", |_| true), 0);
    }
}

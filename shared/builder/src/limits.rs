//! Every build ends, and fits into the machine: the limits of one build step, of one build and of one artifact.

use std::time::Duration;

use files::WalkLimits;

/// Wall time of one step. Ten minutes is what the slowest real connector needed (a cold install of a Merchant Center application), times two.
pub const STEP_WALL: Duration = Duration::from_secs(600);

/// Wall time of a whole build, all steps together: twice the slowest real connector's install with as much again for its tests and build script, and
/// less than the 30 minutes after which the run that waits for it ends.
pub const BUILD_WALL: Duration = Duration::from_secs(20 * 60);

/// Memory of one step in bytes, summed over its processes: 4 GiB, the size of the largest application type at run time.
pub const STEP_MEMORY_BYTES: u64 = 4 << 30;

/// Processes of one step (and eight times as many threads): package managers and test runners start one per core and file; 512 stops a fork bomb.
pub const STEP_PROCESSES: u32 = 512;

/// Output of one step in bytes: 16 MiB is far more than anyone reads, and bounds the log.
pub const STEP_OUTPUT_BYTES: u64 = 16 << 20;

/// The largest file that a step may write, in bytes: 1 GiB, as a whole artifact may not be larger.
pub const STEP_FILE_BYTES: u64 = 1 << 30;

/// What a step may leave on the disk, in bytes: 8 GiB hold every `node_modules` that makes an artifact within its limit, and its caches.
pub const STEP_DISK_BYTES: u64 = 8 << 30;

/// Open files of a process of a step: package managers hold hundreds of sockets and files at once.
pub const STEP_OPEN_FILES: u32 = 8192;

/// What is kept of the beginning of a build's log, in bytes: 2 MiB hold every command and all that a person reads from the top.
pub const LOG_HEAD_BYTES: u64 = 2 << 20;

/// What is kept of the end of a build's log, in bytes: 6 MiB, as what went wrong stands there.
pub const LOG_TAIL_BYTES: u64 = 6 << 20;

/// The lines of output that a failure shows, as the contract's report has them (section 16).
pub const LAST_LINES: usize = 20;

/// The lines that the cause of a failure is looked for in: package managers name it before a long explanation.
pub const TAIL_LINES: usize = 100;

/// The longest line in a failure, in characters: minified code in a stack trace must not bury the message.
pub const LAST_LINE_CHARS: usize = 400;

/// The size of an artifact before compression, in bytes: 1 GiB, so that a host can unpack several beside each other.
pub const ARTIFACT_BYTES: u64 = 1 << 30;

/// Files in an artifact: the largest `node_modules` seen has a third of this.
pub const ARTIFACT_ENTRIES: usize = 200_000;

/// The size of a package.json or lockfile that is read into memory, in bytes: 32 MiB.
pub const DESCRIPTION_BYTES: u64 = 32 << 20;

/// How deep below the root of the repository members of a workspace are looked for, in folders.
pub const WORKSPACE_DEPTH: usize = 3;

/// Files and folders of a repository or a working copy, and how deep they lie: more than git gives out of a repository (see `source`).
pub const SOURCE: WalkLimits = WalkLimits {
    entries: 1_000_000,
    depth: 200,
};

/// Files and folders that are looked at after a step: an artifact may have [`ARTIFACT_ENTRIES`], and caches that do not go into it may lie
/// beside. The deepest `node_modules` of the npm 2 era had some sixty folders above one another.
pub(crate) const TREE: WalkLimits = WalkLimits {
    entries: 2 * ARTIFACT_ENTRIES,
    depth: 200,
};

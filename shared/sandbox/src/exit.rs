//! How a command ended: by itself, by a signal, or because it passed a limit.

use std::fmt;
use std::time::Duration;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It ended by itself with this exit code.
    Code(i32),
    /// This signal ended it. Inside namespaces a command that itself returns `128 + n` reads the same as signal `n`.
    Signal(i32),
    /// It passed a limit and was ended for it.
    Limit(LimitHit),
}

/// The limit that a command passed; the value is the limit, not what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitHit {
    /// It ran for longer than this.
    Wall(Duration),
    /// Its processes together held more than this many bytes of memory.
    Memory(u64),
    /// It had more than this many processes at once.
    Processes(u32),
    /// Its processes together had more than this many threads at once.
    Threads(u32),
    /// Its processes together held more than this many files and sockets open.
    OpenFiles(u32),
    /// What it may change held more than this many bytes on the disk.
    Disk(u64),
    /// It wrote more than this many bytes to stdout and stderr together.
    Output(u64),
}

impl Exit {
    /// Whether the command ended by itself with exit code 0.
    pub fn success(self) -> bool {
        self == Exit::Code(0)
    }
}

impl fmt::Display for Exit {
    /// Completes a sentence that starts with the command: "`npm test` ended with exit code 1".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "ended with exit code {code}"),
            Exit::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Exit::Limit(limit) => limit.fmt(f),
        }
    }
}

impl fmt::Display for LimitHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitHit::Wall(limit) => write!(f, "ran for longer than its limit of {limit:?}"),
            LimitHit::Memory(limit) => {
                write!(
                    f,
                    "used more memory than its limit of {} MiB",
                    limit / (1 << 20)
                )
            }
            LimitHit::Disk(limit) => {
                write!(
                    f,
                    "wrote more to the disk than its limit of {} MiB",
                    limit / (1 << 20)
                )
            }
            LimitHit::Processes(limit) => {
                write!(
                    f,
                    "started more processes than its limit of {limit} at once"
                )
            }
            LimitHit::Threads(limit) => {
                write!(f, "started more threads than its limit of {limit} at once")
            }
            LimitHit::OpenFiles(limit) => {
                write!(
                    f,
                    "held more files and sockets open than its limit of {limit} at once"
                )
            }
            LimitHit::Output(limit) => {
                write!(f, "wrote more output than its limit of {limit} bytes")
            }
        }
    }
}

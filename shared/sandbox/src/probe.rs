//! Tries, inside of the sandbox, what must fail there.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use files::TemporaryFolder;

use crate::capabilities::Means;
use crate::command::{Command, Limits, Network, Priority};
use crate::error::SandboxError;
use crate::exit::Exit;
use crate::lines::Stream;
use crate::paths::system_read_paths;
use crate::running::Running;

/// Something that a command could do although it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// A short name.
    pub name: &'static str,
    /// Predicate of a sentence about a command that succeeded: "can change settings of the kernel".
    pub sentence: &'static str,
    /// True if this machine lacks the means against it and the platform is not root: a known limitation and not a fault. False if the
    /// means that the machine has should have prevented it.
    pub known: bool,
}

/// Why it is not known what commands can do.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The folder for the attempts cannot be made or read.
    #[error("a folder for the test of the sandbox cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// No command can be started.
    #[error(transparent)]
    Start(#[from] SandboxError),
    /// The attempts ended before the last one.
    #[error("the test of the sandbox {0} before its end; its last output: {1}")]
    Ended(Exit, String),
}

const SCRIPT: &str = include_str!("probe.sh");

/// An attempt that the platform itself judges, by the owner of a file that the script made.
const ROOT: &str = "root";

/// Each attempt's name, and what a command can do for which it succeeds.
const ATTEMPTS: [(&str, &str); 13] = [
    (ROOT, "runs as the user root"),
    (
        "kernel-settings",
        "can change settings of the kernel (/proc/sys)",
    ),
    (
        "device-settings",
        "can change settings of devices and modules (/sys)",
    ),
    ("devices", "can open disks or the memory of the machine"),
    ("make-devices", "can make device files"),
    ("mount", "can mount file systems"),
    (
        "nested-namespaces",
        "can make user namespaces, and has all capabilities inside of them",
    ),
    (
        "platform-files",
        "can open files of the platform, such as its master key",
    ),
    ("write-outside", "can write outside of its folders"),
    (
        "other-processes",
        "can see the other processes of the machine",
    ),
    ("signal-processes", "can send signals to the platform"),
    (
        "look-into-processes",
        "can read the memory or the environment of other processes",
    ),
    ("privileges", "keeps capabilities, or can gain some"),
];

/// How long the attempts may take on a machine that is very busy; commonly it is some 50 ms.
const WALL: Duration = Duration::from_secs(60);

const LIMITS: Limits = Limits {
    wall: Some(WALL),
    memory_bytes: 256 << 20,
    processes: 32,
    output_bytes: Some(64 << 10),
    file_bytes: 1 << 20,
    disk_bytes: 1 << 20,
    open_files: 64,
};

/// Tries in the sandbox what must fail there: to change settings of the kernel, to open `files`, to look at other processes, and more. Takes some 50 ms. Must be called within a tokio runtime.
///
/// `folder` is one in which the platform makes folders for commands; `files` are secrets of the platform, of which those that do not exist
/// yet are skipped. Nothing is changed, whether an attempt succeeds or not.
///
/// # Errors
/// It is not known whether the sandbox holds.
pub async fn breaches(folder: &Path, files: &[PathBuf]) -> Result<Vec<Breach>, ProbeError> {
    breaches_with(Means::of_this_machine(), folder, files).await
}

pub(crate) async fn breaches_with(
    means: &Means,
    folder: &Path,
    files: &[PathBuf],
) -> Result<Vec<Breach>, ProbeError> {
    let outside = TemporaryFolder::create_in(folder, "sandbox-probe-")?;
    let (inside, secret) = (outside.path().join("inside"), outside.path().join("secret"));
    std::fs::create_dir(&inside)?;
    std::fs::write(&secret, "")?;
    std::fs::set_permissions(&secret, Permissions::from_mode(0o600))?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let mut args: Vec<OsString> = vec!["-c".into(), SCRIPT.into(), "sandbox-probe".into()];
    args.push(std::process::id().to_string().into());
    args.extend([namespace.into(), outside.path().into(), secret.into()]);
    args.extend(files.iter().map(Into::into));
    let command = Command {
        program: "/bin/sh".into(),
        args,
        env: vec![("PATH".into(), "/usr/sbin:/usr/bin:/sbin:/bin".into())],
        cwd: inside.clone(),
        read: system_read_paths(),
        write: vec![inside.clone()],
        network: Network::None,
        limits: LIMITS,
        priority: Priority::Normal,
    };
    let mut running = Running::start(command, means)?;
    let (mut lines, mut names) = (running.lines(), Vec::new());
    let mut errors = String::new();
    while let Some(line) = lines.recv().await {
        match line.stream {
            Stream::Stdout => names.push(line.text),
            Stream::Stderr => errors = line.text,
        }
    }
    let exit = running.wait().await;
    if exit != Exit::Code(0) || names.pop().as_deref() != Some("done") {
        return Err(ProbeError::Ended(exit, errors));
    }
    let is_root = rustix::process::geteuid().is_root();
    if is_root && inside.join("owner").symlink_metadata()?.uid() == 0 {
        names.push(ROOT.to_owned());
    }
    Ok(ATTEMPTS
        .into_iter()
        .filter(|(name, _)| names.iter().any(|succeeded| succeeded == name) && matters(name, means))
        .map(|(name, sentence)| Breach {
            name,
            sentence,
            known: !is_root && is_known(name, means),
        })
        .collect())
}

/// False for what is documented to be possible with these means, whoever the platform runs as.
fn matters(name: &str, means: &Means) -> bool {
    match name {
        "other-processes" => means.namespaces.is_some(),
        "nested-namespaces" => means
            .namespaces
            .as_ref()
            .is_some_and(|bwrap| bwrap.no_nesting),
        _ => true,
    }
}

/// True for what a command of the platform's own user can do unless these means prevent it.
fn is_known(name: &str, means: &Means) -> bool {
    /// The first interface of Landlock that keeps signals inside.
    const SCOPES: i32 = 6;
    let namespaces = means.namespaces.is_some();
    match name {
        "platform-files" | "write-outside" | "devices" | "look-into-processes" => {
            !namespaces && means.landlock.is_none()
        }
        "signal-processes" => !namespaces && means.landlock.is_none_or(|version| version < SCOPES),
        _ => false,
    }
}

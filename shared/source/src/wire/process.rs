//! Git over the standard streams of a program, `git upload-pack` or `ssh`, which ends with the attempt.
//!
//! Both are the operator's programs and run with the operator's environment (PATH, HOME, an SSH agent), without what git reads
//! from it. They only carry bytes: nothing that a repository holds is run by them.

use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use gix_transport::Protocol;
use gix_transport::client::blocking_io::Transport;
use gix_transport::client::git::{ConnectMode, blocking_io::Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::address::{LookupError, public_addresses};
use crate::attempt::Attempt;
use crate::error::Failure;
use crate::refusal::Refusal;
use crate::remote::{SshRemote, Trust};
use crate::unreachable::Unreachable;

type Opened = (Box<dyn Transport>, Option<Process>);

/// A running program; dropping it kills it.
pub(super) struct Process {
    _child: Child,
    stderr: Option<JoinHandle<String>>,
}

impl Process {
    /// What the program wrote to its standard error, as a reason, once: both programs end when they have complained.
    pub(super) fn complaint(&mut self, server: &str, attempt: &Attempt) -> Option<Unreachable> {
        const PATIENCE: Duration = Duration::from_secs(1);
        let stderr = self.stderr.take()?;
        let text = attempt
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, stderr).await });
        reason(&text.ok()?.ok()?, server)
    }
}

/// Serves a repository on this machine. As git does, a missing `x.git` is looked for as `x`.
pub(super) fn local(path: &Path, attempt: &Arc<Attempt>) -> Result<Opened, Failure> {
    let without_suffix = path
        .to_str()
        .and_then(|path| path.strip_suffix(".git"))
        .map(PathBuf::from);
    let path = [Some(path.to_owned()), without_suffix]
        .into_iter()
        .flatten()
        .find(|path| path.is_dir())
        .ok_or(Unreachable::Missing)?;
    let mut command = Command::new("git");
    // The operator named this folder, so it may belong to another account. Filters save the reading of files that are not needed.
    command
        .args([
            "-c",
            "safe.directory=*",
            "-c",
            "uploadpack.allowFilter=true",
        ])
        .args(["-c", "uploadpack.allowAnySHA1InWant=true", "upload-pack"])
        .arg(&path);
    spawn(command, attempt)
}

/// Reaches a repository by SSH. A user's host is resolved here, and the program is told the address.
pub(super) fn ssh(to: &SshRemote, server: &str, attempt: &Arc<Attempt>) -> Result<Opened, Failure> {
    let address = match to.trust {
        Trust::User => Some(checked_address(&to.host, server, attempt)?.ip()),
        Trust::Operator => None,
    };
    spawn(ssh_command(to, address), attempt)
}

fn ssh_command(to: &SshRemote, address: Option<IpAddr>) -> Command {
    let mut command = Command::new("ssh");
    let mut option = |text: &str| {
        command.args(["-o", text]);
    };
    for text in [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "UpdateHostKeys=no",
        "ConnectTimeout=10",
        "ClearAllForwardings=yes",
        "ForwardAgent=no",
        "PermitLocalCommand=no",
        "ControlMaster=no",
        "ControlPath=none",
        "SendEnv=GIT_PROTOCOL",
    ] {
        option(text);
    }
    if let Some(address) = address {
        option("ProxyCommand=none");
        option("ProxyJump=none");
        option("Port=22");
        option(&format!("HostName={address}"));
        // The key is still looked up by the name.
        option(&format!("HostKeyAlias={}", to.host));
    } else if let Some(port) = to.port {
        option(&format!("Port={port}"));
    }
    command
        .args(["-T", "-x", "--", &format!("{}@{}", to.user, to.host)])
        .arg(format!("git-upload-pack '{}'", to.path));
    command
}

fn checked_address(host: &str, server: &str, attempt: &Attempt) -> Result<SocketAddr, Failure> {
    const SSH: u16 = 22;
    let server = server.to_owned();
    let found = attempt
        .wait(public_addresses(host, SSH))
        .map_err(|_| attempt.failure(|| Unreachable::Broken.into()))?;
    match found {
        Ok(addresses) => addresses
            .first()
            .copied()
            .ok_or_else(|| Unreachable::UnknownHost { server }.into()),
        Err(LookupError::Unknown) => Err(Unreachable::UnknownHost { server }.into()),
        Err(LookupError::NotPublic) => Err(Refusal::NotPublic(server).into()),
    }
}

fn spawn(mut command: Command, attempt: &Arc<Attempt>) -> Result<Opened, Failure> {
    const BUFFER: usize = 64 * 1024;
    // What would make git read another repository or other settings than it is told to.
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_SHALLOW_FILE",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_TRACE",
        "GIT_TRACE_PACKET",
    ] {
        command.env_remove(name);
    }
    command
        .envs([
            ("GIT_PROTOCOL", "version=2"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("LC_ALL", "C"),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let _inside = attempt.runtime.enter();
    let not_started =
        |error| Failure::fault("start `git` or `ssh`, which must be installed", error);
    let mut child = command.spawn().map_err(not_started)?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(not_started(io::Error::other("a stream is missing")));
    };
    let output = BufReader::with_capacity(BUFFER, Output(stdout, Arc::clone(attempt)));
    let input = Input(stdin, Arc::clone(attempt));
    let host = None::<(&str, Option<u16>)>;
    let connection = Connection::new(
        output,
        input,
        Protocol::V2,
        "",
        host,
        ConnectMode::Process,
        false,
    );
    let process = Process {
        _child: child,
        stderr: Some(attempt.runtime.spawn(first_bytes(stderr))),
    };
    Ok((Box::new(connection), Some(process)))
}

/// Reads to the end, so that the program never waits, and keeps the beginning.
async fn first_bytes(mut stderr: ChildStderr) -> String {
    const KEPT: usize = 8 * 1024;
    let (mut kept, mut buffer) = (Vec::new(), vec![0; KEPT]);
    while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
        let room = KEPT - kept.len();
        kept.extend_from_slice(&buffer[..count.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// What the programs' words mean, in their untranslated form.
fn reason(complaint: &str, server: &str) -> Option<Unreachable> {
    let says = |words: &[&str]| words.iter().any(|words| complaint.contains(words));
    let server = server.to_owned();
    if says(&["Host key verification failed", "host key is known"]) {
        Some(Unreachable::HostKey { server })
    } else if says(&["Could not resolve hostname"]) {
        Some(Unreachable::UnknownHost { server })
    } else if says(&[
        "Connection refused",
        "Connection timed out",
        "No route to host",
        "Network is unreachable",
    ]) {
        Some(Unreachable::Connect { server })
    } else if says(&[
        "Permission denied",
        "Repository not found",
        "Could not read from remote",
    ]) {
        Some(Unreachable::DeniedSsh { server })
    } else if says(&["not appear to be a git repository", "not a git repository"]) {
        Some(Unreachable::Missing)
    } else {
        None
    }
}

struct Output(ChildStdout, Arc<Attempt>);

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.wait(self.0.read(buffer))??;
        self.1.receive(count)?;
        Ok(count)
    }
}

struct Input(ChildStdin, Arc<Attempt>);

impl Write for Input {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.wait(self.0.write(bytes))?
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.wait(self.0.flush())?
    }
}

#[cfg(test)]
mod tests;

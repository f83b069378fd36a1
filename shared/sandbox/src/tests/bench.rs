//! A command with a folder of its own, run by each of the means that this machine has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::capabilities::Means;
use crate::{
    Command, Exit, Limits, Line, Network, Priority, Running, SandboxError, system_read_paths,
};

/// Folders of one test; `inside` is writable, `outside` is not even readable.
pub(super) struct Bench {
    folder: tempfile::TempDir,
    pub(super) name: &'static str,
    pub(super) means: Means,
}

/// One bench for namespaces and one without; what is missing here is said, as its tests then show nothing.
pub(super) fn benches() -> Vec<Bench> {
    let machine = Means::of_this_machine();
    let mut benches = Vec::new();
    if machine.namespaces.is_some() {
        benches.push(Bench::new("namespaces", machine.clone()));
    } else {
        eprintln!("SKIPPED: bubblewrap does not work here, nothing is shown of namespaces");
    }
    let without = Means {
        namespaces: None,
        ..machine.clone()
    };
    benches.push(Bench::new("no namespaces", without));
    benches
}

/// True where the platform would be root; elsewhere the test says that it shows nothing.
pub(super) fn root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("SKIPPED: only root can run commands as another user");
    }
    root
}

impl Bench {
    fn new(name: &'static str, means: Means) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inside")).unwrap();
        std::fs::create_dir(folder.path().join("outside")).unwrap();
        std::fs::write(folder.path().join("outside/secret"), "hidden\n").unwrap();
        Bench {
            folder,
            name,
            means,
        }
    }

    /// Whether commands are kept to their files; without, those tests say so and show nothing.
    pub(super) fn keeps_files(&self) -> bool {
        let keeps = self.means.namespaces.is_some() || self.means.landlock.is_some();
        if !keeps {
            eprintln!("SKIPPED: no Landlock in this kernel, files are open");
        }
        keeps
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn inside(&self) -> PathBuf {
        self.folder.path().join("inside")
    }

    pub(super) fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    /// A shell script within generous limits.
    pub(super) fn script(&self, script: &str) -> Command {
        Command {
            program: "sh".into(),
            args: vec!["-c".into(), script.into()],
            env: vec![("PATH".into(), "/usr/bin:/bin".into())],
            cwd: self.inside(),
            read: system_read_paths(),
            write: vec![self.inside()],
            network: Network::Open,
            limits: Limits {
                wall: Some(Duration::from_secs(60)),
                memory_bytes: 1 << 30,
                processes: 100,
                output_bytes: None,
                file_bytes: 1 << 30,
                disk_bytes: 1 << 30,
                open_files: 256,
            },
            priority: Priority::Normal,
        }
    }

    pub(super) fn start(&self, command: Command) -> Result<Running, SandboxError> {
        Running::start(command, &self.means)
    }

    pub(super) async fn run(&self, command: Command) -> (Exit, Vec<Line>) {
        let mut running = self.start(command).unwrap();
        let mut lines = running.lines();
        let mut all = Vec::new();
        while let Some(line) = lines.recv().await {
            all.push(line);
        }
        (running.wait().await, all)
    }

    /// Runs a script; its exit and everything that it wrote.
    pub(super) async fn sh(&self, script: &str) -> (Exit, String) {
        let (exit, lines) = self.run(self.script(script)).await;
        (exit, text(&lines))
    }
}

pub(super) fn text(lines: &[Line]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.join("\n")
}

/// A number of seconds that no other test sleeps, to know a process by from outside.
pub(super) fn mark() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("1000.{}{next:03}", std::process::id())
}

/// How many processes on the machine sleep for `mark`.
pub(super) fn sleeping(mark: &str) -> usize {
    let wanted: OsString = format!("sleep\0{mark}\0").into();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .filter(|line| line == wanted.as_encoded_bytes())
        .count()
}

/// Waits until so many processes sleep for `mark`.
pub(super) fn wait_for_sleeping(mark: &str, count: usize) {
    let began = Instant::now();
    while sleeping(mark) != count {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{} processes sleep, and not {count}",
            sleeping(mark)
        );
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// What a test that needs `path` for its script writes into it.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

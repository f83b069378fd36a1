//! Every command of a build runs in a sandbox, in a room of its own that is gone afterwards, and nothing else of the machine is in reach.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use files::Dir;
use sandbox::{Command, Exit, Limits, Network, Priority};

use crate::commands::{self, Invocation};
use crate::error::{BuildError, BuildFailure, BuildFault, Step};
use crate::limits;
use crate::manager::ManagerKind;
use crate::manifest::StepTime;
use crate::plan::Plan;
use crate::progress::{OnProgress, Progress};
use crate::remedy;
use crate::tail::Tail;
use crate::toolchain::{Toolchain, Tools, WorkFolder};

/// The folder above those that the commands write to.
const ROOM: &str = "room";
const SOURCE: &str = "source";
/// The folders that the commands write to.
const WRITABLE: [&str; 3] = [SOURCE, "home", "tmp"];

/// The folders, tools and log of one build.
///
/// The commands see three folders that they can write to, each a mount of its own, so that none of them can be replaced: `source`, `home`
/// and `tmp`. Afterwards the builder reaches what they wrote only through `source`, which it opened before.
pub(crate) struct Room<'a> {
    work: WorkFolder,
    source: Dir,
    plan: &'a Plan,
    tools: Tools,
    environment: &'a [(String, String)],
    log: File,
    log_path: PathBuf,
    pub(crate) steps: Vec<StepTime>,
}

impl<'a> Room<'a> {
    pub(crate) fn new(
        toolchain: &Toolchain,
        plan: &'a Plan,
        tools: Tools,
        environment: &'a [(String, String)],
    ) -> io::Result<Self> {
        let work = toolchain.work_folder()?;
        let room = work.folder.dir().create_dir_all(Path::new(ROOM))?;
        let room = room.owned_by(sandbox::owner());
        let [source, home, _] = {
            let create = |name| room.create_dir_all(Path::new(name));
            let [source, home, temporary] = WRITABLE.map(create);
            [source?, home?, temporary?]
        };
        home.write(Path::new(".npmrc"), tools.registry.npmrc().as_bytes())?;
        let log_path = toolchain.log(&plan.hash);
        Ok(Self {
            log: File::create(&log_path)?,
            log_path,
            work,
            source,
            plan,
            tools,
            environment,
            steps: Vec::new(),
        })
    }

    fn folder(&self) -> PathBuf {
        self.work.folder.path().join(ROOM)
    }

    /// The working copy of the repository's part.
    pub(crate) fn source(&self) -> &Dir {
        &self.source
    }

    /// Notes how long something took.
    pub(crate) fn ended(&mut self, step: Step, since: Instant, on_progress: OnProgress<'_>) {
        let time = since.elapsed();
        self.steps.push(StepTime {
            step,
            millis: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        });
        on_progress(Progress::Ended(step, time));
    }

    /// Runs the package manager to its end.
    pub(crate) async fn run(
        &mut self,
        step: Step,
        invocation: &Invocation,
        on_progress: OnProgress<'_>,
    ) -> Result<(), BuildError> {
        on_progress(Progress::Started(step));
        let since = Instant::now();
        let shown = format!("{} {}", self.manager_name(), invocation.args.join(" "));
        self.note(&format!("$ {shown}"))?;
        let command = self.command(step, invocation);
        let mut tail = Tail::default();
        self.open_folder(step, &invocation.folder)?;
        let (source, room) = (self.folder().join(SOURCE), self.folder());
        let (source, room) = (source.to_string_lossy(), room.to_string_lossy());
        let mut written = Ok(());
        let log = &mut self.log;
        let exit = command
            .run(|line| {
                // Where the room is on this machine concerns nobody.
                let text = line.text.replace(&*source, ".").replace(&*room, "~");
                if written.is_ok() {
                    written = writeln!(log, "{text}");
                }
                tail.push(&text);
                on_progress(Progress::Output(&text));
            })
            .await
            .map_err(|error| BuildFault::new(format!("start the step {step}"), error))?;
        written.map_err(|error| BuildFault::new("write its log", error))?;
        self.note(&format!("# `{shown}` {exit}\n"))?;
        if exit == Exit::Code(0) {
            self.ended(step, since, on_progress);
            return Ok(());
        }
        Err(self.failure(step, &shown, exit, &tail))
    }

    /// Opens the folder that a step works in, which an earlier step may have replaced.
    pub(crate) fn open_folder(&self, step: Step, folder: &Path) -> Result<Dir, BuildError> {
        self.source.open_dir(folder).map_err(|error| {
            self.verdict(
                step,
                format!("the application's folder was replaced: {error}."),
                None,
                Vec::new(),
                "Let the scripts leave the application's folder in its place.".to_owned(),
            )
        })
    }

    /// Adds a line of the builder's own to the log.
    pub(crate) fn note(&mut self, line: &str) -> Result<(), BuildFault> {
        writeln!(self.log, "{line}").map_err(|error| BuildFault::new("write its log", error))
    }

    fn manager_name(&self) -> &'static str {
        self.plan
            .manager
            .as_ref()
            .map_or("npm", |manager| manager.kind.command())
    }

    fn failure(&self, step: Step, shown: &str, exit: Exit, tail: &Tail) -> BuildError {
        let last_lines = tail.last();
        if step == Step::Install && exit == Exit::Code(1) && remedy::is_network_failure(tail) {
            return BuildFault::new("reach the npm registry", last_lines.join("; ")).into();
        }
        let remedy = remedy::after(
            step,
            exit,
            tail,
            &self.plan.application,
            self.manager_name(),
        );
        self.verdict(
            step,
            format!("`{shown}` {exit}."),
            Some(exit),
            last_lines,
            remedy,
        )
    }

    /// The application's failure.
    pub(crate) fn verdict(
        &self,
        step: Step,
        what: String,
        exit: Option<Exit>,
        last_lines: Vec<String>,
        remedy: String,
    ) -> BuildError {
        BuildError::Verdict(Box::new(BuildFailure {
            application: self.plan.application.clone(),
            step,
            what,
            exit,
            last_lines,
            remedy,
            log: self.log_path.clone(),
        }))
    }

    fn command(&self, step: Step, invocation: &Invocation) -> Command {
        let online = step == Step::Install;
        let mut args = vec![self.tools.manager.clone().into_os_string()];
        args.extend(invocation.args.iter().map(OsString::from));
        let mut read = sandbox::system_read_paths();
        read.extend(self.tools.read.iter().cloned());
        Command {
            program: self.tools.node_home.join("bin/node"),
            args,
            env: self.variables(online),
            cwd: self.folder().join(SOURCE).join(&invocation.folder),
            read,
            write: WRITABLE.map(|name| self.folder().join(name)).to_vec(),
            network: if online { Network::Open } else { Network::None },
            limits: Limits {
                wall: Some(limits::STEP_WALL),
                memory_bytes: limits::STEP_MEMORY_BYTES,
                processes: limits::STEP_PROCESSES,
                output_bytes: Some(limits::STEP_OUTPUT_BYTES),
                file_bytes: limits::STEP_FILE_BYTES,
                disk_bytes: limits::STEP_DISK_BYTES,
                open_files: limits::STEP_OPEN_FILES,
            },
            // Applications answer requests meanwhile.
            priority: Priority::Low,
        }
    }

    /// The whole environment: the application's own values first, as ours win.
    fn variables(&self, online: bool) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = Vec::new();
        if !online {
            let own = self.environment.iter();
            variables.extend(own.map(|(name, value)| (name.into(), value.into())));
        }
        let manager = self
            .plan
            .manager
            .as_ref()
            .map_or(ManagerKind::Npm, |m| m.kind);
        let mut ours = commands::settings(&self.folder(), &self.tools.node_home, manager, online);
        let registry = self.tools.registry.environment().into_iter();
        ours.extend(registry.map(|(name, value)| (name.into(), value.into())));
        let mut path = self.tools.path.clone();
        path.extend(["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from));
        let path =
            std::env::join_paths(path).expect("our own folders have no colon in their names");
        ours.push(("PATH".into(), path));
        variables.retain(|(name, _)| !ours.iter().any(|(our, _)| our == name));
        variables.extend(ours);
        variables
    }
}

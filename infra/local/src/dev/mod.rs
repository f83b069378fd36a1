//! `slipway dev`: the applications of a working copy run as they would on a platform, and what is saved runs the next moment. Nothing is
//! committed, pushed or deployed, and what served goes on where a change does not come up.

mod application;
mod caller;
mod copy;
mod gateway;
mod obey;
mod terminal;
mod values;
mod watch;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use builder::Toolchain;
use checks::{CheckResult, SourceChecks};
use domain::names::ApplicationName;
use domain::spec::{Application, Spec};
use files::TemporaryFolder;
use hosting::{Hosting as _, Launch, LogQuery};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use uuid::Uuid;
use work::{Clock, Ids};

use self::application::Change;
use self::copy::WorkingCopy;
use self::gateway::Gateway;
use self::terminal::Typed;
use self::watch::Watch;
use crate::commands::{log_text, validation_text};
use crate::confinement;
use crate::hosting::{Options as HostingOptions, ProcessHosting, Timing};

/// Files are looked at this often: a save runs before its author has switched windows.
const LOOK: Duration = Duration::from_millis(150);
/// The logs are read this often.
const READ_LOGS: Duration = Duration::from_millis(100);

/// What `slipway dev` is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The working copy: the folder with connect.yaml.
    pub root: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The file with the values of all applications; none: `.env` in the working copy.
    pub env_file: Option<PathBuf>,
    /// Where Node releases and what runs are kept; not in the working copy.
    pub data: PathBuf,
    /// The `PATH` of its user, for installs and builds.
    pub path: OsString,
    /// True to start even if applications can get out of the sandbox.
    pub allow_unsafe_sandbox: bool,
}

/// The working copy and what runs of it.
pub struct Dev {
    root: PathBuf,
    env_file: PathBuf,
    _state: TemporaryFolder,
    path: OsString,
    toolchain: Toolchain,
    copy: Arc<WorkingCopy>,
    hosting: ProcessHosting,
    gateway: Gateway,
    clock: Clock,
    ids: Ids,
    spec: Option<Spec>,
    launches: BTreeMap<ApplicationName, Launch>,
    /// Of every application that was ever seen, with the revision that was tried last.
    known: BTreeMap<ApplicationName, (Uuid, u64)>,
    /// What the dependencies of an application were installed for.
    installed: BTreeMap<ApplicationName, String>,
    /// Whether the last load ran a build script.
    built: bool,
    /// Folders that builds made.
    made: Vec<PathBuf>,
}

/// Runs until the terminal or `stop` ends it.
///
/// # Errors
/// What is in the way of a start; what is wrong with the working copy is said and waited for.
pub async fn run(options: Options, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let (mut dev, listener) = Dev::open(options).await?;
    let serving = tokio::spawn(dev.gateway.clone().serve(listener));
    // Also an install or a build that goes on ends then.
    let ended = tokio::select! {
        () = stop => Ok(()),
        ended = dev.watch() => ended,
    };
    serving.abort();
    dev.hosting.shutdown().await;
    ended
}

impl Dev {
    /// Runs until `quit` is typed.
    async fn watch(&mut self) -> anyhow::Result<()> {
        let mut watch = Watch::begin(&self.root, &self.env_file, &self.clock);
        self.load(&[]).await?;
        watch.loaded(self.built);
        let help = "Save a file, and it runs. `help` says what can be typed; Ctrl-C ends.";
        say("slipway", help);
        let (mut lines, mut open) = (typed(), true);
        loop {
            tokio::select! {
                line = lines.recv(), if open => match line {
                    Some(line) => match terminal::read(&line) {
                        Some(Ok(Typed::Quit)) => return Ok(()),
                        Some(Ok(typed)) => self.obey(typed).await?,
                        Some(Err(text)) => say("slipway", &text),
                        None => {}
                    },
                    None => open = false,
                },
                () = tokio::time::sleep(LOOK) => {
                    if let Some(changed) = watch.saved(&self.made) {
                        self.load(&changed).await?;
                        watch.loaded(self.built);
                    }
                }
            }
        }
    }

    async fn open(options: Options) -> anyhow::Result<(Self, TcpListener)> {
        let root = options.root.canonicalize().with_context(|| {
            format!(
                "{} is not a folder. Name the folder that holds connect.yaml",
                options.root.display()
            )
        })?;
        let data = std::path::absolute(&options.data)?;
        if data.starts_with(&root) {
            bail!(
                "The data folder {} is in the working copy, which is watched. Name another with --data.",
                data.display()
            );
        }
        let cannot = || format!("The folder {} cannot be used", data.display());
        std::fs::create_dir_all(&data).with_context(cannot)?;
        let toolchain = Toolchain::new(&data.join("cache")).with_context(cannot)?;
        let state = TemporaryFolder::create_in(&data, "dev-");
        let state = state.with_context(cannot)?;
        confinement::ensure(state.path(), &[], options.allow_unsafe_sandbox).await?;
        let listener = TcpListener::bind(options.listen).await.with_context(|| {
            format!("Slipway cannot listen on {}. Another program may use this port: stop it, or choose another with --listen 127.0.0.1:PORT", options.listen)
        })?;
        let (clock, copy) = (Clock::system(), Arc::new(WorkingCopy::new(&root)));
        let now = clock.clone();
        let hosting = ProcessHosting::open(HostingOptions {
            data: state.path().to_owned(),
            clock: Arc::new(move || now.now()),
            artifacts: copy.clone(),
            timing: Timing {
                sleep: None,
                // Whoever saves has seen enough of what ran before.
                drain: Duration::from_secs(5),
                ..Timing::default()
            },
            // The log tells each crash.
            crash_loops: mpsc::unbounded_channel().0,
        })?;
        let ids = Ids::random();
        let gateway = Gateway::new(
            hosting.clone(),
            clock.clone(),
            ids.clone(),
            listener.local_addr()?,
        );
        let dev = Self {
            env_file: options.env_file.unwrap_or_else(|| root.join(values::FILE)),
            root,
            _state: state,
            path: options.path,
            toolchain,
            copy,
            hosting,
            gateway,
            clock,
            ids,
            spec: None,
            launches: BTreeMap::new(),
            known: BTreeMap::new(),
            installed: BTreeMap::new(),
            built: false,
            made: Vec::new(),
        };
        Ok((dev, listener))
    }

    /// Has what changed running; with nothing changed, everything.
    async fn load(&mut self, changed: &[PathBuf]) -> anyhow::Result<()> {
        self.built = false;
        let whole = |path: &&PathBuf| path.parent() == Some(&self.root);
        if changed.is_empty() || changed.iter().any(|path| whole(&path)) || self.spec.is_none() {
            let Some(spec) = self.read_spec()? else {
                return Ok(());
            };
            self.remove_all_but(&spec).await?;
            self.spec = Some(spec);
        }
        let applications = self.spec.iter().flat_map(|spec| spec.applications.clone());
        for application in applications.collect::<Vec<_>>() {
            if let Some(change) = self.change_of(&application, changed) {
                self.bring_up(&application, change).await?;
            }
        }
        Ok(())
    }

    /// What a change is to an application; none where it is of another one alone.
    fn change_of(&self, application: &Application, changed: &[PathBuf]) -> Option<Change> {
        let folder = |path: &PathBuf| {
            path.strip_prefix(&self.root)
                .ok()?
                .iter()
                .next()
                .map(Into::into)
        };
        let others: Vec<PathBuf> = self
            .spec
            .iter()
            .flat_map(|spec| &spec.applications)
            .filter(|other| other.name != application.name)
            .map(|other| PathBuf::from(other.name.as_str()))
            .collect();
        // What lies in no application's folder may be shared by all of them.
        let concerns =
            |path: &&PathBuf| folder(path).is_none_or(|folder| !others.contains(&folder));
        let concerning: Vec<&PathBuf> = changed.iter().filter(concerns).collect();
        let is_values = |path: &&PathBuf| {
            **path == self.env_file || path.file_name().is_some_and(|name| name == values::FILE)
        };
        match concerning.as_slice() {
            [] if changed.is_empty() => Some(Change::Sources),
            [] => None,
            all if all.iter().all(is_values) => Some(Change::Values),
            _ => Some(Change::Sources),
        }
    }

    /// connect.yaml, where nothing is wrong with it.
    fn read_spec(&self) -> anyhow::Result<Option<Spec>> {
        let checked = checks::check_spec(&self.root);
        let checked = checked.with_context(|| format!("{} cannot be read", self.root.display()))?;
        if checked.findings.is_empty() && checked.spec.is_some() {
            return Ok(checked.spec);
        }
        let scope = "connect.yaml and the folders that it names.".to_owned();
        let result = CheckResult::of_spec(checked.spec.as_ref(), checked.findings, scope);
        let checks = SourceChecks {
            results: vec![result],
            ..SourceChecks::default()
        };
        print(&validation_text(&self.root, &checks));
        let wait = "What runs goes on; correct connect.yaml and save it.";
        say("slipway", wait);
        Ok(None)
    }

    async fn remove_all_but(&mut self, spec: &Spec) -> anyhow::Result<()> {
        let gone = self
            .launches
            .keys()
            .filter(|name| spec.application(name.as_str()).is_none());
        for name in gone.cloned().collect::<Vec<_>>() {
            if let Some(launch) = self.launches.remove(&name) {
                self.hosting.remove(launch.deployment).await?;
            }
            self.gateway.routes().remove(name.as_str());
            say(name.as_str(), "is gone from connect.yaml, and has ended.");
        }
        Ok(())
    }

    /// Shows what an application writes, from now on.
    fn show_log(&self, name: &ApplicationName, deployment: Uuid) {
        let (hosting, name) = (self.hosting.clone(), name.clone());
        let mut query = LogQuery {
            deployment,
            application: None,
            from: self.clock.now(),
            until: None,
            page: None,
        };
        tokio::spawn(async move {
            while let Ok(page) = hosting.logs(&query).await {
                for entry in &page.data {
                    say(name.as_str(), &log_text(entry));
                }
                query.page = Some(page.end);
                if page.next.is_none() {
                    tokio::time::sleep(READ_LOGS).await;
                }
            }
        });
    }
}

/// The lines of the terminal. The thread ends with the process: nobody can wake it.
fn typed() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        lines
            .take_while(|line| sender.send(line.clone()).is_ok())
            .for_each(drop);
    });
    lines
}

/// One line about an application, or a paragraph.
fn say(name: &str, text: &str) {
    for line in text.lines() {
        print(&format!("{name:<10} {}", crate::terminal::line(line)));
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command shows")]
fn print(text: &str) {
    println!("{text}");
}

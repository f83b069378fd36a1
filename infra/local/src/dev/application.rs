//! One application of the working copy: installed, built and started where it lies, beside what ran before.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::Context as _;
use builder::{BuildKind, BuildRequest, Plan, Progress, Tools};
use domain::names::ApplicationName;
use domain::spec::Application;
use hosting::{Environment, HealthCheck, Hosting as _, Idle, Kind, Launch, StartError};
use tokio::process::Command;
use uuid::Uuid;

use super::gateway::{Gateway, Route};
use super::values::{Place, Values};
use super::{Dev, say};
use crate::hosting::{Layout, NodeRuntime};

/// What was saved of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Anything.
    Sources,
    /// Its values only.
    Values,
}

impl Dev {
    /// Has the application running as it is now; where it does not come up, what ran before goes on and the terminal says why.
    pub(super) async fn bring_up(
        &mut self,
        application: &Application,
        change: Change,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        let Some(launch) = self.ready(application, change).await? else {
            return Ok(());
        };
        match self.hosting.start(&launch).await {
            Ok(()) => {}
            Err(StartError::Verdict(failure)) => {
                // The last lines that follow have been shown as they came.
                let what = failure.message.lines().next().unwrap_or_default();
                say(application.name.as_str(), what);
                return Ok(());
            }
            Err(StartError::Fault(fault)) => return Err(fault.into()),
        }
        let (deployment, revision) = (launch.deployment, launch.revision);
        self.hosting.switch(deployment, revision).await?;
        self.hosting.retire(deployment, revision).await?;
        let (name, endpoint) = (application.name.as_str(), application.endpoint.as_deref());
        let route = Route {
            id: launch.application,
            kind: launch.kind,
            endpoint: application.endpoint.clone(),
        };
        self.gateway.routes().insert(name.to_owned(), route);
        let seconds = begun.elapsed().as_secs_f32();
        let place = match self.gateway.url(name, launch.kind, endpoint) {
            Some(url) => format!("at {url}"),
            None if launch.kind == Kind::Job => format!("and waits; `job {name}` runs it"),
            None => format!("and waits; `event {name} {{…}}` sends it an event"),
        };
        say(name, &format!("runs after {seconds:.1} s, {place}"));
        self.launches.insert(application.name.clone(), launch);
        Ok(())
    }

    /// Everything up to the start; none where something is wrong, which the terminal says then.
    async fn ready(
        &mut self,
        application: &Application,
        change: Change,
    ) -> anyhow::Result<Option<Launch>> {
        let kind = Kind::of(application.kind);
        let request = BuildRequest {
            tree: self.root.clone(),
            application: application.name.clone(),
            kind: if kind.is_dynamic() {
                BuildKind::Dynamic
            } else {
                BuildKind::Static
            },
            environment: Vec::new(),
        };
        let name = application.name.as_str();
        let plan = match builder::plan(&request) {
            Ok(plan) => plan,
            Err(findings) => {
                findings
                    .iter()
                    .for_each(|finding| say(name, &finding.to_string()));
                return Ok(None);
            }
        };
        let (id, revision) = self.next_revision(&application.name);
        let Some(environment) = self.environment(application, id, revision, kind)? else {
            return Ok(None);
        };
        let mut on_progress = |progress: Progress<'_>| {
            if let Progress::Note(text) = progress {
                say(name, text);
            }
        };
        let tools = self
            .toolchain
            .tools(&plan.node, plan.manager.as_ref(), &mut on_progress);
        let tools = tools.await.context("Node.js cannot be had")?;
        if !self.install(&plan, &tools).await? {
            return Ok(None);
        }
        let first = !self.launches.contains_key(&application.name);
        let builds = first || change == Change::Sources || !kind.is_dynamic();
        if builds && !self.build(&plan, &tools, &environment).await? {
            return Ok(None);
        }
        let layout = self.layout(&plan, &tools, kind);
        self.copy.lay_out(&plan.hash, layout);
        Ok(Some(Launch {
            // Each is a Deployment of its own, so that one can be started again without the others.
            deployment: id,
            application: id,
            name: application.name.clone(),
            kind,
            revision,
            artifact: plan.hash.clone(),
            environment: environment.values,
            secret_names: environment.secret_names,
            endpoint: application.endpoint.clone(),
            health: HealthCheck::of(application.health_check.as_ref()),
            idle: Idle::Runs,
        }))
    }

    /// The id of an application, whose log is shown from the first time on, and the number of its next revision.
    fn next_revision(&mut self, name: &ApplicationName) -> (Uuid, u64) {
        if let Some((id, revision)) = self.known.get_mut(name) {
            *revision += 1;
            return (*id, *revision);
        }
        let id = self.ids.next();
        self.known.insert(name.clone(), (id, 1));
        self.show_log(name, id);
        (id, 1)
    }

    fn environment(
        &self,
        application: &Application,
        id: Uuid,
        revision: u64,
        kind: Kind,
    ) -> anyhow::Result<Option<Environment>> {
        let name = application.name.as_str();
        let values = match Values::read(&self.env_file, &self.root, &application.name) {
            Ok(values) => values,
            Err(error) => {
                say(name, &error.to_string());
                return Ok(None);
            }
        };
        let url = self
            .gateway
            .url(name, kind, application.endpoint.as_deref());
        let topic = (kind == Kind::Event).then(|| Gateway::topic(name));
        let place = Place {
            application: id,
            revision,
            url: url.as_deref(),
            topic: topic.as_ref(),
        };
        let Some(spec) = &self.spec else {
            return Ok(None);
        };
        match values.environment(spec, application, &place) {
            Ok(environment) => Ok(Some(environment)),
            Err(missing) => {
                let missing = missing.join(", ");
                let text = format!("needs values in .env or {name}/.env: {missing}.");
                say(name, &text);
                Ok(None)
            }
        }
    }

    /// Installs the dependencies where package.json or a lockfile are others than before; false where that fails.
    async fn install(&mut self, plan: &Plan, tools: &Tools) -> anyhow::Result<bool> {
        let Some(manager) = &plan.manager else {
            return Ok(true);
        };
        let folder = self.root.join(plan.install_folder());
        let own = self.root.join(plan.application.as_str());
        let present = folder.join("node_modules").exists();
        if present && self.installed.get(&plan.application) == Some(&stamp(&[&folder, &own])) {
            return Ok(true);
        }
        let command = manager.kind.command();
        let done = self
            .run(
                &plan.application,
                tools,
                &folder,
                &[command, "install"],
                None,
            )
            .await?;
        if done {
            // Some managers make no folder where there is nothing to install.
            std::fs::create_dir_all(folder.join("node_modules"))?;
            let stamp = stamp(&[&folder, &own]);
            self.installed.insert(plan.application.clone(), stamp);
        }
        Ok(done)
    }

    /// Runs the build script, if there is one; false where it fails.
    async fn build(
        &mut self,
        plan: &Plan,
        tools: &Tools,
        environment: &Environment,
    ) -> anyhow::Result<bool> {
        let (Some(script), Some(manager)) = (plan.build_script(), &plan.manager) else {
            return Ok(true);
        };
        self.built = true;
        let folder = self.root.join(plan.application.as_str());
        let command = [manager.kind.command(), "run", script];
        // As on a platform, only what ends up in browsers is built with its values.
        let values = (plan.kind == BuildKind::Static).then_some(environment);
        self.run(&plan.application, tools, &folder, &command, values)
            .await
    }

    /// Runs a package manager in the working copy as its creator would; its output is shown where it fails.
    async fn run(
        &self,
        application: &ApplicationName,
        tools: &Tools,
        folder: &Path,
        command: &[&str],
        values: Option<&Environment>,
    ) -> anyhow::Result<bool> {
        let shown = command.join(" ");
        say(application.as_str(), &format!("{shown} …"));
        let (program, arguments) = command.split_first().context("a command has a name")?;
        let program = tools.path.iter().map(|folder| folder.join(program));
        let program = program.into_iter().find(|file| file.exists());
        let mut process =
            Command::new(program.with_context(|| format!("`{shown}` has no program"))?);
        process
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null());
        let path = tools
            .path
            .iter()
            .cloned()
            .chain(std::env::split_paths(&self.path));
        process
            .env("PATH", std::env::join_paths(path)?)
            .kill_on_drop(true);
        let values = values.iter().flat_map(|environment| &environment.values);
        process.envs(values.map(|(name, value)| (name, value.expose())));
        let output = process
            .output()
            .await
            .with_context(|| format!("`{shown}` does not start"))?;
        if output.status.success() {
            return Ok(true);
        }
        for text in [&output.stdout, &output.stderr] {
            say(
                application.as_str(),
                String::from_utf8_lossy(text).trim_end(),
            );
        }
        say(
            application.as_str(),
            &format!("`{shown}` failed ({}).", output.status),
        );
        Ok(false)
    }

    fn layout(&mut self, plan: &Plan, tools: &Tools, kind: Kind) -> Layout {
        let application = PathBuf::from(plan.application.as_str());
        let Some(start) = plan.start.clone().filter(|_| kind.is_dynamic()) else {
            let made = ["public", "build", "dist"].map(|name| application.join(name));
            let made = made
                .into_iter()
                .find(|folder| self.root.join(folder).is_dir());
            let made = made.filter(|_| plan.build_script().is_some());
            self.made
                .extend(made.iter().map(|folder| self.root.join(folder)));
            return Layout {
                folder: made.unwrap_or(application),
                node: None,
            };
        };
        let (package_name, package_version) = plan.package.clone();
        let commands = |folder: &Path| folder.join("node_modules/.bin");
        Layout {
            node: Some(NodeRuntime {
                start,
                path: vec![commands(&application), commands(plan.install_folder())],
                commands: tools.path.clone(),
                read: tools.read.clone(),
                package_name,
                package_version,
            }),
            folder: application,
        }
    }
}

/// What an install depends on, as far as a look at it tells.
fn stamp(folders: &[&PathBuf]) -> String {
    let files = [
        "package.json",
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| files.map(|file| folder.join(file)));
    let seen = files.map(|file| {
        let metadata = file.metadata().ok();
        format!("{:?}", metadata.map(|one| (one.len(), one.modified().ok())))
    });
    seen.collect::<Vec<_>>().join(" ")
}

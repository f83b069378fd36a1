//! What was typed is done, and its outcome told.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::names::ApplicationName;
use functions::events::{self, PublishedMessage};
use hosting::{CallError, Hosting as _, Kind};

use super::application::Change;
use super::gateway::Route;
use super::terminal::{HELP, Script, Typed};
use super::{Dev, print, say};

impl Dev {
    /// Does what was typed.
    pub(super) async fn obey(&mut self, typed: Typed) -> anyhow::Result<()> {
        match typed {
            Typed::Help | Typed::Quit => print(HELP),
            Typed::Restart(None) => self.load(&[]).await?,
            Typed::Restart(Some(name)) => {
                let spec = self.spec.as_ref();
                match spec.and_then(|spec| spec.application(&name)).cloned() {
                    Some(application) => self.bring_up(&application, Change::Sources).await?,
                    None => self.unknown(&name, "an application"),
                }
            }
            Typed::Script(name, script) => self.run_script(&name, script).await?,
            Typed::Job(name) => match self.route(&name, Kind::Job) {
                Some(route) => {
                    let gateway = self.gateway.clone();
                    // It may take long, and saves go on meanwhile.
                    tokio::spawn(async move {
                        say(&name, &outcome(gateway.tick(&route).await, is_success));
                    });
                }
                None => self.unknown(&name, "a job that runs"),
            },
            Typed::Event(name, json) => match self.route(&name, Kind::Event) {
                Some(route) => {
                    let message = PublishedMessage {
                        data: STANDARD.encode(json),
                        attributes: BTreeMap::new(),
                    };
                    let (gateway, id) = (self.gateway.clone(), self.ids.next());
                    tokio::spawn(async move {
                        let answer = gateway.deliver(&route, id, &message).await;
                        say(&name, &outcome(answer, events::is_acknowledged));
                    });
                }
                None => self.unknown(&name, "an event application that runs"),
            },
        }
        Ok(())
    }

    fn route(&self, name: &str, kind: Kind) -> Option<Route> {
        let route = self.gateway.routes().get(name).cloned();
        route.filter(|route| route.kind == kind)
    }

    fn unknown(&self, name: &str, what: &str) {
        let names: Vec<&str> = self.launches.keys().map(ApplicationName::as_str).collect();
        say(
            "slipway",
            &format!("{name} is not {what}. There are: {}.", names.join(", ")),
        );
    }

    async fn run_script(&mut self, name: &str, script: Script) -> anyhow::Result<()> {
        let application = self.spec.as_ref().and_then(|spec| spec.application(name));
        let scripts = application.map(|application| &application.scripts);
        let command = scripts.and_then(|scripts| match script {
            Script::PostDeploy => scripts.post_deploy.clone(),
            Script::PreUndeploy => scripts.pre_undeploy.clone(),
        });
        let launch = self.launches.iter().find(|(one, _)| one.as_str() == name);
        let (Some(command), Some((_, launch))) = (command, launch) else {
            self.unknown(name, "an application that runs and has this script");
            return Ok(());
        };
        let outcome = self.hosting.run_script(launch, &command).await?;
        match outcome.failure() {
            None => say(name, "The script ended well."),
            Some(text) => say(name, &text),
        }
        Ok(())
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

fn outcome(answer: Result<u16, CallError>, is_good: impl FnOnce(u16) -> bool) -> String {
    match answer {
        Ok(status) if is_good(status) => format!("answered {status}, which is well."),
        Ok(status) => format!("answered {status}, which counts as a failure."),
        Err(error) => format!("There is no answer: {error}."),
    }
}

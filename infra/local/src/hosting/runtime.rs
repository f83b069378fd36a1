//! The files that every Node application is started with: the preload that moves its port, and a `node` that always loads it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hosting::Fault;
use sha2::{Digest as _, Sha256};

use super::options::NodeRuntime;

/// The preload; see docs/adr/0004-application-ports.md.
const PRELOAD: &str = include_str!("port.cjs");

/// The folder with these files.
pub(crate) struct RuntimeFiles {
    folder: PathBuf,
}

impl RuntimeFiles {
    /// Writes the preload, replacing an older version.
    pub(crate) fn write(folder: &Path) -> Result<Self, Fault> {
        let fault = |cause| Fault::because("the runtime files could not be written", cause);
        fs::create_dir_all(folder).map_err(fault)?;
        let files = Self {
            folder: folder.to_owned(),
        };
        put(&files.preload(), PRELOAD, 0o644).map_err(fault)?;
        Ok(files)
    }

    /// The folder that applications must be able to read.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn preload(&self) -> PathBuf {
        self.folder.join("port.cjs")
    }

    /// `NODE_OPTIONS` with the preload before these.
    pub(crate) fn node_options(&self, others: &str) -> String {
        let preload = self.preload().to_string_lossy().into_owned();
        let quoted = preload.replace('\\', "\\\\").replace('"', "\\\"");
        format!("--require \"{quoted}\" {others}")
            .trim_end()
            .to_owned()
    }

    /// A folder whose `node` runs the real one with the preload: a start script such as `NODE_OPTIONS=… node index.js`
    /// would otherwise replace ours. Goes first into `PATH`.
    pub(crate) fn node_wrapper(&self, runtime: &NodeRuntime) -> Result<PathBuf, Fault> {
        let fault = |cause| Fault::because("the node wrapper could not be written", cause);
        let missing = || Fault::new("the artifact's layout names no folder with node");
        let node = runtime.commands.first().ok_or_else(missing)?.join("node");
        let digest = format!("{:x}", Sha256::digest(node.as_os_str().as_encoded_bytes()));
        let folder = self.folder.join(format!("node-{}", &digest[..16]));
        let script = format!(
            "#!/bin/sh\ncase \"$NODE_OPTIONS\" in\n*{preload}*) ;;\n*) NODE_OPTIONS={ours}\" $NODE_OPTIONS\" ; export NODE_OPTIONS ;;\nesac\nexec {node} \"$@\"\n",
            preload = shell_quoted(&self.preload().to_string_lossy()),
            ours = shell_quoted(&self.node_options("")),
            node = shell_quoted(&node.to_string_lossy()),
        );
        let file = folder.join("node");
        if fs::read_to_string(&file).ok().as_deref() != Some(script.as_str()) {
            fs::create_dir_all(&folder).map_err(fault)?;
            put(&file, &script, 0o755).map_err(fault)?;
        }
        Ok(folder)
    }
}

/// Text as one word of a POSIX shell.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Renamed into its place: an application that starts at this moment sees the old file or the new one.
fn put(file: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    let beside = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(beside.path(), text)?;
    fs::set_permissions(beside.path(), fs::Permissions::from_mode(mode))?;
    beside.persist(file)?;
    Ok(())
}

//! Node.js and the package managers are fetched once for each exact version, and are either complete or not there.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use domain::names::ArtifactHash;
use files::{Dir, TemporaryFolder};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::error::BuildFault;
use crate::extract;
use crate::limits::DESCRIPTION_BYTES;
use crate::manager::{ManagerKind, PackageManager};
use crate::node::{NodeVersion, Platform};
use crate::progress::{OnProgress, Progress};
use crate::registry::{self, NpmError, Registry};
use crate::source_files;

/// Everything that builds keep between each other, below one folder, which several processes may share. Nothing in it is needed
/// again once it is deleted.
#[derive(Debug)]
pub struct Toolchain {
    folder: PathBuf,
    registry: OnceCell<Registry>,
}

/// The tools of one build, ready to run.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    /// The folder of the Node.js release.
    pub node_home: PathBuf,
    /// Folders of commands: `node`, `npm`, and the package manager if that is another. To be put before the system's on `PATH`.
    pub path: Vec<PathBuf>,
    /// Folders that a sandbox must let these commands read.
    pub read: Vec<PathBuf>,
    /// The package manager's script, to be run by `node`.
    pub(crate) manager: PathBuf,
    pub(crate) registry: Registry,
}

/// The ending of folders that are to be removed.
const GONE: &str = "gone";

/// A lock between processes, held until it is dropped.
pub(crate) struct Lock {
    _file: File,
}

/// A folder of work in progress; a crash leaves it behind, and the next start removes it.
pub(crate) struct WorkFolder {
    pub(crate) folder: TemporaryFolder,
    _lock: Lock,
}

impl Toolchain {
    /// Uses (and makes, if need be) `folder`, and removes what crashed builds left there.
    ///
    /// # Errors
    /// If the folder cannot be made or written to.
    pub fn new(folder: &Path) -> io::Result<Self> {
        for part in ["packages", "trees", "artifacts", "logs", "locks", "work"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let folder = folder.canonicalize()?;
        for left in fs::read_dir(folder.join("work"))? {
            match remove_abandoned(&left?.path()) {
                // Another process that starts now removes it too.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(Self {
            folder,
            registry: OnceCell::new(),
        })
    }

    /// Where the archive of an artifact is kept.
    pub(crate) fn archive(&self, hash: &ArtifactHash) -> PathBuf {
        self.folder.join("artifacts").join(format!("{hash}.tar.gz"))
    }

    /// Where the log of the last build of an artifact is kept.
    pub(crate) fn log(&self, hash: &ArtifactHash) -> PathBuf {
        self.folder.join("logs").join(format!("{hash}.log"))
    }

    pub(crate) fn trees(&self) -> PathBuf {
        self.folder.join("trees")
    }

    pub(crate) fn work_folder(&self) -> io::Result<WorkFolder> {
        let folder = TemporaryFolder::create_in(&self.folder.join("work"), "build-")?;
        let lock = folder.dir().create_file(Path::new("lock"), false)?;
        lock.lock()?;
        Ok(WorkFolder {
            folder,
            _lock: Lock { _file: lock },
        })
    }

    /// Waits until no other build or download holds the lock of this name.
    pub(crate) async fn lock(&self, name: &str) -> Result<Lock, BuildFault> {
        let path = self.folder.join("locks").join(name);
        blocking("lock its cache", move || {
            let file = File::create(path)?;
            file.lock()?;
            Ok(Lock { _file: file })
        })
        .await
    }

    /// The tools for a release of Node.js and a package manager, fetched if they are not here yet.
    ///
    /// # Errors
    /// If they cannot be fetched.
    pub async fn tools(
        &self,
        node: &NodeVersion,
        manager: Option<&PackageManager>,
        on_progress: OnProgress<'_>,
    ) -> Result<Tools, BuildFault> {
        self.find(node, manager, on_progress)
            .await
            .map_err(NpmError::into_fault)
    }

    /// As [`Toolchain::tools`], telling a version that does not exist from other failures.
    pub(crate) async fn find(
        &self,
        node: &NodeVersion,
        manager: Option<&PackageManager>,
        on_progress: OnProgress<'_>,
    ) -> Result<Tools, NpmError> {
        let platform = Platform::here().ok_or_else(|| {
            NpmError::Fault(BuildFault::new(
                "run Node.js",
                "this platform has no release of it",
            ))
        })?;
        let registry = self
            .registry
            .get_or_try_init(|| Registry::of_this_machine(&self.folder))
            .await
            .map_err(NpmError::Fault)?
            .clone();
        let own_npm = PackageManager {
            kind: ManagerKind::Npm,
            version: platform.npm_of(node).to_owned(),
        };
        let manager = manager.unwrap_or(&own_npm);
        // The headers are for native modules; the documentation is for nobody.
        let wanted = |path: &Path| {
            ["bin", "include", "LICENSE", "package.json"]
                .iter()
                .any(|part| path.starts_with(part))
        };
        let node_home = self
            .package(platform.package, node.as_str(), wanted, on_progress)
            .await?;
        let home = self
            .package(
                manager.kind.package(),
                &manager.version,
                |_| true,
                on_progress,
            )
            .await?;
        let mut homes = vec![home.clone()];
        if manager.kind != ManagerKind::Npm {
            // Scripts of every package.json call npm.
            homes.push(
                self.package("npm", &own_npm.version, |_| true, on_progress)
                    .await?,
            );
        }
        let mut path = vec![node_home.join("bin")];
        path.extend(homes.iter().map(|home| home.join(COMMANDS)));
        Ok(Tools {
            manager: home.join(COMMANDS).join(manager.kind.command()),
            path,
            read: std::iter::once(node_home.clone())
                .chain(homes)
                .chain(registry.certificates())
                .collect(),
            node_home,
            registry,
        })
    }

    /// The unpacked folder of one package in one version.
    async fn package(
        &self,
        name: &str,
        version: &str,
        wanted: impl Fn(&Path) -> bool + Send + 'static,
        on_progress: OnProgress<'_>,
    ) -> Result<PathBuf, NpmError> {
        let folder = format!(
            "{}-{version}",
            name.trim_start_matches('@').replace('/', "-")
        );
        let home = self.folder.join("packages").join(&folder);
        if home.is_dir() {
            return Ok(home);
        }
        let _lock = self.lock(&folder).await.map_err(NpmError::Fault)?;
        if home.is_dir() {
            return Ok(home);
        }
        on_progress(Progress::Note(&format!(
            "getting {name} {version} from the npm registry"
        )));
        let work = self.work_folder().map_err(|error| {
            NpmError::Fault(BuildFault::new("make a folder for downloads", error))
        })?;
        let tarball = registry::fetch(name, version, work.folder.path()).await?;
        let (partial, kept) = (work.folder.path().join("package"), home.clone());
        blocking("unpack a download", move || {
            fs::create_dir(&partial)?;
            let package = Dir::open(&partial)?;
            extract::extract(&tarball, &package, 1, wanted).map_err(io::Error::other)?;
            link_commands(&package)?;
            fs::rename(&partial, kept)
        })
        .await
        .map_err(NpmError::Fault)?;
        Ok(home)
    }
}

/// The folder within an unpacked package that holds its commands under their names.
const COMMANDS: &str = ".commands";

/// Makes the commands that a package offers by `bin` runnable by their names.
fn link_commands(package: &Dir) -> io::Result<()> {
    let description = package.read(Path::new("package.json"), DESCRIPTION_BYTES)?;
    let description: Value = serde_json::from_slice(&description)?;
    let commands: BTreeMap<String, PathBuf> =
        serde_json::from_value(description["bin"].clone()).unwrap_or_default();
    let folder = package.create_dir_all(Path::new(COMMANDS))?;
    for (name, script) in commands {
        let name = OsString::from(name);
        let script = source_files::resolve(Path::new(""), &script)
            .filter(|_| Path::new(&name).file_name() == Some(&name))
            .ok_or_else(|| io::Error::other("a package offers a command outside itself"))?;
        package
            .open_file(&script)?
            .set_permissions(fs::Permissions::from_mode(0o755))?;
        folder.create_link(Path::new(&name), &Path::new("..").join(script))?;
    }
    Ok(())
}

/// Runs work on files beside the async runtime.
pub(crate) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BuildFault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| BuildFault::new(doing, error)),
        Err(panic) => Err(BuildFault::new(doing, panic)),
    }
}

/// Removes a folder of work whose process is gone. A kill in between leaves it under a name that says that it is to go.
fn remove_abandoned(left: &Path) -> io::Result<()> {
    let gone = left.with_extension(GONE);
    if left == gone {
        return discard(left);
    }
    match File::open(left.join("lock")) {
        Ok(lock) if lock.try_lock().is_ok() => {
            fs::rename(left, &gone)?;
            discard(&gone)
        }
        Ok(_) => Ok(()),
        // Killed before it was locked, when it was empty yet; one that is not is somebody's who locks it right now.
        Err(_) => fs::remove_dir(left).or(Ok(())),
    }
}

/// Hands a folder to the thread that removes folders.
fn discard(folder: &Path) -> io::Result<()> {
    match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) => files::discard(parent, name),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads and removes its own folders"
)]
mod tests {
    use super::*;

    #[test]
    fn a_start_removes_what_crashed_builds_left_and_nothing_that_is_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let toolchain = Toolchain::new(folder.path()).unwrap();
        let under_way = toolchain.work_folder().unwrap();
        let left = folder.path().join("work/build-crashed");
        fs::create_dir_all(left.join("room/source")).unwrap();
        fs::write(left.join("lock"), "").unwrap();
        // Killed while it was removed, and before it was locked.
        let half_gone = folder.path().join("work/build-half.gone");
        fs::create_dir_all(half_gone.join("room")).unwrap();
        let unlocked = folder.path().join("work/build-unlocked");
        fs::create_dir(&unlocked).unwrap();
        Toolchain::new(folder.path()).unwrap();
        assert!(files::wait_until_removed(std::time::Duration::from_secs(
            60
        )));
        assert!(under_way.folder.path().exists());
        assert!(!left.exists() && !half_gone.exists() && !unlocked.exists());
    }
}

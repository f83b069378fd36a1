//! Which files a command may touch: absolute, without symbolic links, and without duplicates.

use std::path::{Path, PathBuf};

use crate::error::SandboxError;
use crate::user::User;

/// The system's programs, libraries and settings that every tool chain reads; only those that exist here.
pub fn system_read_paths() -> Vec<PathBuf> {
    SYSTEM
        .iter()
        .map(PathBuf::from)
        .filter(|path| path.exists())
        .collect()
}

/// Nothing that holds a secret or belongs to a user: of `/etc`, single files that the C library, TLS and Node look up.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
    "/sys/devices/system/cpu",
];

/// The paths of one command.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// May be read and executed; none of them lies within `write`.
    pub(crate) read: Vec<PathBuf>,
    /// May be changed too.
    pub(crate) write: Vec<PathBuf>,
    /// Names that were given through a symbolic link, and what they lead to.
    pub(crate) aliases: Vec<(PathBuf, PathBuf)>,
}

impl Paths {
    pub(crate) fn of(read: &[PathBuf], write: &[PathBuf]) -> Result<Paths, SandboxError> {
        let mut aliases = Vec::new();
        let mut resolve = |path: &PathBuf| {
            let real = path.canonicalize().ok()?;
            if path.is_absolute() && *path != real {
                aliases.push((path.clone(), real.clone()));
            }
            Some(real)
        };
        let write = write
            .iter()
            .map(|path| {
                resolve(path).ok_or_else(|| SandboxError::Missing {
                    what: "writable path",
                    path: path.clone(),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let write = outermost(write);
        let mut read = outermost(read.iter().filter_map(&mut resolve).collect());
        read.retain(|path| !write.iter().any(|writable| path.starts_with(writable)));
        let mut paths = Paths {
            read,
            write,
            aliases: Vec::new(),
        };
        aliases.sort();
        for (name, real) in aliases {
            let shown = paths
                .aliases
                .iter()
                .any(|(other, _)| name.starts_with(other));
            if !shown && !paths.cover(&name) {
                paths.aliases.push((name, real));
            }
        }
        Ok(paths)
    }

    /// Refuses paths that lie in folders which are closed to the user that the command is to run as.
    pub(crate) fn check_open(&self, user: User) -> Result<(), SandboxError> {
        let mut all = self.write.iter().chain(&self.read);
        match all.find_map(|path| user.closed_folder(path)) {
            Some(folder) => Err(SandboxError::Closed {
                folder,
                user: user.uid().as_raw(),
            }),
            None => Ok(()),
        }
    }

    /// Whether a path may be read; for one with symbolic links, whether it is itself to be seen.
    pub(crate) fn cover(&self, path: &Path) -> bool {
        self.read
            .iter()
            .chain(&self.write)
            .any(|allowed| path.starts_with(allowed))
    }
}

/// Drops what lies within another path of the list.
fn outermost(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort();
    let mut kept: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !kept.iter().any(|outer| path.starts_with(outer)) {
            kept.push(path);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_another_adds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("write/inner")).unwrap();
        std::os::unix::fs::symlink(root.join("write"), root.join("link")).unwrap();
        let paths = Paths::of(
            &[
                root.join("write/inner"),
                root.join("absent"),
                root.join("link/inner"),
            ],
            &[root.join("link"), root.join("write/inner")],
        )
        .unwrap();
        assert_eq!(paths.read, Vec::<PathBuf>::new());
        assert_eq!(paths.write, [root.join("write")]);
        assert_eq!(paths.aliases, [(root.join("link"), root.join("write")),]);
        assert!(!paths.cover(&root.join("write-beside")));
    }
}

//! The folders of one run: the data folder that is opened again and again, the repositories, the binary, and the cache that runs share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::processes::end_using;

/// Where the repositories seem to be; the platform is told where they are.
const PREFIX: &str = "https://github.com/crash-tests/";
/// Tags of each repository, each with another content, so that each is built.
const TAGS: u32 = 12;

pub(super) struct Folders {
    root: PathBuf,
    _lock: File,
}

impl Folders {
    /// Fresh ones. They stay when the test fails, to be looked at.
    pub(super) fn new(name: &str, seed: u64) -> Self {
        let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = shared.join(format!("crash-{name}"));
        let lock = File::create(shared.join(format!("crash-{name}.lock"))).unwrap();
        lock.lock().unwrap();
        let folders = Self { root, _lock: lock };
        let root = &folders.root;
        end_using(&[root]);
        if root.exists() {
            fs::remove_dir_all(root).unwrap();
        }
        fs::create_dir(root).unwrap();
        // Another build may replace the binary while this one is being killed and started.
        fs::hard_link(built_binary(), folders.binary()).unwrap();
        for (name, files) in CONNECTORS {
            folders.repository(name, files, seed);
        }
        folders
    }

    pub(super) fn remove(self) {
        fs::remove_dir_all(&self.root).unwrap();
    }

    pub(super) fn binary(&self) -> PathBuf {
        self.root.join("slipway")
    }

    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Where the platform writes its log.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("platform.log")
    }

    /// Kept for later runs, as the Node release in it is large.
    pub(super) fn cache(&self) -> PathBuf {
        let name = self
            .root
            .file_name()
            .expect("the root has a name")
            .to_string_lossy();
        self.root.with_file_name(format!("{name}-cache"))
    }

    /// The platform's `--map-repository`.
    pub(super) fn mapping(&self) -> String {
        format!(
            "{PREFIX}=file://{}/",
            self.root.join("repositories").display()
        )
    }

    /// A repository of one of the connectors, with the tags v1, v2, ….
    fn repository(&self, name: &str, files: &[(&str, &str)], seed: u64) {
        let folder = self.root.join(format!("repositories/{name}.git"));
        fs::create_dir_all(folder.join(name)).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        let package = format!(
            r#"{{"name":"{name}","version":"1.0.0","private":true,"type":"module","engines":{{"node":">=22"}},"scripts":{{"start":"node index.js"}}}}"#
        );
        fs::write(folder.join(name).join("package.json"), package).unwrap();
        let locked = format!(
            r#"{{"name":"{name}","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{{"":{{"name":"{name}","version":"1.0.0","engines":{{"node":">=22"}}}}}}}}"#
        );
        fs::write(folder.join(name).join("package-lock.json"), locked).unwrap();
        git(&folder, &["init", "--quiet"]);
        for tag in 1..=TAGS {
            fs::write(
                folder.join(name).join("content.txt"),
                format!("{seed} {tag}"),
            )
            .unwrap();
            git(&folder, &["add", "."]);
            git(&folder, &["commit", "--quiet", "--message", "content"]);
            git(&folder, &["tag", &format!("v{tag}")]);
        }
    }
}

/// The URL and a tag of a connector; every life has another tag, until all are used.
pub(super) fn repository(name: &str, life: u32) -> serde_json::Value {
    let tag = (life - 1) % TAGS + 1;
    serde_json::json!({"url": format!("{PREFIX}{name}.git"), "tag": format!("v{tag}")})
}

/// The real command; cargo has put it beside the folder of this test.
fn built_binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("slipway");
    assert!(
        binary.exists(),
        "{} is missing: build it with `cargo build -p slipway`, as `cargo xtask test` does",
        binary.display()
    );
    binary
}

fn git(folder: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=Tests",
        "-c",
        "user.email=tests@example.org",
    ];
    let mut git = Command::new("git");
    git.current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let status = git.args(identity).args(args).status().unwrap();
    assert!(status.success(), "git {args:?}: {status}");
}

const CONNECTORS: [(&str, &[(&str, &str)]); 3] = [
    (
        "service",
        &[
            (
                "connect.yaml",
                include_str!("connectors/service/connect.yaml"),
            ),
            (
                "service/index.js",
                include_str!("connectors/service/index.js"),
            ),
            (
                "service/script.js",
                include_str!("connectors/service/script.js"),
            ),
        ],
    ),
    (
        "job",
        &[
            ("connect.yaml", include_str!("connectors/job/connect.yaml")),
            ("job/index.js", include_str!("connectors/job/index.js")),
        ],
    ),
    (
        "event",
        &[
            (
                "connect.yaml",
                include_str!("connectors/event/connect.yaml"),
            ),
            ("event/index.js", include_str!("connectors/event/index.js")),
        ],
    ),
];

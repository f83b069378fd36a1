//! A repository in a temporary folder, and a toolchain that keeps Node.js between test runs.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use builder::{BuildError, BuildKind, BuildRequest, Built, Plan, PlanFinding, Progress, Toolchain};
use domain::names::ApplicationName;
use tempfile::TempDir;

/// One for all tests: downloading Node.js for each would take minutes.
pub(crate) static TOOLCHAIN: LazyLock<Toolchain> = LazyLock::new(|| {
    Toolchain::new(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("builder")).expect("a folder")
});

pub(crate) struct Repository {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Repository {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        };
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    /// Makes its artifacts new in every test run, as artifacts are kept between runs.
    pub(crate) fn salted(files: &[(&str, &str)]) -> Self {
        let repository = Self::new(files);
        let salt = repository.folder.path().to_string_lossy().into_owned();
        repository.write("app/salt.txt", &salt);
        repository
    }

    pub(crate) fn with_environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        std::os::unix::fs::symlink(target, self.folder.path().join(path)).unwrap();
    }

    pub(crate) fn request(&self, kind: BuildKind) -> BuildRequest {
        BuildRequest {
            tree: self.folder.path().to_path_buf(),
            application: ApplicationName::parse("app").unwrap(),
            kind,
            environment: self.environment.clone(),
        }
    }

    pub(crate) fn plan(&self) -> Result<Plan, Vec<PlanFinding>> {
        builder::plan(&self.request(BuildKind::Dynamic))
    }

    /// The findings, one in each line.
    pub(crate) fn findings(&self) -> String {
        let findings = self.plan().expect_err("a repository with findings");
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    pub(crate) async fn build(&self, kind: BuildKind) -> (Result<Built, BuildError>, Vec<String>) {
        let request = self.request(kind);
        let plan = builder::plan(&request).unwrap();
        let mut seen = Vec::new();
        let mut on_progress = |progress: Progress<'_>| seen.push(format!("{progress:?}"));
        let result = builder::build(&request, &plan, &TOOLCHAIN, &mut on_progress).await;
        (result, seen)
    }

    /// A build that succeeds, unpacked.
    pub(crate) async fn built(&self, kind: BuildKind) -> (Built, Unpacked) {
        let (result, seen) = self.build(kind).await;
        let built = result.unwrap_or_else(|error| panic!("{error}\n{}", seen.join("\n")));
        let unpacked = Unpacked::of(&built);
        (built, unpacked)
    }

    /// What the author of an application that cannot be built is told.
    pub(crate) async fn verdict(&self) -> String {
        match self.build(BuildKind::Dynamic).await.0 {
            Err(BuildError::Verdict(failure)) => failure.to_string(),
            other => panic!("no verdict: {other:?}"),
        }
    }
}

/// An unpacked artifact.
pub(crate) struct Unpacked(TempDir);

impl Unpacked {
    fn of(built: &Built) -> Self {
        let room = tempfile::tempdir().unwrap();
        builder::unpack(&built.archive, &room.path().join("a")).unwrap();
        Self(room)
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.path().join("a").join(path).exists()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join("a").join(path)).unwrap()
    }
}

/// `is-number` for production and `is-odd` for development.
pub(crate) const LOCK: &str = r#"{
  "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
  "packages": {
    "": { "name": "app", "version": "1.0.0", "dependencies": { "is-number": "7.0.0" }, "devDependencies": { "is-odd": "3.0.1" } },
    "node_modules/is-number": {
      "version": "7.0.0",
      "integrity": "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng=="
    },
    "node_modules/is-odd": {
      "version": "3.0.1", "dev": true, "dependencies": { "is-number": "^6.0.0" },
      "integrity": "sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA=="
    },
    "node_modules/is-odd/node_modules/is-number": {
      "version": "6.0.0", "dev": true,
      "integrity": "sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwiloUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg=="
    }
  }
}"#;

/// A package.json with these scripts and dependencies, and what else is given.
pub(crate) fn package(scripts: &str, more: &str) -> String {
    format!(
        r#"{{ "name": "app", "version": "1.0.0", {more}
  "scripts": {{ {scripts} }},
  "dependencies": {{ "is-number": "7.0.0" }}, "devDependencies": {{ "is-odd": "3.0.1" }} }}"#
    )
}

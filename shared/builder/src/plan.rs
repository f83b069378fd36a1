//! What a build will do, and the address of its result, follow from the files of the repository alone: no network, no clock, no machine.

use std::path::{Path, PathBuf};

use domain::names::{ApplicationName, ArtifactHash};

use crate::choices::{build_script, choose_node, no_platform, notes, platform, start};
use crate::finding::PlanFinding;
use crate::inputs::Inputs;
use crate::manager::{self, Detected, ManagerKind, PackageManager};
use crate::modules::{self, Modules};
use crate::node::{NodeVersion, Platform};
use crate::package_json::PackageJson;
use crate::{BuildKind, BuildRequest, VERSION, inputs, source_files, workspace};

/// What a build will do. It is made by [`plan`] and stays true as long as the tree does not change.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The address of the result: everything that goes into it, hashed.
    pub hash: ArtifactHash,
    /// The application, which is also its folder.
    pub application: ApplicationName,
    /// What is built.
    pub kind: BuildKind,
    /// What installs the dependencies; `None` for a folder of static files without a package.json.
    pub manager: Option<PackageManager>,
    /// The exact Node.js release for the build and for running the result.
    pub node: NodeVersion,
    /// The command line that starts a dynamic application, for a shell in its folder.
    pub start: Option<String>,
    /// What does not stop the build, but its author should know.
    pub notes: Vec<PlanFinding>,
    /// `name` and `version` of package.json.
    pub package: (Option<String>, Option<String>),
    pub(crate) work: Work,
}

impl Plan {
    /// Where its dependencies are installed, relative to the repository; empty for the root of a workspace.
    #[must_use]
    pub fn install_folder(&self) -> &Path {
        &self.work.install_folder
    }

    /// The script of its package.json that builds it.
    #[must_use]
    pub fn build_script(&self) -> Option<&'static str> {
        self.work.build_script
    }
}

/// How the steps run.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) inputs: Inputs,
    /// What is there while the install runs; the rest of `inputs` follows after it.
    pub(crate) install_inputs: Inputs,
    /// Where the install runs: the application's folder, or the root (an empty path).
    pub(crate) install_folder: PathBuf,
    pub(crate) has_lockfile: bool,
    pub(crate) has_test: bool,
    pub(crate) build_script: Option<&'static str>,
}

/// Plans the build of one application.
///
/// # Errors
/// Everything in the repository that stands in the way, at once.
pub fn plan(request: &BuildRequest) -> Result<Plan, Vec<PlanFinding>> {
    let mut plan = of_files(request)?;
    if plan.work.build_script.is_some() && request.kind == BuildKind::Static {
        plan.hash = address_with(&plan.hash, &request.environment);
    }
    Ok(plan)
}

/// The address of what is built from the same files with values compiled in.
#[must_use]
pub fn address_with(files: &ArtifactHash, values: &[(String, String)]) -> ArtifactHash {
    if values.is_empty() {
        return files.clone();
    }
    let mut values: Vec<_> = values.iter().collect();
    values.sort();
    let parts = values.into_iter().flat_map(|(name, value)| [name, value]);
    let parts: Vec<&str> = [files.as_str()]
        .into_iter()
        .chain(parts.map(String::as_str))
        .collect();
    inputs::hash_of(&parts)
}

fn of_files(request: &BuildRequest) -> Result<Plan, Vec<PlanFinding>> {
    let folder = Path::new(request.application.as_str());
    if !source_files::is_folder(&request.tree, folder) {
        return Err(vec![PlanFinding::new(
            request.application.as_str(),
            "This folder does not exist, or is a link.",
            "An application lives in a folder at the root of the repository whose name is the application's name in connect.yaml.",
        )]);
    }
    match PackageJson::read(&request.tree, folder).map_err(|finding| vec![finding])? {
        Some(package) => with_package(request, folder, &package),
        None if request.kind == BuildKind::Static => plain_files(request, folder),
        None => Err(vec![without_package(&request.tree, folder)]),
    }
}

fn without_package(tree: &Path, folder: &Path) -> PlanFinding {
    if source_files::is_plain(tree, &folder.join("pom.xml")) {
        return PlanFinding::new(
            folder.join("pom.xml").to_string_lossy(),
            "This is a Java application, and this version builds Node.js applications only.",
            "Port the application to Node.js 22 or 24, or leave it out of connect.yaml.",
        );
    }
    PlanFinding::new(
        folder.join("package.json").to_string_lossy(),
        "This file is missing.",
        "Add a package.json with a `start` script to the application's folder.",
    )
}

fn with_package(
    request: &BuildRequest,
    folder: &Path,
    package: &PackageJson,
) -> Result<Plan, Vec<PlanFinding>> {
    let tree = &request.tree;
    let mut findings = Vec::new();
    let mut keep = |finding: PlanFinding| findings.push(finding);

    let root = PackageJson::read(tree, Path::new(""))
        .map_err(&mut keep)
        .ok()
        .flatten();
    let mut detected = manager::detect(tree, folder, package, root.as_ref())
        .map_err(&mut keep)
        .ok();
    let install_folder = detected.as_mut().and_then(|detected| {
        workspace::install_folder(tree, folder, detected, root.as_ref())
            .map_err(&mut keep)
            .ok()
    });
    let platform = platform().map_err(&mut keep).ok();
    let node = platform
        .as_ref()
        .and_then(|platform| choose_node(platform, package).map_err(&mut keep).ok());
    let start = start(request, folder, package).map_err(&mut keep).ok();
    let in_workspace = install_folder
        .as_ref()
        .is_some_and(|f| f.as_os_str().is_empty());
    let shared = modules::shared(tree, folder, package, in_workspace)
        .map_err(|all| findings.extend(all))
        .ok();

    let (
        Some(detected),
        Some(install_folder),
        Some(platform),
        Some(node),
        Some(start),
        Some(shared),
        true,
    ) = (
        detected,
        install_folder,
        platform,
        node,
        start,
        shared,
        findings.is_empty(),
    )
    else {
        findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        return Err(findings);
    };
    let found = Found {
        package,
        detected,
        install_folder,
        in_workspace,
        platform,
        node,
        start,
        shared,
    };
    found
        .into_plan(request, folder)
        .map_err(|finding| vec![finding])
}

/// Everything that was found out about an application with a package.json.
struct Found<'a> {
    package: &'a PackageJson,
    detected: Detected,
    install_folder: PathBuf,
    in_workspace: bool,
    platform: Platform,
    node: NodeVersion,
    start: Option<String>,
    shared: Modules,
}

impl Found<'_> {
    /// Whether an install of the application is the same whatever else is in its folder, so that its result can be used again.
    fn is_installed_alone(&self, request: &BuildRequest, folder: &Path) -> bool {
        let compiles = source_files::is_plain(&request.tree, &folder.join("binding.gyp"));
        self.detected.kind == ManagerKind::Npm
            && self.package.workspaces.is_empty()
            && !self.package.runs_on_install()
            && !self.shared.within_application
            && !compiles
    }

    fn into_plan(self, request: &BuildRequest, folder: &Path) -> Result<Plan, PlanFinding> {
        let manager = PackageManager {
            kind: self.detected.kind,
            version: self
                .detected
                .version
                .clone()
                .unwrap_or_else(|| self.platform.npm_of(&self.node).to_owned()),
        };
        let has_lockfile = self.detected.lockfile.is_some();
        let inputs = list_inputs(request, folder, &self.shared, self.in_workspace)?;
        let install_inputs = if self.is_installed_alone(request, folder) {
            inputs.for_install(folder)
        } else {
            inputs.clone()
        };
        let head = [
            manager.to_string(),
            self.install_folder.to_string_lossy().into_owned(),
        ];
        Ok(Plan {
            hash: hash(request, &self.node, &head, &inputs)?,
            application: request.application.clone(),
            kind: request.kind,
            notes: notes(&manager, has_lockfile, self.package),
            manager: Some(manager),
            node: self.node,
            start: self.start,
            package: (self.package.name.clone(), self.package.version.clone()),
            work: Work {
                inputs,
                install_inputs,
                install_folder: self.install_folder,
                has_lockfile,
                has_test: self.package.script("test").is_some(),
                build_script: build_script(self.package),
            },
        })
    }
}

fn plain_files(request: &BuildRequest, folder: &Path) -> Result<Plan, Vec<PlanFinding>> {
    let all = || -> Result<Plan, PlanFinding> {
        let node = platform()?.choose(None).map_err(|_| no_platform())?;
        let inputs = list_inputs(request, folder, &Modules::default(), false)?;
        Ok(Plan {
            hash: hash(request, &node, &[], &inputs)?,
            application: request.application.clone(),
            kind: request.kind,
            manager: None,
            node,
            start: None,
            notes: Vec::new(),
            package: (None, None),
            work: Work {
                install_inputs: inputs.clone(),
                inputs,
                install_folder: folder.to_path_buf(),
                has_lockfile: false,
                has_test: false,
                build_script: None,
            },
        })
    };
    all().map_err(|finding| vec![finding])
}

fn list_inputs(
    request: &BuildRequest,
    folder: &Path,
    shared: &Modules,
    in_workspace: bool,
) -> Result<Inputs, PlanFinding> {
    let members = if in_workspace {
        workspace::members(&request.tree)?
    } else {
        Vec::new()
    };
    let members: Vec<PathBuf> = members.into_iter().map(|(folder, _)| folder).collect();
    let inputs = Inputs::list(&request.tree, folder, shared, in_workspace, &members)
        .map_err(|error| unreadable(folder, &error))?;
    if let Some(link) = inputs.stray_link() {
        return Err(PlanFinding::new(
            link.to_string_lossy(),
            "This link leads out of the repository.",
            "Replace it by the file or folder itself.",
        ));
    }
    Ok(inputs)
}

fn unreadable(folder: &Path, error: &dyn std::fmt::Display) -> PlanFinding {
    PlanFinding::new(
        folder.to_string_lossy(),
        format!("A file in this folder cannot be read: {error}."),
        "Check its permissions.",
    )
}

/// Hashes what the result depends on besides the files, and the files.
fn hash(
    request: &BuildRequest,
    node: &NodeVersion,
    head: &[String],
    inputs: &Inputs,
) -> Result<ArtifactHash, PlanFinding> {
    let platform = [std::env::consts::OS, std::env::consts::ARCH];
    let mut parts = vec![VERSION, platform[0], platform[1], node.as_str()];
    parts.push(request.application.as_str());
    parts.push(request.kind.as_str());
    parts.extend(head.iter().map(String::as_str));
    inputs
        .hash(&request.tree, &parts)
        .map_err(|error| unreadable(Path::new(request.application.as_str()), &error))
}

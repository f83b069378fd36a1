//! What an application shares with its siblings is found from its package.json alone, and lies within the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::finding::PlanFinding;
use crate::package_json::PackageJson;
use crate::source_files;
use crate::workspace;

/// Folders (and packed modules, as files) that belong to an application besides its own folder.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// Relative to the root of the repository.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// Whether the application also depends on a path within its own folder.
    pub(crate) within_application: bool,
}

/// Follows `file:`, `link:` and `portal:` dependencies (contract, section 8.2), and in a workspace also members by their name.
pub(crate) fn shared(
    tree: &Path,
    application: &Path,
    package: &PackageJson,
    in_workspace: bool,
) -> Result<Modules, Vec<PlanFinding>> {
    let members = if in_workspace {
        workspace::members(tree).map_err(|finding| vec![finding])?
    } else {
        Vec::new()
    };
    let by_name = |name: &str| {
        members
            .iter()
            .find(|(folder, member)| {
                !folder.as_os_str().is_empty() && member.name.as_deref() == Some(name)
            })
            .map(|(folder, _)| folder.clone())
    };
    let mut modules = Modules::default();
    let mut findings = Vec::new();
    let mut open = needs(application, package, &by_name, &mut findings);
    while let Some(path) = open.pop() {
        if path.starts_with(application) {
            modules.within_application = true;
            continue;
        }
        if !modules.paths.insert(path.clone()) {
            continue;
        }
        match PackageJson::read(tree, &path) {
            Ok(Some(module)) => {
                open.extend(needs(&path, &module, &by_name, &mut findings));
            }
            Ok(None) if source_files::is_plain(tree, &path) => {}
            Ok(None) => findings.push(PlanFinding::new(
                &package.file,
                format!(
                    "The shared module `{}` does not exist in the repository.",
                    path.display()
                ),
                "Commit the folder, or correct the dependency that names it.",
            )),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(modules)
    } else {
        Err(findings)
    }
}

/// The paths that one package needs.
fn needs(
    folder: &Path,
    package: &PackageJson,
    by_name: &impl Fn(&str) -> Option<PathBuf>,
    findings: &mut Vec<PlanFinding>,
) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for (name, spec) in &package.dependencies {
        let Some(relative) = local(spec) else {
            paths.extend(by_name(name));
            continue;
        };
        match source_files::resolve(folder, Path::new(relative)) {
            Some(path) if !path.as_os_str().is_empty() => paths.push(path),
            _ => findings.push(
                PlanFinding::new(
                    &package.file,
                    format!(
                        "The dependency \"{}\" is \"{}\", which is not a folder within the repository.",
                        name.escape_debug(),
                        spec.escape_debug()
                    ),
                    "Move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common.",
                )
                .at(package.line_of(&[name])),
            ),
        }
    }
    paths
}

/// The path of a dependency that is a path.
fn local(spec: &str) -> Option<&str> {
    ["file:", "link:", "portal:"]
        .into_iter()
        .find_map(|scheme| spec.strip_prefix(scheme))
        .or_else(|| {
            ["./", "../", "/"]
                .into_iter()
                .any(|s| spec.starts_with(s))
                .then_some(spec)
        })
}

//! What is wrong with a tree, out of its facts alone: every finding at once, each with the file and what to do.

use domain::spec::{Application, Finding, Spec};
use nodejs_semver::Range;

use crate::facts::{ApplicationFacts, Folder, TreeFacts};
use crate::package::{MAX_PACKAGE_BYTES, Package, PackageFile};

/// The Node.js versions that run applications (contract, section 10.3).
const NODE_VERSIONS: [&str; 2] = ["22.x", "24.x"];
/// Dependencies outside of the repository that are reported of one package.json, as each finding reads the file again for its line.
const MAX_LEAVING: usize = 20;
/// The longest piece of a package.json that a message repeats, in characters.
const MAX_SHOWN: usize = 80;

/// Compares the specification with the facts that were gathered for it.
#[must_use]
pub fn judge(spec: &Spec, facts: &TreeFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, (application, found)) in spec
        .applications
        .iter()
        .zip(&facts.applications)
        .enumerate()
    {
        let earlier = &spec.applications[..index];
        findings.extend(same_folder_elsewhere(index, application, earlier));
        match found.folder {
            Folder::Missing => findings.push(missing_folder(index, application, facts)),
            Folder::Other => findings.push(not_a_folder(index, application)),
            Folder::Present => findings.extend(package_findings(application, found)),
        }
    }
    findings
}

/// A finding in connect.yaml; the specification does not know its lines any more.
fn in_spec(id: &'static str, index: usize, message: String, hint: String) -> Finding {
    let path = format!("deployAs.{index}.name");
    Finding {
        id: id.into(),
        file: domain::spec::FILE_NAME.to_owned(),
        path,
        line: 0,
        column: 0,
        message,
        hint,
    }
}

/// A finding in the application's package.json.
fn in_package(
    id: &'static str,
    application: &Application,
    path: &str,
    line: u32,
    message: String,
    hint: &str,
) -> Finding {
    let file = format!("{}/package.json", application.name);
    Finding {
        id: id.into(),
        file,
        path: path.to_owned(),
        line,
        column: 0,
        message,
        hint: hint.to_owned(),
    }
}

fn same_folder_elsewhere(
    index: usize,
    application: &Application,
    earlier: &[Application],
) -> Option<Finding> {
    let name = application.name.as_str();
    let other = earlier
        .iter()
        .find(|other| other.name.as_str().eq_ignore_ascii_case(name))?;
    let message = format!(
        "The applications {} and {name} differ in letter case only",
        other.name
    );
    let hint = "rename one: they would share a folder on macOS and Windows".to_owned();
    Some(in_spec("tree/same-folder", index, message, hint))
}

fn missing_folder(index: usize, application: &Application, facts: &TreeFacts) -> Finding {
    let name = application.name.as_str();
    let near = facts
        .root_folders
        .iter()
        .find(|folder| folder.eq_ignore_ascii_case(name));
    let hint = match near {
        Some(near) => format!("there is a folder {}: use one spelling, in upper and lower case too", shown(near)),
        None => "an application lives in a folder at the root of the repository whose name is the application's name".to_owned(),
    };
    in_spec(
        "tree/folder-missing",
        index,
        format!("There is no folder {name}"),
        hint,
    )
}

fn not_a_folder(index: usize, application: &Application) -> Finding {
    let message = format!("{} is not a folder", application.name);
    let hint =
        "an application lives in a folder of its own; a symbolic link is not followed".to_owned();
    in_spec("tree/folder-missing", index, message, hint)
}

fn package_findings(application: &Application, found: &ApplicationFacts) -> Vec<Finding> {
    let whole = |id, line, column, message: String, hint: &str| {
        let finding = in_package(id, application, "file content", line, message, hint);
        vec![Finding { column, ..finding }]
    };
    match &found.package {
        PackageFile::Read(package) => content_findings(application, found, package),
        PackageFile::Missing if !application.kind.is_dynamic() => Vec::new(),
        PackageFile::Missing if found.has_pom => whole(
            "tree/java",
            0,
            0,
            "Java applications are not supported".to_owned(),
            "port the application to Node.js 22 or 24: there is a pom.xml, and no package.json",
        ),
        PackageFile::Missing => whole(
            "tree/package-missing",
            0,
            0,
            "There is no package.json".to_owned(),
            "run `npm init` in the folder and commit its package.json and package-lock.json",
        ),
        PackageFile::NotAFile => whole(
            "tree/package-unreadable",
            0,
            0,
            "This is not a file".to_owned(),
            "commit a plain file; a symbolic link is not followed",
        ),
        PackageFile::TooLarge => whole(
            "tree/package-unreadable",
            0,
            0,
            format!("The file has more than {MAX_PACKAGE_BYTES} bytes"),
            "keep data in files of its own; this limit is ours",
        ),
        PackageFile::Unreadable { line, column, why } => whole(
            "tree/package-unreadable",
            *line,
            *column,
            format!("This is not valid JSON: {}", shown(why)),
            "correct the file; `npm pkg get` shows whether it can be read",
        ),
    }
}

fn content_findings(
    application: &Application,
    found: &ApplicationFacts,
    package: &Package,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if application.kind.is_dynamic() && !package.has_start && !found.has_server_js {
        let message = "The script `start` is missing".to_owned();
        let hint = "add it to `scripts`: the command that starts the application's server on port 8080, such as \"node build/index.js\"";
        findings.push(in_package(
            "tree/start-missing",
            application,
            "scripts.start",
            package.scripts_line,
            message,
            hint,
        ));
    }
    findings.extend(
        package
            .node
            .as_ref()
            .and_then(|(range, line)| node_range(application, range, *line)),
    );
    let leaving = package.local.iter().filter(|dependency| dependency.leaves);
    for dependency in leaving.take(MAX_LEAVING) {
        let message = format!(
            "The dependency \"{}\" is not a folder within the repository",
            shown(&dependency.target)
        );
        let hint = "move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common";
        let path = shown(&dependency.path);
        findings.push(in_package(
            "tree/dependency-outside",
            application,
            &path,
            dependency.line,
            message,
            hint,
        ));
    }
    findings
}

fn node_range(application: &Application, text: &str, line: u32) -> Option<Finding> {
    let message = match text.trim() {
        "" => return None,
        range => match Range::parse(range) {
            Err(_) => format!("\"{}\" is no version range", shown(text)),
            Ok(range) if allows_a_version(&range) => return None,
            Ok(_) => format!("\"{}\" allows neither Node.js 22 nor 24", shown(text)),
        },
    };
    let hint = "set it to a range that allows Node.js 22 or 24, such as \">=22\", and test the application with that";
    Some(in_package(
        "tree/node-version",
        application,
        "engines.node",
        line,
        message,
        hint,
    ))
}

fn allows_a_version(range: &Range) -> bool {
    NODE_VERSIONS
        .iter()
        .filter_map(|version| Range::parse(version).ok())
        .any(|version| range.allows_any(&version))
}

/// A piece of somebody's file for a sentence: control characters made visible, cut where it is long.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(MAX_SHOWN).collect();
    let mark = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{mark}", cut.escape_debug())
}

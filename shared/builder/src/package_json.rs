//! A package.json is read once, leniently as npm reads it, and only what a build decides by is kept.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::finding::PlanFinding;
use crate::source_files;

/// The part of a package.json that a build decides by.
#[derive(Debug, Default)]
pub(crate) struct PackageJson {
    /// Relative to the root of the repository, for findings.
    pub(crate) file: String,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) scripts: BTreeMap<String, String>,
    pub(crate) node_range: Option<String>,
    pub(crate) package_manager: Option<String>,
    pub(crate) workspaces: Vec<String>,
    /// Name and specification of every dependency of every kind.
    pub(crate) dependencies: Vec<(String, String)>,
    text: String,
}

/// The scripts that a package manager runs by itself during an install.
const INSTALL_SCRIPTS: [&str; 6] = [
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
];

impl PackageJson {
    /// Reads `folder/package.json`; `None` if there is none.
    pub(crate) fn read(tree: &Path, folder: &Path) -> Result<Option<Self>, PlanFinding> {
        let relative = folder.join("package.json");
        let file = relative.to_string_lossy().into_owned();
        let Some(text) = source_files::read_text(tree, &relative)? else {
            return Ok(None);
        };
        let value: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
                PlanFinding::new(
                    &file,
                    format!("This is not valid JSON: {error}."),
                    "Correct the file; `npm pkg get` shows whether it can be read.",
                )
                .at(u32::try_from(error.line()).ok())
            })?;
        Ok(Some(Self::of(file, text, &value)))
    }

    fn of(file: String, text: String, value: &Value) -> Self {
        let string = |pointer: &str| {
            value
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let workspaces = value
            .get("workspaces")
            .map(|w| w.get("packages").unwrap_or(w))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let dependencies = [
            "dependencies",
            "devDependencies",
            "optionalDependencies",
            "peerDependencies",
        ]
        .into_iter()
        .flat_map(|kind| strings(value.get(kind)))
        .collect();
        Self {
            name: string("/name"),
            version: string("/version"),
            scripts: strings(value.get("scripts")).collect(),
            node_range: string("/engines/node"),
            package_manager: string("/packageManager"),
            workspaces,
            dependencies,
            file,
            text,
        }
    }

    /// A script that does something: npm's placeholder for a missing test does not.
    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        self.scripts
            .get(name)
            .map(|script| script.trim())
            .filter(|script| !script.is_empty() && !script.contains("no test specified"))
    }

    /// Whether an install runs code of this package itself, so that its result depends on all of its files.
    pub(crate) fn runs_on_install(&self) -> bool {
        INSTALL_SCRIPTS
            .iter()
            .any(|name| self.script(name).is_some())
    }

    /// The line on which the last of the nested keys stands, if the text is laid out as usual.
    pub(crate) fn line_of(&self, keys: &[&str]) -> Option<u32> {
        let mut from = 0;
        for key in keys {
            let quoted = format!("\"{key}\"");
            from += self.text.get(from..)?.find(&quoted)? + quoted.len();
        }
        let lines = self.text.get(..from)?.matches('\n').count();
        u32::try_from(lines + 1).ok()
    }
}

fn strings(object: Option<&Value>) -> impl Iterator<Item = (String, String)> + '_ {
    object
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_nested_keys() {
        let text = "{\n  \"name\": \"node\",\n  \"engines\": {\n    \"node\": \"18\"\n  }\n}";
        let value = serde_json::from_str(text).unwrap();
        let package = PackageJson::of("a/package.json".into(), text.into(), &value);
        assert_eq!(package.line_of(&["engines", "node"]), Some(4));
        assert_eq!(package.line_of(&["scripts"]), None);
    }
}

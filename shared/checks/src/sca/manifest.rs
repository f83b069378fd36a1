//! What a package.json asks for: lockfiles of yarn and of npm's first version do not say it.

use serde::Deserialize;

/// The dependencies of an application, as its author wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Name and range of what runs.
    pub(crate) production: Vec<(String, String)>,
    /// Name and range of what only development needs.
    pub(crate) development: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct File {
    dependencies: indexmap::IndexMap<String, String>,
    optional_dependencies: indexmap::IndexMap<String, String>,
    dev_dependencies: indexmap::IndexMap<String, String>,
}

impl Manifest {
    /// Reads a package.json; one that cannot be read asks for nothing, as the check of the tree has told its error.
    #[must_use]
    pub(crate) fn read(text: &str) -> Self {
        let file: File =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        Self {
            production: file
                .dependencies
                .into_iter()
                .chain(file.optional_dependencies)
                .collect(),
            development: file.dev_dependencies.into_iter().collect(),
        }
    }

    /// The names of everything that is asked for.
    #[must_use]
    pub(crate) fn names(&self) -> Vec<String> {
        self.production
            .iter()
            .chain(&self.development)
            .map(|(name, _)| name.clone())
            .collect()
    }
}

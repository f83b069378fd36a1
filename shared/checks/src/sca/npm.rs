//! package-lock.json and npm-shrinkwrap.json: versions 2 and 3 list folders of `node_modules`, version 1 nests packages (docs.npmjs.com).

use std::collections::HashMap;

use serde::Deserialize;

use super::inventory::{Ecosystem, Inventory, MAX_PACKAGES, Package, lines_of};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: indexmap::IndexMap<String, Entry>,
    #[serde(default)]
    dependencies: indexmap::IndexMap<String, Nested>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    integrity: Option<String>,
    license: Option<serde_json::Value>,
    dev: bool,
    link: bool,
    dependencies: indexmap::IndexMap<String, String>,
    dev_dependencies: indexmap::IndexMap<String, String>,
    optional_dependencies: indexmap::IndexMap<String, String>,
    peer_dependencies: indexmap::IndexMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Nested {
    version: String,
    integrity: Option<String>,
    dev: bool,
    requires: serde_json::Value,
    dependencies: indexmap::IndexMap<String, Nested>,
}

/// Reads a lockfile; `direct` names what package.json asks for, which version 1 does not say.
pub(crate) fn read(file: &str, text: &str, direct: &[String]) -> Result<Inventory, String> {
    // serde would take a list for a struct.
    if !text.trim_start().starts_with('{') {
        return Err("it is no lockfile of npm (no JSON object)".to_owned());
    }
    let lock: Lock = serde_json::from_str(text)
        .map_err(|error| format!("it is no lockfile of npm ({error})"))?;
    let lines = lines_of(text);
    let inventory = if lock.packages.is_empty() {
        nested(file, &lock.dependencies, direct, &lines)
    } else {
        folders(file, lock.packages, &lines)
    };
    match inventory.packages.len() {
        count if count > MAX_PACKAGES => Err(format!(
            "it lists {count} packages; the limit is {MAX_PACKAGES}"
        )),
        _ => Ok(inventory),
    }
}

fn folders(
    file: &str,
    entries: indexmap::IndexMap<String, Entry>,
    lines: &HashMap<&str, u32>,
) -> Inventory {
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let mut place: HashMap<&str, usize> = HashMap::new();
    for (path, entry) in &entries {
        let Some((_, named)) = path.rsplit_once("node_modules/") else {
            continue;
        };
        let (Some(version), false) = (&entry.version, entry.link) else {
            continue;
        };
        place.insert(path, inventory.packages.len());
        inventory.packages.push(Package {
            name: entry.name.clone().unwrap_or_else(|| named.to_owned()),
            version: version.clone(),
            ecosystem: Ecosystem::Npm,
            dev: entry.dev,
            direct: false,
            integrity: entry.integrity.clone(),
            licence: entry
                .license
                .as_ref()
                .and_then(|licence| licence.as_str())
                .map(str::to_owned),
            line: lines.get(path.as_str()).copied().unwrap_or_default(),
            needs: Vec::new(),
        });
    }
    for (path, entry) in &entries {
        let root = !path.contains("node_modules/");
        let mut asked: Vec<&String> = entry
            .dependencies
            .keys()
            .chain(entry.optional_dependencies.keys())
            .collect();
        asked.extend(entry.peer_dependencies.keys());
        if root {
            asked.extend(entry.dev_dependencies.keys());
        }
        let found: Vec<usize> = asked
            .iter()
            .filter_map(|name| resolve(path, name, &place))
            .collect();
        if root {
            for index in found {
                inventory.packages[index].direct = true;
            }
        } else if let Some(&index) = place.get(path.as_str()) {
            inventory.packages[index].needs = found;
        }
    }
    inventory
}

/// Node.js's way: the nearest `node_modules` on the way up has it.
fn resolve(from: &str, name: &str, place: &HashMap<&str, usize>) -> Option<usize> {
    let mut folder = from;
    loop {
        let candidate = match folder {
            "" => format!("node_modules/{name}"),
            folder => format!("{folder}/node_modules/{name}"),
        };
        if let Some(&index) = place.get(candidate.as_str()) {
            return Some(index);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once("/node_modules/").map_or_else(
            || {
                folder.rsplit_once('/').map_or(
                    "",
                    |(above, _)| if above == "node_modules" { "" } else { above },
                )
            },
            |(above, _)| above,
        );
    }
}

struct Level<'a> {
    above: Option<&'a Level<'a>>,
    places: HashMap<&'a str, usize>,
}

impl Level<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        let here = self.places.get(name).copied();
        here.or_else(|| self.above?.find(name))
    }
}

fn nested(
    file: &str,
    entries: &indexmap::IndexMap<String, Nested>,
    direct: &[String],
    lines: &HashMap<&str, u32>,
) -> Inventory {
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let root = level(entries, None, lines, &mut inventory);
    for name in direct {
        if let Some(&index) = root.places.get(name.as_str()) {
            inventory.packages[index].direct = true;
        }
    }
    inventory
}

// serde_json refuses JSON that is nested deeper than 128, so this recursion is bounded.
fn level<'a>(
    entries: &'a indexmap::IndexMap<String, Nested>,
    above: Option<&'a Level<'a>>,
    lines: &HashMap<&str, u32>,
    inventory: &mut Inventory,
) -> Level<'a> {
    let mut places = HashMap::new();
    for (name, entry) in entries {
        places.insert(name.as_str(), inventory.packages.len());
        inventory.packages.push(Package {
            name: name.clone(),
            version: entry.version.clone(),
            ecosystem: Ecosystem::Npm,
            dev: entry.dev,
            direct: false,
            integrity: entry.integrity.clone(),
            licence: None,
            line: lines.get(name.as_str()).copied().unwrap_or_default(),
            needs: Vec::new(),
        });
    }
    let here = Level { above, places };
    for (name, entry) in entries {
        let inner = level(&entry.dependencies, Some(&here), lines, inventory);
        let required = entry
            .requires
            .as_object()
            .into_iter()
            .flat_map(|requires| requires.keys());
        inventory.packages[here.places[name.as_str()]].needs =
            required.filter_map(|name| inner.find(name)).collect();
    }
    here
}

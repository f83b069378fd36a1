//! pnpm-lock.yaml, versions 5 to 9: packages by name and version; from 9 on what they depend on stands under `snapshots`.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::inventory::{Ecosystem, Inventory, MAX_PACKAGES, Package, lines_of};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Lock {
    importers: IndexMap<String, Importer>,
    #[serde(flatten)]
    root: Importer,
    packages: IndexMap<String, Option<Entry>>,
    snapshots: IndexMap<String, Option<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Importer {
    dependencies: IndexMap<String, Wanted>,
    optional_dependencies: IndexMap<String, Wanted>,
    dev_dependencies: IndexMap<String, Wanted>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Entry { version: String },
    Version(String),
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    resolution: Resolution,
    dependencies: IndexMap<String, String>,
    optional_dependencies: IndexMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resolution {
    integrity: Option<String>,
}

/// Reads a lockfile of pnpm; `importer` is the application's folder as seen from the lockfile, `.` where they are the same.
pub(crate) fn read(file: &str, text: &str, importer: &str) -> Result<Inventory, String> {
    let lock = parse(text)?;
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let places = list(&lock, text, &mut inventory);
    let details = if lock.snapshots.is_empty() {
        &lock.packages
    } else {
        &lock.snapshots
    };
    for (key, entry) in details {
        if let (Some(&index), Some(entry)) = (places.get(plain(key)), entry) {
            let asked = entry
                .dependencies
                .iter()
                .chain(&entry.optional_dependencies);
            let needs = asked.filter_map(|(name, version)| find(&places, name, version));
            inventory.packages[index].needs = needs.collect();
        }
    }
    let asks = lock.importers.get(importer).unwrap_or(&lock.root);
    let place = |(name, wanted): (&String, &Wanted)| match wanted {
        Wanted::Entry { version } | Wanted::Version(version) => find(&places, name, version),
    };
    let production = asks.dependencies.iter().chain(&asks.optional_dependencies);
    let production: Vec<usize> = production.filter_map(place).collect();
    let development: Vec<usize> = asks.dev_dependencies.iter().filter_map(place).collect();
    inventory.mark_dev(&production);
    for index in production.into_iter().chain(development) {
        inventory.packages[index].direct = true;
    }
    Ok(inventory)
}

fn parse(text: &str) -> Result<Lock, String> {
    let mut options = serde_saphyr::Options::default();
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = MAX_PACKAGES * 40;
        budget.max_events = MAX_PACKAGES * 80;
        budget.max_total_scalar_bytes = text.len();
    }
    let lock: Lock = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        // A budget is told in the words of the parser's code.
        if matches!(error.without_snippet(), serde_saphyr::Error::Budget { .. }) {
            return "its aliases say more than its text could".to_owned();
        }
        let error = error.to_string();
        format!("it is no lockfile of pnpm ({})", first_line(&error))
    })?;
    match lock.packages.len() {
        count if count > MAX_PACKAGES => Err(format!(
            "it lists {count} packages; the limit is {MAX_PACKAGES}"
        )),
        _ => Ok(lock),
    }
}

/// Puts the packages into the inventory, and returns where each stands.
fn list<'l>(lock: &'l Lock, text: &str, inventory: &mut Inventory) -> HashMap<&'l str, usize> {
    let lines = lines_of(text);
    let mut places = HashMap::new();
    for (key, entry) in &lock.packages {
        let Some((name, version)) = name_and_version(key) else {
            continue;
        };
        places.insert(plain(key), inventory.packages.len());
        inventory.packages.push(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            ecosystem: Ecosystem::Npm,
            dev: false,
            direct: false,
            integrity: entry
                .as_ref()
                .and_then(|entry| entry.resolution.integrity.clone()),
            licence: None,
            line: lines.get(key.as_str()).copied().unwrap_or_default(),
            needs: Vec::new(),
        });
    }
    places
}

/// Another package's version may be written with its name (from version 6 on in some places) or without.
fn find(places: &HashMap<&str, usize>, name: &str, version: &str) -> Option<usize> {
    let version = plain(version);
    let keys = [
        version.to_owned(),
        format!("{name}@{version}"),
        format!("{name}/{version}"),
    ];
    keys.iter()
        .find_map(|key| places.get(key.as_str()).copied())
}

/// Without the slash of versions 5 and 6 in front, and without the peers behind.
fn plain(key: &str) -> &str {
    let key = key.trim_start_matches('/');
    let end = key.find('(').unwrap_or(key.len());
    // Version 5 writes peers behind an underscore, which no version holds.
    let at = key.rfind('/').unwrap_or(0);
    let end = key[at..end.max(at)]
        .find('_')
        .map_or(end, |found| at + found);
    &key[..end]
}

/// `name@1.2.3` (versions 6 to 9) or `name/1.2.3` (version 5).
fn name_and_version(key: &str) -> Option<(&str, &str)> {
    let key = plain(key);
    match key.get(1..)?.rfind('@').map(|at| at + 1) {
        Some(at) => Some((&key[..at], &key[at + 1..])),
        None => key.rsplit_once('/'),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

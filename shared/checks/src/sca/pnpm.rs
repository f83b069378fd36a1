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
    let mut options = serde_saphyr::Options::default();
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = MAX_PACKAGES * 40;
        budget.max_events = MAX_PACKAGES * 80;
        budget.max_total_scalar_bytes = text.len();
    }
    let lock: Lock = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        format!(
            "it is no lockfile of pnpm ({})",
            first_line(&error.to_string())
        )
    })?;
    if lock.packages.len() > MAX_PACKAGES {
        return Err(format!(
            "it lists {} packages; the limit is {MAX_PACKAGES}",
            lock.packages.len()
        ));
    }
    let lines = lines_of(text);
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let mut places: HashMap<&str, usize> = HashMap::new();
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
    let find = |name: &str, version: &str| {
        let keys = [
            plain(version).to_owned(),
            format!("{name}@{}", plain(version)),
            format!("{name}/{}", plain(version)),
        ];
        keys.iter()
            .find_map(|key| places.get(key.as_str()).copied())
    };
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
            inventory.packages[index].needs = asked
                .filter_map(|(name, version)| find(name, version))
                .collect();
        }
    }
    let asks = lock.importers.get(importer).unwrap_or(&lock.root);
    let place = |(name, wanted): (&String, &Wanted)| match wanted {
        Wanted::Entry { version } | Wanted::Version(version) => find(name, version),
    };
    let production: Vec<usize> = asks
        .dependencies
        .iter()
        .chain(&asks.optional_dependencies)
        .filter_map(place)
        .collect();
    let development: Vec<usize> = asks.dev_dependencies.iter().filter_map(place).collect();
    inventory.mark_dev(&production);
    for index in production.into_iter().chain(development) {
        inventory.packages[index].direct = true;
    }
    Ok(inventory)
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

//! yarn.lock, classic and berry: entries by name and range; what only development needs is told by package.json.

use std::collections::HashMap;

use super::inventory::{Ecosystem, Inventory, MAX_PACKAGES, Package, lines_of};
use super::manifest::Manifest;

/// Reads a lockfile of yarn.
pub(crate) fn read(file: &str, text: &str, manifest: &Manifest) -> Result<Inventory, String> {
    let lock = yarn_lock_parser::parse_str(text)
        .map_err(|_| "it is no lockfile of yarn; run `yarn install` and commit it".to_owned())?;
    if lock.entries.len() > MAX_PACKAGES {
        return Err(format!(
            "it lists {} packages; the limit is {MAX_PACKAGES}",
            lock.entries.len()
        ));
    }
    let lines = lines_of(text);
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let mut by_descriptor: HashMap<(&str, &str), usize> = HashMap::new();
    let mut entries = Vec::new();
    for entry in &lock.entries {
        // Berry lists the application itself and linked folders too: they are no packages of the registry.
        let local = |range: &str| {
            ["workspace:", "link:", "portal:", "file:"]
                .iter()
                .any(|start| range.contains(start))
        };
        if entry.version == "0.0.0-use.local"
            || entry.descriptors.iter().any(|(_, range)| local(range))
        {
            continue;
        }
        for (name, range) in &entry.descriptors {
            by_descriptor.insert((name, bare(range)), inventory.packages.len());
        }
        let line = entry.descriptors.first().and_then(|(name, range)| {
            let heads = [format!("{name}@{range}"), format!("{name}@npm:{range}")];
            heads.iter().find_map(|head| line_of(&lines, head))
        });
        entries.push(entry);
        inventory.packages.push(Package {
            name: entry.name.to_owned(),
            version: entry.version.to_owned(),
            ecosystem: Ecosystem::Npm,
            dev: false,
            direct: false,
            integrity: (!entry.integrity.is_empty()).then(|| entry.integrity.to_owned()),
            licence: None,
            line: line.unwrap_or_default(),
            needs: Vec::new(),
        });
    }
    for (index, entry) in entries.iter().enumerate() {
        let asked = entry
            .dependencies
            .iter()
            .chain(&entry.optional_dependencies);
        inventory.packages[index].needs = asked
            .filter_map(|(name, range)| by_descriptor.get(&(*name, bare(range))).copied())
            .collect();
    }
    let find = |(name, range): &(String, String)| {
        by_descriptor.get(&(name.as_str(), bare(range))).copied()
    };
    let production: Vec<usize> = manifest.production.iter().filter_map(find).collect();
    let development: Vec<usize> = manifest.development.iter().filter_map(find).collect();
    inventory.mark_dev(&production);
    for index in production.into_iter().chain(development) {
        inventory.packages[index].direct = true;
    }
    Ok(inventory)
}

fn bare(range: &str) -> &str {
    range.strip_prefix("npm:").unwrap_or(range)
}

/// A head may be quoted, and may list more ranges behind a comma.
fn line_of(lines: &HashMap<&str, u32>, head: &str) -> Option<u32> {
    let whole = lines.get(head).copied();
    whole.or_else(|| {
        let starts = |name: &&&str| {
            name.strip_prefix(head)
                .is_some_and(|rest| rest.starts_with([',', '"', ':']))
        };
        lines
            .keys()
            .filter(starts)
            .filter_map(|name| lines.get(*name))
            .min()
            .copied()
    })
}

//! pom.xml: it names direct dependencies only; versions may be properties or be managed in the same file, and what it leaves open is noted.

use std::collections::HashMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::inventory::{Ecosystem, Inventory, MAX_PACKAGES, Package};

/// Reads a pom.xml.
pub(crate) fn read(file: &str, text: &str) -> Result<Inventory, String> {
    // Entities are refused: nobody needs them in a pom.xml, and they can grow without bound.
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 1_000_000,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| format!("it is no XML ({error})"))?;
    let project = document.root_element();
    let properties = properties(project);
    let managed: HashMap<(String, String), String> = child(project, "dependencyManagement")
        .and_then(|management| child(management, "dependencies"))
        .map(|dependencies| {
            elements(dependencies, "dependency")
                .filter_map(|one| managed(one, &properties))
                .collect()
        })
        .unwrap_or_default();
    let mut inventory = Inventory {
        file: file.to_owned(),
        ..Inventory::default()
    };
    let dependencies = child(project, "dependencies");
    for dependency in dependencies
        .into_iter()
        .flat_map(|list| elements(list, "dependency"))
        .take(MAX_PACKAGES)
    {
        let line = document.text_pos_at(dependency.range().start).row;
        let (Some(group), Some(artifact)) = (
            value(dependency, "groupId", &properties),
            value(dependency, "artifactId", &properties),
        ) else {
            continue;
        };
        let version = value(dependency, "version", &properties)
            .or_else(|| managed.get(&(group.clone(), artifact.clone())).cloned())
            .filter(|version| !version.contains("${"));
        let Some(version) = version else {
            inventory.notes.push(format!(
                "{file}:{line} {group}:{artifact} has no version in this file (a parent or a BOM sets it), so its advisories were not looked up"
            ));
            continue;
        };
        let scope = value(dependency, "scope", &properties).unwrap_or_default();
        inventory.packages.push(Package {
            name: format!("{group}:{artifact}"),
            version,
            ecosystem: Ecosystem::Maven,
            dev: scope == "test",
            direct: true,
            integrity: None,
            licence: None,
            line,
            needs: Vec::new(),
        });
    }
    if !inventory.packages.is_empty() {
        inventory.notes.push(format!(
            "{file} names direct dependencies only: what they bring along was not looked up"
        ));
    }
    Ok(inventory)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &'a str) -> Option<Node<'a, 'input>> {
    elements(node, name).next()
}

fn elements<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(move |child| child.tag_name().name() == name)
}

fn properties(project: Node<'_, '_>) -> HashMap<String, String> {
    let text = |node: Node<'_, '_>| node.text().unwrap_or_default().trim().to_owned();
    let mut properties: HashMap<String, String> = child(project, "properties")
        .into_iter()
        .flat_map(|list| list.children())
        .filter(Node::is_element)
        .map(|node| (node.tag_name().name().to_owned(), text(node)))
        .collect();
    for (name, property) in [
        ("version", "project.version"),
        ("groupId", "project.groupId"),
    ] {
        if let Some(node) = child(project, name) {
            properties.insert(property.to_owned(), text(node));
        }
    }
    if let Some(version) = child(project, "parent").and_then(|parent| child(parent, "version")) {
        properties.insert("project.parent.version".to_owned(), text(version));
    }
    properties
}

fn managed(
    dependency: Node<'_, '_>,
    properties: &HashMap<String, String>,
) -> Option<((String, String), String)> {
    let group = value(dependency, "groupId", properties)?;
    let artifact = value(dependency, "artifactId", properties)?;
    Some(((group, artifact), value(dependency, "version", properties)?))
}

/// The text of an element, its properties put in; a property may name another, five deep.
fn value(node: Node<'_, '_>, name: &str, properties: &HashMap<String, String>) -> Option<String> {
    let mut text = child(node, name)?.text()?.trim().to_owned();
    for _ in 0..5 {
        let Some((before, rest)) = text.split_once("${") else {
            break;
        };
        let Some((property, after)) = rest.split_once('}') else {
            break;
        };
        match properties.get(property) {
            Some(value) => text = format!("{before}{value}{after}"),
            None => break,
        }
    }
    (!text.is_empty()).then_some(text)
}

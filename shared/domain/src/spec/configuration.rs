//! `configuration`, of one application or of `inheritAs`: its keys can become environment variables, and none stands there twice.

use super::fields::{Field, Object};
use super::finding::{Findings, Place, shown};
use super::{Configuration, MAX_KEYS, MAX_SCOPES, SecuredKey, StandardKey};

/// Set by the platform, in any letter case (contract, section 8.1).
const RESERVED: [&str; 4] = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"];

/// A configuration, and where each of its keys stands: the standard ones first.
#[derive(Default)]
pub(super) struct ReadConfiguration {
    pub(super) configuration: Configuration,
    pub(super) keys: Vec<(String, Place)>,
}

/// `inheritAs`.
#[derive(Default)]
pub(super) struct ReadInherit {
    pub(super) configuration: ReadConfiguration,
    pub(super) scopes: Vec<String>,
}

pub(super) fn read_inherit(field: &Field<'_>, out: &mut Findings) -> ReadInherit {
    let Some(object) = field.object(out) else {
        return ReadInherit::default();
    };
    object.only(&["configuration", "apiClient"], out);
    let configuration = object
        .get("configuration")
        .map(|configuration| read(&configuration, out));
    let client = object
        .get("apiClient")
        .and_then(|client| client.object(out));
    let scopes = client.map(|client| read_scopes(&client, out));
    ReadInherit {
        configuration: configuration.unwrap_or_default(),
        scopes: scopes.unwrap_or_default(),
    }
}

fn read_scopes(client: &Object<'_>, out: &mut Findings) -> Vec<String> {
    client.only(&["scopes"], out);
    let scopes = client.need(
        "scopes",
        "the scopes that the applications need, as in `scopes: [view_products]`",
        out,
    );
    let Some((field, items)) =
        scopes.and_then(|scopes| scopes.list(MAX_SCOPES, out).map(|items| (scopes, items)))
    else {
        return Vec::new();
    };
    if items.is_empty() {
        let hint =
            "name a scope, as in `scopes: [view_products]`, or remove `apiClient`".to_owned();
        field.refuse(
            "spec/empty",
            "Array must contain at least 1 element(s)".to_owned(),
            hint,
            out,
        );
    }
    items
        .iter()
        .filter_map(|item| read_scope(item, out))
        .collect()
}

/// A scope without the key of a Project: that of the Deployment's Project is added, so a key here would name another one.
fn read_scope(item: &Field<'_>, out: &mut Findings) -> Option<String> {
    let scope = item.words(
        "Scope cannot be only whitespace",
        "write a scope, as in `view_products`",
        out,
    )?;
    let is_name = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        !text.is_empty() && text.chars().all(allowed)
    };
    if is_name(scope) {
        return Some(scope.to_owned());
    }
    let hint = match scope.split_once(':') {
        Some((name, key)) if is_name(name) && is_name(key) => {
            format!("write `{name}` alone; the key of the Project that deploys is added")
        }
        _ => "write one name of letters, digits, `_` and `-`, as in `view_products`".to_owned(),
    };
    let message = format!("Scope {} is not the name of a scope", shown(scope));
    item.refuse("spec/scope", message, hint, out);
    None
}

pub(super) fn read(field: &Field<'_>, out: &mut Findings) -> ReadConfiguration {
    let mut read = ReadConfiguration::default();
    let Some(object) = field.object(out) else {
        return read;
    };
    object.only(&["standardConfiguration", "securedConfiguration"], out);
    for entry in entries(&object, "standardConfiguration", out) {
        entry.only(&["key", "description", "required", "default"], out);
        let (key, description, required) = common(&entry, out);
        let default = entry.get("default");
        let default = default.map(|field| {
            field
                .words(
                    "Default value cannot be only whitespace",
                    "write a value, or remove `default`",
                    out,
                )
                .unwrap_or_default()
                .to_owned()
        });
        read.keys.extend(key.clone());
        if let Some((key, _)) = key {
            read.configuration.standard.push(StandardKey {
                key,
                description,
                required,
                default,
            });
        }
    }
    for entry in entries(&object, "securedConfiguration", out) {
        entry.only(&["key", "description", "required"], out);
        let (key, description, required) = common(&entry, out);
        read.keys.extend(key.clone());
        if let Some((key, _)) = key {
            read.configuration.secured.push(SecuredKey {
                key,
                description,
                required,
            });
        }
    }
    refuse_duplicates(&object.path, &read.keys, out);
    read
}

fn entries<'t>(object: &Object<'t>, key: &str, out: &mut Findings) -> Vec<Object<'t>> {
    let items = object
        .get(key)
        .and_then(|list| list.list(MAX_KEYS, out))
        .unwrap_or_default();
    items.iter().filter_map(|item| item.object(out)).collect()
}

type Common = (Option<(String, Place)>, String, bool);

/// What both lists have. After a finding it assumes what keeps the cross-checks quiet: one mistake is reported once.
fn common(entry: &Object<'_>, out: &mut Findings) -> Common {
    let field = entry.need(
        "key",
        "the name of the environment variable, as in `key: LOG_LEVEL`",
        out,
    );
    let key = field.and_then(|field| Some((read_key(&field, out)?.to_owned(), field.node.place)));
    let description = entry.need(
        "description",
        "a sentence for the person who fills the value in",
        out,
    );
    let description = description.and_then(|field| {
        field.words(
            "Description cannot be only whitespace",
            "write a sentence for the person who fills the value in",
            out,
        )
    });
    let required = entry
        .get("required")
        .is_some_and(|field| field.boolean(out).unwrap_or(true));
    (key, description.unwrap_or_default().to_owned(), required)
}

/// The key as it is written, with a finding where it cannot be one: cross-checks look at wrong keys too.
fn read_key<'t>(field: &Field<'t>, out: &mut Findings) -> Option<&'t str> {
    let key = field.text(out)?;
    if RESERVED
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(key))
    {
        let hint = "the platform sets this variable itself; choose another name".to_owned();
        field.refuse(
            "spec/reserved-key",
            format!("Key \"{}\" is a reserved word", shown(key)),
            hint,
            out,
        );
    }
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !(2..=256).contains(&key.len()) || !key.chars().all(valid) {
        let message = if key.trim().is_empty() {
            "Invalid configuration key".to_owned()
        } else {
            format!("Invalid configuration key: \"{}\"", shown(key))
        };
        let mended: String = key
            .chars()
            .map(|c| {
                if valid(c) {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .take(60)
            .collect();
        let example = if key.trim().len() >= 2 {
            mended
        } else {
            "LOG_LEVEL".to_owned()
        };
        let hint = format!("a key has 2 to 256 letters, digits or '_', as in `{example}`");
        field.refuse("spec/key", message, hint, out);
    }
    Some(key)
}

fn refuse_duplicates(path: &str, keys: &[(String, Place)], out: &mut Findings) {
    for (index, (key, place)) in keys.iter().enumerate() {
        // One finding for a key, at its second place.
        let before: Vec<Place> = keys[..index]
            .iter()
            .filter(|(other, _)| other == key)
            .map(|(_, place)| *place)
            .collect();
        if let [first] = before[..] {
            let hint = format!(
                "it stands in line {} already, in the standard or the secured list: remove one",
                first.line
            );
            out.add(
                "spec/duplicate-key",
                path,
                *place,
                format!("Duplicate key found {}", shown(key)),
                hint,
            );
        }
    }
}

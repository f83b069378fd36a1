//! The bill of materials in CycloneDX 1.6 (cyclonedx.org/docs/1.6/json). No kept crate writes 1.6; what we need of it is this one page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::inventory::{Ecosystem, Inventory, Package};

// What a package URL keeps as it is (purl specification, section on character encoding).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The document of all applications of a connector; `serial` is a UUID, `created` a time of RFC 3339.
#[must_use]
pub fn cyclonedx(
    name: &str,
    version: &str,
    inventories: &[(String, Inventory)],
    serial: &str,
    created: &str,
) -> Value {
    let mut components: Vec<Value> = Vec::new();
    let mut dependencies: Vec<Value> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (application, inventory) in inventories {
        let direct = inventory
            .packages
            .iter()
            .filter(|package| package.direct)
            .map(purl);
        components
            .push(json!({"type": "application", "bom-ref": application, "name": application}));
        dependencies.push(json!({"ref": application, "dependsOn": unique(direct)}));
        for package in &inventory.packages {
            let reference = purl(package);
            if seen.insert(reference.clone()) {
                components.push(component(package, &reference));
                let needs = package
                    .needs
                    .iter()
                    .map(|&index| purl(&inventory.packages[index]));
                dependencies.push(json!({"ref": reference, "dependsOn": unique(needs)}));
            }
        }
    }
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": created,
            "tools": {"components": [{"type": "application", "name": "slipway", "version": env!("CARGO_PKG_VERSION")}]},
            "component": {"type": "application", "bom-ref": "connector", "name": name, "version": version},
        },
        "components": components,
        "dependencies": dependencies,
    })
}

fn unique(references: impl Iterator<Item = String>) -> Vec<String> {
    references
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn component(package: &Package, reference: &str) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "scope": if package.dev { "excluded" } else { "required" },
        "purl": reference,
    });
    if let Some(licence) = &package.licence {
        component["licenses"] = json!([{"license": {"name": licence}}]);
    }
    if let Some(content) = package.integrity.as_deref().and_then(sha512) {
        component["hashes"] = json!([{"alg": "SHA-512", "content": content}]);
    }
    component
}

/// The first SHA-512 of an integrity text (Subresource Integrity), in hexadecimal.
fn sha512(integrity: &str) -> Option<String> {
    use base64::Engine;
    let encoded = integrity
        .split(' ')
        .find_map(|one| one.strip_prefix("sha512-"))?;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The package URL.
fn purl(package: &Package) -> String {
    let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let name = match package.ecosystem {
        Ecosystem::Npm => package
            .name
            .split('/')
            .map(encode)
            .collect::<Vec<_>>()
            .join("/"),
        Ecosystem::Maven => package
            .name
            .split(':')
            .map(encode)
            .collect::<Vec<_>>()
            .join("/"),
    };
    format!(
        "pkg:{}/{name}@{}",
        package.ecosystem.purl_type(),
        encode(&package.version)
    )
}

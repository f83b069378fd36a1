//! Where a property stands in a connect.yaml that was read before: checks of the tree speak of properties, and people look for lines.

use super::finding::Findings;
use super::yaml::{self, Kind};

/// The line and column, both from 1, of the value of a property such as `deployAs.0.name`; none where there is no such property.
#[must_use]
pub fn locate(text: &str, path: &str) -> Option<(u32, u32)> {
    let tree = yaml::tree(text, &mut Findings::default())?;
    let mut node = &tree;
    for part in path.split('.') {
        node = match &node.kind {
            Kind::List(items) => items.get(part.parse::<usize>().ok()?)?,
            Kind::Map(entries) => &entries.iter().find(|entry| entry.key == part)?.value,
            _ => return None,
        };
    }
    Some((node.place.line, node.place.column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_found_by_its_path() {
        let text = "deployAs:\n  - name: a\n    applicationType: job\n  - { applicationType: job, name: b }\n";
        assert_eq!(locate(text, "deployAs.0.name"), Some((2, 11)));
        assert_eq!(locate(text, "deployAs.1.name"), Some((4, 35)));
        assert_eq!(locate(text, "deployAs.2.name"), None);
        assert_eq!(locate(text, "deployAs.0.name.x"), None);
    }
}

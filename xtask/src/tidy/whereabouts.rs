//! No file says where it was written: no registry's host, no folder of one machine.

use super::{Rule, Tree, Violation};

/// Hosts of package registries; halved, so that this file names none.
const HOSTS: [&str; 5] = [
    concat!("registry.npm", "js.org"),
    concat!("pypi.org", "/simple"),
    concat!("files.python", "hosted.org"),
    concat!("static.crates", ".io"),
    concat!("deb.debian", ".org"),
];

/// Folders of the machines on which the project is written, where a path begins with them.
const FOLDERS: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
];

static ANYWHERE: Rule = Rule {
    why: "the project builds anywhere, also behind a mirror: it names no registry's host and no folder of one machine",
    remedy: "leave the host to the package manager's own settings; make the path relative to the repository, or an argument",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let files = tree.files.iter().filter(|file| file.path != "Cargo.lock");
    let mut violations = Vec::new();
    for file in files {
        for (line, text) in file.numbered() {
            violations.extend(place(text).map(|place| Violation {
                path: file.path.clone(),
                line,
                what: format!("`{place}` belongs to one place"),
                rule: &ANYWHERE,
            }));
        }
    }
    violations
}

fn place(line: &str) -> Option<&'static str> {
    let in_path = |before: &str| {
        before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    };
    let begins = |folder: &str| {
        let mut places = line.match_indices(folder);
        places.any(|(at, _)| !in_path(&line[..at]))
    };
    let host = HOSTS.into_iter().find(|host| line.contains(host));
    host.or_else(|| FOLDERS.into_iter().find(|folder| begins(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(text: &str) -> Vec<Violation> {
        check(&Tree::of_files(&[("a.json", text)]))
    }

    #[test]
    fn every_registry_is_found() {
        for host in HOSTS {
            let found = violations(&format!("{{}}\n\"https://{host}/a\"\n"));
            assert_eq!(found.len(), 1, "{host}");
            assert_eq!(found[0].line, 2, "{host}");
        }
    }

    #[test]
    fn every_folder_of_a_machine_is_found_and_the_same_word_inside_a_path_is_not() {
        for folder in FOLDERS {
            assert_eq!(violations(&format!("cd {folder}a")).len(), 1, "{folder}");
            assert_eq!(violations(&format!("cd shared{folder}a")), [], "{folder}");
            assert_eq!(violations(&format!("cd .{folder}a")), [], "{folder}");
        }
    }

    #[test]
    fn cargos_lock_file_is_exempt() {
        let text = FOLDERS[0];
        assert_eq!(check(&Tree::of_files(&[("Cargo.lock", text)])), []);
        assert_eq!(check(&Tree::of_files(&[("other.lock", text)])).len(), 1);
    }
}

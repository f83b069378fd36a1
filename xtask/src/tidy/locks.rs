//! Lock files of fixtures and of suites hold hashes but no addresses, so that they install from whatever registry the machine uses.

use super::{File, Rule, Tree, Violation};

/// Before the address of a package: npm's and yarn's word, and pnpm's.
const KEYS: [&str; 2] = ["resolved", "tarball"];
/// How an address begins that is not a folder beside the lock file.
const REMOTE: [&str; 4] = ["http://", "https://", "git+", "git://"];

static NO_ADDRESS: Rule = Rule {
    why: "a lock file with addresses installs from one registry only; the integrity hashes are what must not change",
    remedy: "write the lock file anew with `npm install --package-lock-only --omit-lockfile-registry-resolved`, \
             or delete the addresses from it",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let locks = tree.files.iter().filter(|file| is_lock_of_tests(file));
    let mut violations = Vec::new();
    for file in locks {
        // One violation for each file: a lock file with addresses has hundreds.
        let mut lines = file.numbered();
        violations.extend(
            lines
                .find(|(_, text)| is_address(text))
                .map(|(line, _)| Violation {
                    path: file.path.clone(),
                    line,
                    what: "the lock file holds the address of a package".to_owned(),
                    rule: &NO_ADDRESS,
                }),
        );
    }
    violations
}

fn is_address(line: &str) -> bool {
    KEYS.iter().any(|key| line.contains(key)) && REMOTE.iter().any(|start| line.contains(start))
}

fn is_lock_of_tests(file: &File) -> bool {
    let lock = file.ends_in(&[
        "/package-lock.json",
        "/npm-shrinkwrap.json",
        "/yarn.lock",
        "/pnpm-lock.yaml",
    ]);
    lock && file.path.starts_with("tests/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(name: &str, text: &str) -> usize {
        let path = format!("tests/fixtures/connectors/minimal/service/{name}");
        check(&Tree::of_files(&[(&path, text)])).len()
    }

    #[test]
    fn addresses_are_found_in_the_lock_files_of_all_package_managers() {
        let npm = "{\n  \"resolved\": \"https://packages.example/hono.tgz\",\n  \"resolved\": \"https://packages.example/b.tgz\"\n}";
        assert_eq!(violations("package-lock.json", npm), 1);
        assert_eq!(
            violations(
                "package-lock.json",
                "\"resolved\": \"git+ssh://git@example.org/a.git\""
            ),
            1
        );
        assert_eq!(
            violations(
                "yarn.lock",
                "  resolved \"https://packages.example/hono.tgz#1\""
            ),
            1
        );
        assert_eq!(
            violations(
                "pnpm-lock.yaml",
                "resolution: {tarball: https://packages.example/a.tgz}"
            ),
            1
        );
    }

    #[test]
    fn hashes_and_local_folders_are_taken() {
        let text =
            "\"integrity\": \"sha512-abc\",\n\"resolved\": \"packages/shared\",\n\"link\": true";
        assert_eq!(violations("package-lock.json", text), 0);
    }

    #[test]
    fn lock_files_outside_of_tests_are_not_looked_at() {
        let text = "\"resolved\": \"https://packages.example/a.tgz\"";
        assert_eq!(
            check(&Tree::of_files(&[("site/package-lock.json", text)])),
            []
        );
    }
}

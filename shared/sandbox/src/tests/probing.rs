//! The platform finds out by itself what its commands can do that they must not.

use super::bench::{benches, root};
use crate::probe::breaches_with;

#[tokio::test]
async fn a_sandbox_that_holds_has_no_breach() {
    for bench in benches().into_iter().filter(|bench| bench.keeps_files()) {
        let files = [bench.outside().join("secret"), "/etc/shadow".into()];
        let found = breaches_with(&bench.means, bench.root(), &files)
            .await
            .unwrap();
        assert_eq!(found, [], "{}", bench.name);
    }
}

#[tokio::test]
async fn a_sandbox_that_keeps_the_user_root_is_found_out() {
    for mut bench in benches().into_iter().filter(|_| root()) {
        bench.means.user = None;
        let found = breaches_with(&bench.means, bench.root(), &[])
            .await
            .unwrap();
        assert_eq!(found[0].name, "root", "{}: {found:?}", bench.name);
        assert!(!found[0].known, "root is not excused");
        bench.means.namespaces = None;
        bench.means.landlock = None;
        let found = breaches_with(&bench.means, bench.root(), &[])
            .await
            .unwrap();
        let names: Vec<&str> = found.iter().map(|breach| breach.name).collect();
        for name in ["root", "kernel-settings", "platform-files", "write-outside"] {
            assert!(names.contains(&name), "{name} is not among {names:?}");
        }
    }
}

#[tokio::test]
async fn without_namespaces_and_file_rules_another_user_still_keeps_most_things_out() {
    for mut bench in benches().into_iter().filter(|_| root()) {
        bench.means.namespaces = None;
        bench.means.landlock = None;
        let found = breaches_with(&bench.means, bench.root(), &[])
            .await
            .unwrap();
        let names: Vec<&str> = found.iter().map(|breach| breach.name).collect();
        assert_eq!(
            names,
            ["write-outside"],
            "into folders that are open to all"
        );
    }
}

//! Every package manager installs what its lockfile says, and what was built once is not built again.

use serde_json::json;

use crate::house::{Project, in_a_project, in_the_house};

async fn builds_and_serves(shop: &Project, fixture: &str) {
    let deployment = shop.draft(fixture).await.previewed().await.deployed(json!([])).await;
    assert_eq!(deployment.call("/service").await.status, 200);
}

#[test]
fn pnpm_installs_and_the_service_runs() {
    in_a_project(async |shop| builds_and_serves(&shop, "pnpm-service").await);
}

#[test]
fn yarn_installs_and_the_service_runs() {
    in_a_project(async |shop| builds_and_serves(&shop, "yarn-service").await);
}

#[test]
fn what_one_project_built_another_does_not_build_again() {
    in_the_house(async |house| {
        let (one, two) = (house.project().await, house.project().await);
        one.draft("minimal").await.previewed().await;
        let artifacts = || {
            let found = files_named(&house.data().join("blobs"), "manifest");
            found.len()
        };
        let before = artifacts();
        assert!(before > 0, "the artifact's manifest is stored");
        two.draft("minimal").await.previewed().await;
        assert_eq!(artifacts(), before);
    });
}

fn files_named(folder: &std::path::Path, part: &str) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    let files = entries.iter().filter(|path| path.is_file() && path.display().to_string().contains(part));
    let mut found: Vec<_> = files.cloned().collect();
    for folder in entries.iter().filter(|path| path.is_dir()) {
        found.extend(files_named(folder, part));
    }
    found
}

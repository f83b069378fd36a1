//! What is too large is not read to its end, and the message names the limit.

use source::GitLimits;

use crate::repository::{Repository, folder, noise, tag, url};

async fn too_large(repository: &Repository, limits: GitLimits) -> String {
    let target = tempfile::tempdir().unwrap();
    let git = repository.git_with(limits);
    git.fetch_tree(&url(), &tag("v1"), target.path())
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_file_over_its_limit_is_named() {
    let repository = Repository::with(&[("small", "x"), ("video.mp4", &"x".repeat(2048))]);
    let limits = |file_bytes| GitLimits {
        file_bytes,
        ..Default::default()
    };
    insta::assert_snapshot!(too_large(&repository, limits(2047)).await, @"Repository https://git.test/x.git is too large: video.mp4 is larger than 2047 bytes. Remove it from the tagged commit.");
    let target = tempfile::tempdir().unwrap();
    let git = repository.git_with(limits(2048));
    assert!(
        git.fetch_tree(&url(), &tag("v1"), target.path())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn too_many_entries() {
    let names: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let limits = GitLimits {
        entries: 10,
        ..Default::default()
    };
    insta::assert_snapshot!(too_large(&Repository::with(&files), limits).await, @"Repository https://git.test/x.git is too large: it has more than 10 files and folders. Remove what the applications do not need, such as node_modules.");
}

#[tokio::test]
async fn a_small_tree_that_unfolds_without_end() {
    let repository = Repository::empty();
    let mut tree = repository.tree_of(&[("f", "x")]);
    for _ in 0..12 {
        let branches: Vec<_> = (0..10).map(|n| folder(&n.to_string(), &tree)).collect();
        tree = repository.tree(&branches);
    }
    repository.commit(&tree, "v1");
    let limits = GitLimits {
        entries: 500,
        ..Default::default()
    };
    assert!(
        too_large(&repository, limits)
            .await
            .contains("more than 500 files and folders")
    );
}

#[tokio::test]
async fn one_file_under_many_names_counts_each_time() {
    let repository = Repository::empty();
    let id = repository.blob("x".repeat(1024).as_bytes());
    let lines: Vec<_> = (0..100)
        .map(|n| crate::repository::file(&format!("{n:03}"), &id))
        .collect();
    let root = repository.tree(&lines);
    repository.commit(&root, "v1");
    let limits = GitLimits {
        tree_bytes: 50 * 1024,
        ..Default::default()
    };
    insta::assert_snapshot!(too_large(&repository, limits).await, @"Repository https://git.test/x.git is too large: its files have more than 50 KiB together. Remove large files from the tagged commit.");
}

#[tokio::test]
async fn a_deep_tree() {
    let repository = Repository::empty();
    let mut tree = repository.tree_of(&[("f", "x")]);
    for _ in 0..33 {
        tree = repository.tree(&[folder("d", &tree)]);
    }
    repository.commit(&tree, "v1");
    let message = too_large(&repository, GitLimits::default()).await;
    assert!(
        message.ends_with("is more than 32 folders deep. Move it up."),
        "{message}"
    );
}

#[tokio::test]
async fn a_long_path() {
    let repository = Repository::empty();
    let long = "a".repeat(200);
    let mut tree = repository.tree_of(&[("f", "x")]);
    for _ in 0..6 {
        tree = repository.tree(&[folder(&long, &tree)]);
    }
    repository.commit(&tree, "v1");
    let message = too_large(&repository, GitLimits::default()).await;
    assert!(
        message.contains("…") && message.ends_with("of more than 1024 bytes. Shorten it."),
        "{message}"
    );
}

#[tokio::test]
async fn more_bytes_than_may_be_received() {
    let repository = Repository::with(&[("noise", &noise(200_000))]);
    let limits = GitLimits {
        received_bytes: 20 * 1024,
        ..Default::default()
    };
    insta::assert_snapshot!(too_large(&repository, limits).await, @"Repository https://git.test/x.git is too large: its server sends more than 20 KiB. Remove large files from the tagged commit.");
}

#[tokio::test]
async fn a_pack_that_unpacks_to_more_than_a_tree_may_have() {
    let large = "x".repeat(60_000);
    let files: Vec<_> = ["a", "b", "c"]
        .map(|name| (name, format!("{name}{large}")))
        .into();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let repository = Repository::with(&files);
    repository.run(&["repack", "-adfq"]);
    let limits = GitLimits {
        tree_bytes: 150_000,
        ..Default::default()
    };
    let message = too_large(&repository, limits).await;
    assert!(
        message.contains("its files have more than 150000 bytes together"),
        "{message}"
    );
}

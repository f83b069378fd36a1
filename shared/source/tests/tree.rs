//! A tree becomes the files that git would check out, and no more.

use crate::repository::{Repository, file, folder, link, listing, noise, tag, url};

#[tokio::test]
async fn files_links_and_executable_bits_arrive() {
    let repository = Repository::empty();
    let script = repository.blob(b"#!/bin/sh");
    let up = repository.blob(b"../connect.yaml");
    let inner = repository.tree(&[format!("100755 blob {script}\trun.sh"), link("up", &up)]);
    let root = repository.tree(&[
        file("connect.yaml", &repository.blob(b"deployAs: []")),
        file(".gitignore", &repository.blob(b"node_modules")),
        folder("app", &inner),
        link("nowhere", &repository.blob(b"not/there")),
    ]);
    let commit = repository.commit(&root, "v1");
    let target = tempfile::tempdir().unwrap();
    let into = target.path().join("tree");
    let fetched = repository
        .git()
        .fetch_tree(&url(), &tag("v1"), &into)
        .await
        .unwrap();
    assert_eq!(fetched.as_str(), commit);
    insta::assert_snapshot!(listing(&into), @r"
    .gitignore: node_modules
    app/run.sh*: #!/bin/sh
    app/up -> ../connect.yaml
    connect.yaml: deployAs: []
    nowhere -> not/there
    ");
}

#[tokio::test]
async fn a_pack_with_many_deltas_is_unpacked() {
    let repository = Repository::empty();
    let text = |n: usize| format!("{}{n}\n", "the same line in all of them\n".repeat(200));
    let names: Vec<_> = (0..50).map(|n| (format!("{n:02}.txt"), text(n))).collect();
    let files: Vec<_> = names
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let root = repository.tree_of(&files);
    repository.commit(&root, "v1");
    repository.run(&["repack", "-adfq"]);
    let target = tempfile::tempdir().unwrap();
    repository
        .git()
        .fetch_tree(&url(), &tag("v1"), target.path())
        .await
        .unwrap();
    for (name, text) in &names {
        assert_eq!(
            &std::fs::read_to_string(target.path().join(name)).unwrap(),
            text
        );
    }
}

#[tokio::test]
async fn the_history_stays_where_it_is() {
    let repository = Repository::with(&[("a", "1")]);
    let before = repository.tree_of(&[("large", &noise(200_000))]);
    let parent = repository.run(&["commit-tree", "-m", "before", &before]);
    let tree = repository.run(&["rev-parse", "v1^{tree}"]);
    let commit = repository.run(&["commit-tree", "-m", "after", "-p", &parent, &tree]);
    repository.run(&["tag", "v2", &commit]);
    let git = repository.git_with(source::GitLimits {
        received_bytes: 50_000,
        ..Default::default()
    });
    let target = tempfile::tempdir().unwrap();
    git.fetch_tree(&url(), &tag("v2"), target.path())
        .await
        .unwrap();
    insta::assert_snapshot!(listing(target.path()), @"a: 1");
}

#[tokio::test]
async fn a_file_that_is_already_there_is_not_overwritten() {
    let repository = Repository::with(&[("a", "theirs")]);
    let target = tempfile::tempdir().unwrap();
    std::fs::write(target.path().join("a"), "mine").unwrap();
    let error = repository
        .git()
        .fetch_tree(&url(), &tag("v1"), target.path())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: a occurs twice in its folder. Rename one of the two.");
    assert_eq!(
        std::fs::read_to_string(target.path().join("a")).unwrap(),
        "mine"
    );
}

//! One file of a tag, without the rest of the repository.

use crate::repository::{Repository, file, folder, link, noise, tag, url};

#[tokio::test]
async fn the_file_of_the_tag_is_read_not_that_of_a_later_commit() {
    let repository = Repository::with(&[("connect.yaml", "deployAs: []")]);
    let later = repository.tree_of(&[("connect.yaml", "later")]);
    repository.commit(&later, "v2");
    let (commit, content) = repository
        .git()
        .read_file(&url(), &tag("v1"), "connect.yaml")
        .await
        .unwrap();
    assert_eq!(commit.as_str(), repository.run(&["rev-parse", "v1"]));
    assert_eq!(content.unwrap(), b"deployAs: []");
}

#[tokio::test]
async fn a_file_in_a_folder_is_found_by_its_path() {
    let repository = Repository::empty();
    let inner = repository.tree_of(&[("package.json", "{}")]);
    let root = repository.tree(&[folder("app", &inner)]);
    repository.commit(&root, "v1");
    let git = repository.git();
    let (url, tag) = (url(), tag("v1"));
    let read = |path| git.read_file(&url, &tag, path);
    assert_eq!(read("app/package.json").await.unwrap().1.unwrap(), b"{}");
    for nothing in [
        "app",
        "app/none",
        "none",
        "app/package.json/x",
        "",
        "/app/package.json",
    ] {
        assert_eq!(read(nothing).await.unwrap().1, None, "{nothing}");
    }
}

#[tokio::test]
async fn a_link_in_place_of_the_file_is_refused() {
    let repository = Repository::empty();
    let target = repository.blob(b"/etc/passwd");
    let root = repository.tree(&[link("connect.yaml", &target)]);
    repository.commit(&root, "v1");
    let error = repository
        .git()
        .read_file(&url(), &tag("v1"), "connect.yaml")
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: connect.yaml is a symbolic link. Make it a plain file.");
}

#[tokio::test]
async fn a_file_larger_than_what_is_parsed_is_too_large() {
    let repository = Repository::with(&[("connect.yaml", &"#".repeat(256 * 1024 + 1))]);
    let error = repository
        .git()
        .read_file(&url(), &tag("v1"), "connect.yaml")
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is too large: connect.yaml is larger than 256 KiB. Remove it from the tagged commit.");
    let repository = Repository::with(&[("connect.yaml", &"#".repeat(256 * 1024))]);
    assert!(
        repository
            .git()
            .read_file(&url(), &tag("v1"), "connect.yaml")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn large_files_beside_it_do_not_matter() {
    let repository = Repository::empty();
    let lines = [
        file("connect.yaml", &repository.blob(b"x")),
        file("video.mp4", &repository.blob(noise(200_000).as_bytes())),
    ];
    let root = repository.tree(&lines);
    repository.commit(&root, "v1");
    let git = repository.git_with(source::GitLimits {
        received_bytes: 100_000,
        ..Default::default()
    });
    let (_, content) = git
        .read_file(&url(), &tag("v1"), "connect.yaml")
        .await
        .unwrap();
    assert_eq!(content.unwrap(), b"x");
}

#[tokio::test]
async fn a_tag_of_a_file_is_no_commit() {
    let repository = Repository::empty();
    let blob = repository.blob(b"x");
    repository.run(&["tag", "v1", &blob]);
    let error = repository
        .git()
        .read_file(&url(), &tag("v1"), "x")
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: the tag does not point at a commit. Tag a commit with `git tag`.");
}

#[tokio::test]
async fn a_tag_that_was_moved_is_read_anew() {
    let repository = Repository::with(&[("connect.yaml", "first")]);
    let git = repository.git();
    let (url, tag) = (url(), tag("v1"));
    let read = async || git.read_file(&url, &tag, "connect.yaml").await.unwrap();
    let (first, content) = read().await;
    assert_eq!(content.unwrap(), b"first");
    let again = read().await;
    assert_eq!(again, (first.clone(), Some(b"first".to_vec())));
    let tree = repository.tree_of(&[("connect.yaml", "second")]);
    let second = repository.run(&["commit-tree", "-m", "Moved", &tree]);
    repository.run(&["tag", "--force", "v1", &second]);
    let (commit, content) = read().await;
    assert_ne!(commit, first);
    assert_eq!(commit.as_str(), second);
    assert_eq!(content.unwrap(), b"second");
}

#[tokio::test]
async fn a_file_that_is_known_does_not_hide_that_its_repository_is_gone() {
    let repository = Repository::with(&[("connect.yaml", "known")]);
    let git = repository.git();
    let (url, tag) = (url(), tag("v1"));
    let read = async || git.read_file(&url, &tag, "connect.yaml").await;
    read().await.unwrap();
    std::fs::remove_dir_all(repository.path()).unwrap();
    assert!(read().await.is_err());
}

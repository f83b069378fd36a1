//! A tag is a tag, whatever stands between it and its commit.

use crate::repository::{Repository, tag, url};

#[tokio::test]
async fn a_lightweight_tag_is_its_commit() {
    let repository = Repository::with(&[("a", "1")]);
    let commit = repository.run(&["rev-parse", "v1"]);
    let found = repository
        .git()
        .resolve_tag(&url(), &tag("v1"))
        .await
        .unwrap();
    assert_eq!(found.as_str(), commit);
}

#[tokio::test]
async fn annotated_tags_of_annotated_tags_lead_to_the_commit() {
    let repository = Repository::with(&[("a", "1")]);
    let commit = repository.run(&["rev-parse", "v1"]);
    repository.run(&["tag", "-a", "-m", "one", "once", "v1"]);
    repository.run(&["tag", "-a", "-m", "two", "twice", "once"]);
    for name in ["once", "twice"] {
        let found = repository
            .git()
            .resolve_tag(&url(), &tag(name))
            .await
            .unwrap();
        assert_eq!(found.as_str(), commit, "{name}");
        let (read, file) = repository
            .git()
            .read_file(&url(), &tag(name), "a")
            .await
            .unwrap();
        assert_eq!(
            (read.as_str(), file),
            (commit.as_str(), Some(b"1".to_vec())),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_tag_with_slashes_is_not_mistaken_for_its_beginning() {
    let repository = Repository::with(&[("a", "1")]);
    repository.run(&["tag", "release/2024-01", "v1"]);
    let git = repository.git();
    assert!(
        git.resolve_tag(&url(), &tag("release/2024-01"))
            .await
            .is_ok()
    );
    assert!(git.resolve_tag(&url(), &tag("release/2024")).await.is_err());
}

#[tokio::test]
async fn a_missing_tag_is_told_from_a_missing_repository() {
    let repository = Repository::with(&[("a", "1")]);
    let error = repository
        .git()
        .resolve_tag(&url(), &tag("v2"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git has no tag v2. Push the tag with `git push origin v2`, or name one that exists.");
}

#[tokio::test]
async fn a_branch_is_not_a_tag() {
    let repository = Repository::with(&[("a", "1")]);
    repository.run(&["branch", "next", "v1"]);
    let error = repository
        .git()
        .resolve_tag(&url(), &tag("next"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git has no tag next; a branch of that name is not a tag. Tag a commit, as in `git tag v1.0.0`, and push the tag.");
}

#[tokio::test]
async fn an_empty_repository_has_no_tags() {
    let error = Repository::empty()
        .git()
        .resolve_tag(&url(), &tag("v1"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git has no tag v1. Push the tag with `git push origin v1`, or name one that exists.");
}

#[tokio::test]
async fn a_mapped_repository_is_found_without_its_suffix() {
    let repository = Repository::with(&[("a", "1")]);
    let other = repository.path().with_file_name("y");
    std::fs::rename(repository.path(), &other).unwrap();
    let url = crate::repository::url_of("https://git.test/y.git");
    assert!(repository.git().resolve_tag(&url, &tag("v1")).await.is_ok());
}

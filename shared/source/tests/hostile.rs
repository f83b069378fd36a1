//! Trees that no git program would make, and what becomes of them: nothing, with the path named.

use source::SourceError;

use crate::repository::{Repository, file, folder, link, tag, url};

/// Fetches a tree of these lines and returns the error; what stands beside the target folder must be untouched.
async fn refused(lines: impl FnOnce(&Repository) -> Vec<String>) -> SourceError {
    let repository = Repository::empty();
    let root = repository.tree(&lines(&repository));
    repository.commit(&root, "v1");
    refused_root(&repository).await
}

async fn refused_root(repository: &Repository) -> SourceError {
    let target = tempfile::tempdir().unwrap();
    let into = target.path().join("tree");
    let outcome = repository.git().fetch_tree(&url(), &tag("v1"), &into).await;
    let beside: Vec<_> = std::fs::read_dir(target.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(beside, ["tree"]);
    outcome.unwrap_err()
}

#[tokio::test]
async fn a_link_out_of_the_tree() {
    let error =
        refused(|repository| vec![link("out", &repository.blob(b"../../etc/passwd"))]).await;
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: out is a symbolic link that leaves the repository, is absolute, or has '..' after a name. Link to a relative path inside the repository, or copy the file.");
}

#[tokio::test]
async fn a_link_that_climbs_through_another_link() {
    let error = refused(|repository| {
        let deep = repository.tree(&[link("root", &repository.blob(b"../"))]);
        vec![
            folder("deep", &deep),
            link("out", &repository.blob(b"deep/root/../../etc")),
        ]
    })
    .await;
    assert!(
        error.to_string().contains("out is a symbolic link"),
        "{error}"
    );
}

#[tokio::test]
async fn a_folder_behind_a_link_of_the_same_name() {
    let error = refused(|repository| {
        let inner = repository.tree_of(&[("passwd", "x")]);
        vec![link("a", &repository.blob(b"b")), folder("a", &inner)]
    })
    .await;
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: a occurs twice in its folder. Rename one of the two.");
}

#[tokio::test]
async fn a_submodule() {
    let error = refused(|repository| {
        let inner = repository
            .tree(&["160000 commit 1234567890123456789012345678901234567890\tlibrary".to_owned()]);
        vec![folder("vendor", &inner)]
    })
    .await;
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git is refused: vendor/library is a git submodule, and submodules are not fetched. Copy its files into the repository, or use a package.");
}

#[tokio::test]
async fn spellings_of_git() {
    for name in [
        ".GIT",
        "git~1",
        ".git ",
        ".g\u{200c}it",
        ".git::$INDEX_ALLOCATION",
    ] {
        let error = refused(|repository| {
            let inner = repository.tree_of(&[("config", "x")]);
            vec![folder(name, &inner)]
        })
        .await;
        assert!(
            error.to_string().contains("it is a spelling of .git"),
            "{name:?}: {error}"
        );
    }
}

#[tokio::test]
async fn names_that_are_paths() {
    for name in ["..", ".", ".git", "a/b", "../b", "/b"] {
        let repository = Repository::empty();
        let id = repository.blob(b"x");
        raw_root(&repository, &[(name.as_bytes(), &id)]);
        let error = refused_root(&repository).await;
        assert!(
            error.to_string().contains("is not a usable path"),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn a_name_that_writes_on_the_terminal() {
    let error = refused(|repository| vec![file("a\u{1b}[2Jb\nc", &repository.blob(b"x"))]).await;
    insta::assert_snapshot!(error, @r"Repository https://git.test/x.git is refused: a\u{1b}[2Jb\nc is not a usable path: the name has a control character. Rename it.");
}

#[tokio::test]
async fn the_same_name_twice() {
    let repository = Repository::empty();
    let id = repository.blob(b"x");
    raw_root(&repository, &[(b"a", &id), (b"a", &id)]);
    let error = refused_root(&repository).await;
    assert!(error.to_string().contains("a occurs twice"), "{error}");
}

/// Commits a root folder that `git mktree` would not make, as v1.
fn raw_root(repository: &Repository, entries: &[(&[u8], &str)]) {
    let mut raw = Vec::new();
    for (name, id) in entries {
        raw.extend_from_slice(b"100644 ");
        raw.extend_from_slice(name);
        raw.push(0);
        let bytes = (0..id.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap());
        raw.extend(bytes);
    }
    let tree = repository.run_with(
        &["hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        &raw,
    );
    repository.commit(&tree, "v1");
}

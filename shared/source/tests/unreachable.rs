//! Repositories that do not answer: what the user is told, and that the operator's mapping is not told.

use std::io::Read;
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use source::{Git, GitLimits, RepositoryMap};

use crate::repository::{mapped, tag, url, url_of};

async fn message(git: &Git, url: &str) -> String {
    let error = git.resolve_tag(&url_of(url), &tag("v1")).await.unwrap_err();
    error.to_string()
}

fn unmapped() -> Git {
    Git::new(RepositoryMap::default(), GitLimits::default())
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    for url in [
        "https://git.invalid/acme/x.git",
        "git@git.invalid:acme/x.git",
    ] {
        assert!(
            message(&unmapped(), url)
                .await
                .contains("the name of git.invalid does not resolve")
        );
    }
    insta::assert_snapshot!(message(&unmapped(), "https://git.invalid/acme/x.git").await, @"Repository https://git.invalid/acme/x.git cannot be reached: the name of git.invalid does not resolve. Check the URL for a typing error.");
}

#[tokio::test]
async fn an_address_that_is_not_public_is_never_connected_to() {
    for url in [
        "https://localhost/acme/x.git",
        "https://127.0.0.1/acme/x.git",
        "https://169.254.169.254/latest/meta-data",
        "git@localhost:acme/x.git",
    ] {
        assert!(
            message(&unmapped(), url)
                .await
                .contains("does not have a public address"),
            "{url}"
        );
    }
    insta::assert_snapshot!(message(&unmapped(), "https://localhost/acme/x.git").await, @"Repository https://localhost/acme/x.git is refused: localhost does not have a public address. Use a repository on a public host; the operator can map a local one with `--map-repository`.");
}

#[tokio::test]
async fn another_port_is_refused() {
    insta::assert_snapshot!(message(&unmapped(), "https://github.com:8443/acme/x.git").await, @"Repository https://github.com:8443/acme/x.git is refused: port 8443 is not allowed. Use https on port 443, or ssh on port 22.");
}

#[tokio::test]
async fn a_mapped_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let git = mapped(folder.path().to_str().unwrap(), GitLimits::default());
    insta::assert_snapshot!(message(&git, "https://git.test/x.git").await, @"Repository https://git.test/x.git cannot be reached: there is no git repository. Check the spelling of the URL.");
    std::fs::create_dir(folder.path().join("x.git")).unwrap();
    assert!(
        message(&git, "https://git.test/x.git")
            .await
            .contains("there is no git repository")
    );
    insta::assert_snapshot!(message(&git, "https://git.test/../x.git").await, @"Repository https://git.test/../x.git is refused: its path has a part that is '.', '..' or starts with '-'. Give the plain path of the repository.");
}

#[tokio::test]
async fn what_the_operator_mapped_is_in_no_message_and_no_cause() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let git = mapped(
        &format!("http://{free}/hidden-place/"),
        GitLimits::default(),
    );
    let error = git.resolve_tag(&url(), &tag("v1")).await.unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git cannot be reached: its server does not accept connections. Check the host in the URL, or try again later.");
    assert!(!format!("{error:?}").contains("hidden-place"), "{error:?}");
    assert!(!format!("{git:?}").contains("hidden-place"));
}

/// A server that hears a request and says nothing. It ends when the client closes the connection, which shows that the client's
/// job has ended.
struct Silent {
    target: String,
    heard: oneshot::Receiver<()>,
    thread: JoinHandle<()>,
}

impl Silent {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (hears, heard) = oneshot::channel();
        Self {
            target: format!("http://{}/", listener.local_addr().unwrap()),
            heard,
            thread: std::thread::spawn(move || {
                let (mut connection, _) = listener.accept().unwrap();
                connection.read_exact(&mut [0]).unwrap();
                hears.send(()).unwrap();
                let _ = connection.read_to_end(&mut Vec::new());
            }),
        }
    }

    async fn ended(self) {
        tokio::task::spawn_blocking(|| self.thread.join())
            .await
            .unwrap()
            .unwrap();
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_left_when_the_time_is_over() {
    let server = Silent::start();
    let limits = GitLimits {
        time: Duration::from_millis(500),
        ..Default::default()
    };
    let git = mapped(&server.target, limits);
    let error = git.resolve_tag(&url(), &tag("v1")).await.unwrap_err();
    insta::assert_snapshot!(error, @"Repository https://git.test/x.git cannot be reached: reading it took longer than 0.5 s. Try again; if it is large, remove large files from the tagged commit.");
    server.ended().await;
}

#[tokio::test]
async fn the_job_ends_when_its_caller_goes_away() {
    let mut server = Silent::start();
    let git = mapped(&server.target, GitLimits::default());
    let called = tokio::spawn(async move { git.resolve_tag(&url(), &tag("v1")).await });
    (&mut server.heard).await.unwrap();
    called.abort();
    server.ended().await;
}

#[tokio::test]
async fn a_repository_with_sha256_ids_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("git")
        .args([
            "init",
            "--quiet",
            "--bare",
            "--object-format=sha256",
            "x.git",
        ])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(made.success());
    let git = mapped(folder.path().to_str().unwrap(), GitLimits::default());
    insta::assert_snapshot!(message(&git, "https://git.test/x.git").await, @"Repository https://git.test/x.git is refused: it uses SHA-256 object ids, which are not supported. Create it with `git init --object-format=sha1`.");
}

//! Git over HTTP, served by `git http-backend` behind the smallest web server that will do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use source::GitLimits;

use crate::repository::{Repository, listing, mapped, tag, url};

/// Serves the repositories in a folder until the test ends.
fn serve(root: PathBuf) -> SocketAddr {
    serve_with(move |request, connection| backend(&root, request, connection))
}

fn serve_with(answer: impl Fn(&Request, &mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            answer(&read_request(&connection), &mut connection);
        }
    });
    address
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

fn read_request(connection: &TcpStream) -> Request {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut start = lines[0].split(' ');
    let method = start.next().unwrap().to_owned();
    let target = start.next().unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines[1..].iter().filter_map(|line| line.split_once(": "));
    let mut request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    };
    request.body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut request.body).unwrap();
    request
}

fn backend(root: &std::path::Path, request: &Request, connection: &mut TcpStream) {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", request.header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("GIT_PROTOCOL", request.header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&request.body)
        .unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    let status = output
        .strip_prefix(b"Status: ")
        .map_or("200 OK", |_| "404 Not Found");
    write!(connection, "HTTP/1.1 {status}\r\nConnection: close\r\n").unwrap();
    connection.write_all(&output).unwrap();
}

fn answers(text: &'static str) -> SocketAddr {
    serve_with(move |_, connection| connection.write_all(text.as_bytes()).unwrap())
}

async fn message(address: SocketAddr) -> String {
    let git = mapped(&format!("http://{address}/"), GitLimits::default());
    git.resolve_tag(&url(), &tag("v1"))
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_repository_is_read_over_http() {
    let repository = Repository::with(&[("connect.yaml", "x"), ("b", "2")]);
    repository.run(&["tag", "-a", "-m", "annotated", "v2", "v1"]);
    let commit = repository.run(&["rev-parse", "v1"]);
    for filters in ["true", "false"] {
        repository.run(&["config", "uploadpack.allowFilter", filters]);
        let address = serve(repository.path().parent().unwrap().to_owned());
        let git = mapped(&format!("http://{address}/"), GitLimits::default());
        for name in ["v1", "v2"] {
            assert_eq!(
                git.resolve_tag(&url(), &tag(name)).await.unwrap().as_str(),
                commit
            );
            let (read, content) = git
                .read_file(&url(), &tag(name), "connect.yaml")
                .await
                .unwrap();
            assert_eq!(
                (read.as_str(), content),
                (commit.as_str(), Some(b"x".to_vec()))
            );
            let target = tempfile::tempdir().unwrap();
            git.fetch_tree(&url(), &tag(name), target.path())
                .await
                .unwrap();
            insta::allow_duplicates! {
                insta::assert_snapshot!(listing(target.path()), @r"
                b: 2
                connect.yaml: x
                ");
            }
        }
    }
}

#[tokio::test]
async fn a_repository_that_the_server_does_not_have() {
    let empty = tempfile::tempdir().unwrap();
    let address = serve(empty.path().to_owned());
    insta::assert_snapshot!(message(address).await, @"Repository https://git.test/x.git cannot be reached: its server says that it does not exist or is private (HTTP 404). Check the URL. For a private repository use the SSH form, git@host:owner/name.git, and give the platform's account read access.");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let address = answers(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    );
    insta::assert_snapshot!(message(address).await, @"Repository https://git.test/x.git cannot be reached: its server redirects to another address, and redirects are not followed. Give the address that it redirects to; often that is the same one with .git at its end.");
}

#[tokio::test]
async fn a_web_page_is_not_a_repository() {
    let address =
        answers("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
    insta::assert_snapshot!(message(address).await, @"Repository https://git.test/x.git cannot be reached: what answers there is not a git repository. Give the URL that `git clone` takes.");
}

#[tokio::test]
async fn a_server_in_trouble() {
    let address = answers("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    insta::assert_snapshot!(message(address).await, @"Repository https://git.test/x.git cannot be reached: its server answered HTTP 503. Try again later.");
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_middle() {
    let address = answers(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nContent-Length: 999\r\n\r\n001e# service=",
    );
    insta::assert_snapshot!(message(address).await, @"Repository https://git.test/x.git cannot be reached: its server broke off in the middle of an answer. Try again.");
}

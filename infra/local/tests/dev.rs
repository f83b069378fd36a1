//! `slipway dev`, as a creator uses it: files are saved, lines are typed, and the terminal and the applications tell what came of it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Node releases are fetched once for all tests and all their runs.
const DATA: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/dev");
/// A start, with a download of Node, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

const YAML: &str = "deployAs:
  - name: api
    applicationType: service
    endpoint: /api
    scripts:
      postDeploy: node tell.js
    configuration:
      standardConfiguration:
        - { key: GREETING, description: What to say, required: true }
      securedConfiguration:
        - { key: TOKEN, description: For callers, required: true }
";
const API: &str = "require('http').createServer((req, res) => { console.log('token', process.env.TOKEN); res.end(process.env.GREETING + ' 1') }).listen(8080)";
const PACKAGE: &str = r#"{"name": "tiny", "private": true, "scripts": {"start": "node index.js"}}"#;

/// A working copy with `slipway dev` on it.
struct Copy {
    folder: tempfile::TempDir,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Everything that was shown.
    shown: String,
}

impl Copy {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            write(folder.path(), path, text);
        }
        std::fs::create_dir_all(DATA).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_slipway"))
            .args(["dev", "--listen", "127.0.0.1:0", "--data", DATA])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self {
            folder,
            child,
            input,
            output: BufReader::new(output).lines(),
            shown: String::new(),
        }
    }

    fn save(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    async fn type_in(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.input.write_all(line.as_bytes()).await.unwrap();
    }

    /// The next line that holds a text.
    async fn line_with(&mut self, text: &str) -> String {
        let found = async {
            while let Some(line) = self.output.next_line().await.unwrap() {
                self.shown.push_str(&line);
                self.shown.push('\n');
                if line.contains(text) {
                    return Some(line);
                }
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, found).await.unwrap_or(None);
        found.unwrap_or_else(|| panic!("no line with {text} after:\n{}", self.shown))
    }

    /// Where a service is, as the terminal says it.
    async fn address(&mut self) -> String {
        let line = self.line_with("at http://").await;
        line.split_once("at ").unwrap().1.to_owned()
    }

    async fn end(mut self) -> String {
        self.type_in("quit").await;
        assert!(self.child.wait().await.unwrap().success());
        self.shown
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

async fn get(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

fn api() -> Copy {
    Copy::of(&[
        ("connect.yaml", YAML),
        ("api/package.json", PACKAGE),
        ("api/index.js", API),
        (
            "api/tell.js",
            "console.log('registered', process.env.CONNECT_SERVICE_URL)",
        ),
        (".env", "GREETING='good day'\n"),
        ("api/.env", "TOKEN=the-secret-token\n"),
    ])
}

#[tokio::test]
async fn what_is_saved_runs_and_what_does_not_come_up_leaves_what_ran_before() {
    let mut copy = api();
    let url = copy.address().await;
    assert!(url.ends_with("/apps/api/api"), "{url}");
    assert_eq!(get(&url).await, "good day 1");
    copy.save("api/index.js", &API.replace(" 1'", " 2'"));
    copy.address().await;
    assert_eq!(get(&url).await, "good day 2");
    copy.save("api/index.js", "process.exit(3)");
    let told = copy.line_with("exit code 3").await;
    assert!(told.starts_with("api "), "{told}");
    assert_eq!(get(&url).await, "good day 2");
    copy.save(".env", "GREETING=moin\n");
    copy.line_with("exit code 3").await;
    copy.save("api/index.js", API);
    copy.address().await;
    assert_eq!(get(&url).await, "moin 1");
    let shown = copy.end().await;
    assert!(!shown.contains("the-secret-token"), "{shown}");
}

#[tokio::test]
async fn a_value_that_is_missing_is_named_until_it_is_there() {
    let mut copy = api();
    copy.address().await;
    copy.save("api/.env", "\n");
    let told = copy.line_with("needs values").await;
    insta::assert_snapshot!(told, @"api        needs values in .env or api/.env: TOKEN (For callers).");
    copy.save("api/.env", "# For callers\nTOKEN=a b\n");
    let told = copy.line_with("is no line").await;
    assert!(
        told.contains("api/.env:2 is no line of the form KEY=value"),
        "{told}"
    );
    copy.save("api/.env", "TOKEN=x\n");
    copy.address().await;
    copy.end().await;
}

#[tokio::test]
async fn jobs_events_and_scripts_run_when_they_are_typed() {
    let yaml = "deployAs:
  - { name: nightly, applicationType: job, endpoint: /job, properties: { schedule: '0 2 * * *' } }
  - { name: orders, applicationType: event, endpoint: /event }
";
    let answers = |status: u16| {
        format!(
            "require('http').createServer((req, res) => {{ let text = ''; req.on('data', (part) => text += part); req.on('end', () => {{ console.log(req.method, req.url, text.includes('eyJpZCI6MX0=')); res.writeHead({status}).end() }}) }}).listen(8080)"
        )
    };
    let mut copy = Copy::of(&[
        ("connect.yaml", yaml),
        ("nightly/package.json", PACKAGE),
        ("nightly/index.js", &answers(500)),
        ("orders/package.json", PACKAGE),
        ("orders/index.js", &answers(204)),
    ]);
    copy.line_with("Save a file").await;
    copy.type_in("job nightly").await;
    copy.line_with("answered 500, which counts as a failure")
        .await;
    copy.type_in("event orders {\"id\":1}").await;
    copy.line_with("answered 204, which is well").await;
    copy.line_with("POST /event true").await;
    copy.type_in("event nightly {}").await;
    let told = copy.line_with("is not").await;
    insta::assert_snapshot!(told, @"slipway    nightly is not an event application that runs. There are: nightly, orders.");
    copy.end().await;
    let mut copy = api();
    copy.address().await;
    copy.type_in("post-deploy api").await;
    copy.line_with("The script ended well").await;
    copy.end().await;
}

#[tokio::test]
async fn services_and_sites_have_addresses_and_show_what_is_meant_for_visitors() {
    let yaml = "deployAs:
  - { name: api, applicationType: service, endpoint: /api }
  - { name: nightly, applicationType: job, endpoint: /job, properties: { schedule: '0 2 * * *' } }
  - { name: orders, applicationType: event, endpoint: /event }
  - { name: site, applicationType: assets }
";
    let echo = "require('http').createServer((req, res) => { res.setHeader('clear-site-data', '*'); res.end('asked for ' + req.url) }).listen(8080)";
    let mut files = vec![
        ("connect.yaml", yaml),
        ("site/index.html", "<p>hello</p>"),
        ("site/.env", "TOKEN=not-for-visitors\n"),
        ("site/.npmrc", "not-for-visitors"),
    ];
    for name in ["api", "nightly", "orders"] {
        files.push((format!("{name}/package.json").leak(), PACKAGE));
        files.push((format!("{name}/index.js").leak(), echo));
    }
    let mut copy = Copy::of(&files);
    let url = copy.address().await;
    let base = url.split("/apps/").next().unwrap().to_owned();
    let base = base.trim_end_matches('/').to_owned();
    copy.line_with("Save a file").await;
    let at = async |host: &str, path: &str| {
        let port = base.rsplit_once(':').unwrap().1.trim_end_matches('/');
        let url = format!("http://127.0.0.1:{port}{path}");
        let request = reqwest::Client::new().get(url).header("host", host);
        let answer = request.send().await.unwrap();
        let clears = answer.headers().contains_key("clear-site-data");
        (
            answer.status().as_u16(),
            answer.text().await.unwrap(),
            clears,
        )
    };
    let (_, told, clears) = at("127.0.0.1", "/apps/api/x").await;
    assert_eq!((told.as_str(), clears), ("asked for /x", false));
    let (_, told, clears) = at("api.localhost", "/apps/api/x").await;
    assert_eq!((told.as_str(), clears), ("asked for /apps/api/x", true));
    assert_eq!(at("site.localhost", "/").await.1, "<p>hello</p>");
    for (host, path) in [
        ("site.localhost", "/.env"),
        ("site.localhost", "/%2Eenv"),
        ("site.localhost", "/.npmrc"),
        ("127.0.0.1", "/apps/nightly/job"),
        ("nightly.localhost", "/job"),
        ("127.0.0.1", "/apps/orders/event"),
        ("orders.localhost", "/event"),
        ("127.0.0.1", "/v1/projects/slipway/topics/nightly:publish"),
    ] {
        let (status, told, _) = at(host, path).await;
        assert_eq!(status, 404, "{host}{path}: {told}");
        assert!(!told.contains("for-visitors"), "{host}{path}: {told}");
    }
    for host in ["evil.example", "api.localhost.example.com"] {
        let (status, told, _) = at(host, "/apps/api/x").await;
        assert_eq!(status, 403, "{host}: {told}");
        assert!(told.contains(host), "{host}: {told}");
    }
    for (origin, status) in [("http://evil.example", 403), (base.as_str(), 200)] {
        let topic = format!("{base}/v1/projects/slipway/topics/orders:publish");
        let request = reqwest::Client::new().post(topic).header("origin", origin);
        let message = r#"{"messages":[{"data":"e30="}]}"#;
        let answer = request.body(message).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{origin}");
    }
    copy.end().await;
}

#[tokio::test]
async fn a_connect_yaml_that_is_wrong_is_told_with_its_place_while_what_runs_goes_on() {
    let mut copy = api();
    let url = copy.address().await;
    copy.save(
        "connect.yaml",
        &YAML.replace("endpoint: /api", "endpoint: /a b"),
    );
    copy.line_with("connect.yaml:4:").await;
    copy.line_with("correct connect.yaml and save it").await;
    assert_eq!(get(&url).await, "good day 1");
    copy.save(
        "connect.yaml",
        &YAML.replace("endpoint: /api", "endpoint: /other"),
    );
    assert!(copy.address().await.ends_with("/apps/api/other"));
    copy.end().await;
}

#[tokio::test]
async fn a_data_folder_in_the_working_copy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_slipway"))
        .args(["dev", "--listen", "127.0.0.1:0", "--data", ".slipway", "."])
        .current_dir(folder.path())
        .output();
    let refused = refused.await.unwrap();
    assert!(!refused.status.success());
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(
        text.contains("is in the working copy, which is watched"),
        "{text}"
    );
}

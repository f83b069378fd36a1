//! What an application may expect of its host, and what the user is told when it does not come up.

use std::time::Duration;

use super::bench::{Bench, answering};
use hosting::{Hosting as _, Kind};
use http::StatusCode;
use secrets::Secret;

#[tokio::test]
async fn two_applications_with_a_constant_port_run_side_by_side() {
    let bench = Bench::new();
    let one = bench.service(
        "one",
        1,
        &answering("'I am one on ' + req.socket.server.address().port"),
    );
    let two = bench.service("two", 1, &answering("'I am two'"));
    bench.hosting.start(&one).await.unwrap();
    bench.hosting.start(&two).await.unwrap();
    bench.hosting.switch(one.deployment, 1).await.unwrap();
    assert_eq!(
        bench.get("one", "/service").await,
        (StatusCode::OK, "I am one on 8080".to_owned())
    );
    assert_eq!(
        bench.get("two", "/service").await,
        (StatusCode::OK, "I am two".to_owned())
    );
}

#[tokio::test]
async fn an_es_module_that_listens_on_all_addresses_runs() {
    let bench = Bench::new();
    let script = "import http from 'node:http';
        http.createServer((req, res) => res.end('module')).listen({ port: process.env.PORT, host: '0.0.0.0' });";
    let launch = bench.launch(
        "esm",
        1,
        Kind::Service,
        &[("index.mjs", script)],
        Some("node index.mjs"),
    );
    bench.serve(&launch).await;
    assert_eq!(bench.get("esm", "/").await.1, "module");
}

#[tokio::test]
async fn a_cluster_of_workers_runs() {
    let bench = Bench::new();
    let script = "const cluster = require('cluster');
        if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
        else require('http').createServer((req, res) => res.end('worker')).listen(8080);";
    bench.serve(&bench.service("cluster", 1, script)).await;
    assert_eq!(bench.get("cluster", "/").await.1, "worker");
}

#[tokio::test]
async fn a_start_script_with_node_options_of_its_own_keeps_its_port() {
    let bench = Bench::new();
    let start = "NODE_OPTIONS=--max-old-space-size=64 node index.js";
    let files = [(
        "index.js",
        answering("process.env.NODE_OPTIONS.includes('=64')"),
    )];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let mut launch = bench.launch("options", 1, Kind::Service, &files, Some(start));
    launch
        .environment
        .push(("NODE_OPTIONS".to_owned(), Secret::new("--no-deprecation")));
    bench.serve(&launch).await;
    assert_eq!(bench.get("options", "/").await.1, "true");
}

#[tokio::test]
async fn an_application_reaches_itself_and_its_helper_by_the_ports_that_it_asked_for() {
    let bench = Bench::new();
    let script = "const http = require('http');
        http.createServer((req, res) => res.end('helper')).listen(9000, 'localhost');
        http.createServer(async (req, res) => {
            if (req.url === '/inner') return res.end('inner');
            const inner = await (await fetch('http://localhost:8080/inner')).text();
            http.get({ port: 9000 }, (helper) => helper.on('data', (text) => res.end(inner + ' ' + text)));
        }).listen(8080);";
    bench.serve(&bench.service("self", 1, script)).await;
    assert_eq!(bench.get("self", "/").await.1, "inner helper");
}

#[tokio::test]
async fn the_environment_is_the_launchs_and_nothing_of_the_platforms() {
    let bench = Bench::new();
    let mut launch = bench.service(
        "env",
        1,
        &answering("Object.keys(process.env).sort().join(' ')"),
    );
    launch
        .environment
        .push(("GREETING".to_owned(), Secret::new("hello")));
    bench.serve(&launch).await;
    let (_, names) = bench.get("env", "/").await;
    let ours = ["PWD", "OLDPWD", "SHLVL", "_"];
    let names: Vec<&str> = names
        .split(' ')
        .filter(|name| !ours.contains(name))
        .collect();
    insta::assert_snapshot!(names.join(" "), @"GREETING HOME LANG NODE_ENV NODE_OPTIONS PATH PORT SLIPWAY_PORTS TMPDIR npm_lifecycle_event npm_package_name npm_package_version");
}

#[tokio::test]
async fn the_artifact_is_read_only_and_the_temporary_folder_is_not() {
    let bench = Bench::new();
    let script = "const fs = require('fs'); let cwd = 'written';
        try { fs.writeFileSync('x', 'x') } catch (error) { cwd = error.code }
        fs.writeFileSync(require('os').tmpdir() + '/x', 'x');"
        .to_owned()
        + &answering("cwd");
    bench.serve(&bench.service("files", 1, &script)).await;
    let (_, seen) = bench.get("files", "/").await;
    if sandbox::capabilities().landlock.is_some() || sandbox::capabilities().process_isolation {
        assert!(["EACCES", "EROFS"].contains(&seen.as_str()), "{seen}");
    } else {
        assert_eq!(seen, "written");
    }
}

#[tokio::test]
async fn an_application_on_another_port_is_told_so() {
    let bench = Bench::with(|timing| timing.start = Duration::from_secs(10));
    let script =
        "require('http').createServer(() => {}).listen(3000, () => console.log('ready on 3000'))";
    insta::assert_snapshot!(bench.refused(&bench.service("api", 1, script)).await, @"
    Application did not start (api): It listens on port 3000; Connect sends requests to port 8080 (PORT), which stayed closed for 10 seconds. Listen on process.env.PORT, on all addresses. Its last lines:
      ready on 3000
    ");
}

#[tokio::test]
async fn a_crash_at_the_start_is_told_with_its_output_and_without_its_secrets() {
    let bench = Bench::new();
    let script = "console.error('token ' + process.env.TOKEN + ' was refused'); process.exit(3)";
    let mut launch = bench.service("api", 1, script);
    launch
        .environment
        .push(("TOKEN".to_owned(), Secret::new("very-s3cret-token")));
    launch.secret_names.insert("TOKEN".to_owned());
    let verdict = bench.refused(&launch).await;
    assert!(verdict.contains("ended with exit code 3"), "{verdict}");
    assert!(
        verdict.contains("was refused") && !verdict.contains("very-s3cret-token"),
        "{verdict}"
    );
    assert_eq!(
        bench.get("api", "/").await.0,
        StatusCode::NOT_FOUND,
        "never routed"
    );
}

#[tokio::test]
async fn starting_the_same_revision_twice_gives_one_process() {
    let bench = Bench::new();
    let script = "const me = Math.random();".to_owned() + &answering("me");
    let launch = bench.service("once", 1, &script);
    let (first, second) = tokio::join!(bench.hosting.start(&launch), bench.hosting.start(&launch));
    first.unwrap();
    second.unwrap();
    bench.serve(&launch).await;
    let answers = [
        bench.get("once", "/").await.1,
        bench.get("once", "/").await.1,
    ];
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        std::fs::read_dir(bench.data.path().join("run"))
            .unwrap()
            .count(),
        1
    );
}

//! What others feel of a thousand reads that wait, and of builds that leave many files.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::deploy::{deploy, undeploy};
use super::figure::{Figure, Target};
use super::gateway::url;
use super::load::Load;
use super::sample::Sample;
use super::scene::Visitor;
use crate::command;
use crate::platform::client::{Client, Credentials};
use crate::platform::connector::validate;

/// Reads that wait: as many as one Project may have, from so many Projects.
const PROJECTS: usize = 10;
const READS: usize = 100;
/// Requests per second of the load beside them, and how long it goes on: less than the 25 s of a read that waits.
const RATE: u32 = 200;
const SECONDS: u32 = 10;
/// The same beside the builds, where the slowest answer counts: for as long as they go on, in rounds.
const ROUND_SECONDS: u32 = 2;
/// The service takes no token.
const NONE: &str = "none";

pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let mut figures = waiting(visitor)?;
    figures.push(builds(visitor)?);
    Ok(figures)
}

fn load<'a>(url: &'a str, authorization: &'a str, seconds: u32) -> Load<'a> {
    Load {
        url,
        authorization,
        rate: RATE,
        requests: RATE * seconds,
    }
}

fn waiting(visitor: &Visitor) -> Result<Vec<Figure>> {
    let list = format!("{}/connectors/drafts?limit=1", visitor.client.url());
    let load = load(&list, visitor.client.authorization(), SECONDS);
    let alone = Sample::of_times(load.run()?);
    let mut waiting = Vec::new();
    for number in 0..PROJECTS {
        let credentials = credentials(visitor, &format!("bench-crowd-{number}"))?;
        let client = Client::login(visitor.client.url(), &credentials)?;
        let key = format!("bench-crowd-{number}");
        let slow = &visitor.scene.slow_build;
        let draft = slow.register(&client, &key, &credentials.project)?;
        begin(&client, &draft)?;
        for _ in 0..READS {
            waiting.push(read(&client, &draft)?);
        }
    }
    let crowded = Sample::of_times(load.run()?);
    for read in &mut waiting {
        let mut status = [0; 12];
        read.read_exact(&mut status)
            .context("a read that waited has no answer")?;
        ensure!(&status == b"HTTP/1.1 200", "a read that waited failed");
    }
    let figure = |name, share, limit| Figure {
        name,
        unit: "ms",
        measured: Sample::of([crowded.percentile(share)]),
        reference_name: "the same without them",
        reference: Sample::of([alone.percentile(share)]),
        target: Target::BeyondReference(limit),
    };
    Ok(vec![
        figure(
            "List of drafts at 200 requests/s beside 1,000 reads that wait, median",
            0.5,
            2.0,
        ),
        figure(
            "List of drafts at 200 requests/s beside 1,000 reads that wait, 99th percentile",
            0.99,
            10.0,
        ),
    ])
}

fn builds(visitor: &Visitor) -> Result<Figure> {
    let (scene, client, project) = (visitor.scene, &visitor.client, &visitor.project);
    let quick = scene.quick.register(client, "bench-crowd", project)?;
    validate(client, &quick)?;
    let deployment = deploy(visitor, "bench-crowd", "bench-crowd")?;
    let service = url(visitor, &deployment)?;
    let load = load(&service, NONE, ROUND_SECONDS);
    let slowest = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
    let alone = slowest(&load.run()?);
    let draft = scene.many_files.register(client, "bench-files", project)?;
    begin(client, &draft)?;
    let mut beside = Vec::new();
    while is_pending(client, &draft)? {
        beside.push(slowest(&load.run()?));
    }
    // What the builds left is removed after their end.
    beside.push(slowest(&load.run()?));
    undeploy(client, &deployment)?;
    Ok(Figure {
        name: "Slowest answer of a service at 200 requests/s beside four builds that leave 120,000 files each",
        unit: "ms",
        measured: Sample::of_times([slowest(&beside)]),
        reference_name: "the same without them",
        reference: Sample::of_times([alone]),
        target: Target::AtMost(100.0),
    })
}

/// Starts a preview, and does not wait.
fn begin(client: &Client, draft: &str) -> Result<()> {
    let shown = client.look(draft)?.context("the draft is gone")?;
    let actions = json!([{"action": "updatePreviewable"}]);
    client.post(
        draft,
        &json!({"version": shown["version"], "actions": actions}),
    )?;
    Ok(())
}

fn is_pending(client: &Client, draft: &str) -> Result<bool> {
    let shown = client.look(draft)?.context("the draft is gone")?;
    let previewable = &shown["isPreviewable"];
    ensure!(
        previewable == "pending" || previewable == "true",
        "{draft} is not previewable: {}",
        shown["previewableReport"]
    );
    Ok(previewable == "pending")
}

/// Sends a read that waits, and does not read its answer.
fn read(client: &Client, draft: &str) -> Result<TcpStream> {
    let host = client.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).context("no connection for a read that waits")?;
    let authorization = client.authorization();
    let head = format!(
        "GET {draft} HTTP/1.1\r\nhost: {host}\r\nauthorization: {authorization}\r\nprefer: wait=25\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

/// An API client of another Project, made as the operator does it.
fn credentials(visitor: &Visitor, project: &str) -> Result<Credentials> {
    let data = visitor.scene.data("data");
    let data = data.to_str().context("the folder's name is not UTF-8")?;
    let create = [
        "client",
        "create",
        "--project",
        project,
        "--data",
        data,
        "--json",
    ];
    let made = command::output(command::program(visitor.scene.binary(), &create))?;
    let made: Value = serde_json::from_str(&made).context("`client create` prints no JSON")?;
    Credentials::of(&made)
}

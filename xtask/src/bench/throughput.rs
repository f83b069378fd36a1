//! How many drafts are created and changed in a second, each on disk before it is acknowledged.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::figure::{Figure, Target};
use super::flood::{Connection, flood};
use super::sample::Sample;
use super::scene::Visitor;

const ROUNDS: u32 = 3;
const TIME: Duration = Duration::from_secs(5);
/// What a small transaction adds to a journal, in bytes.
const JOURNAL: usize = 16 * 1024;

/// Creates and updates by 16 connections; the reference is a single writer who appends and syncs, and does nothing else.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (mut created, mut updated, mut disk) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        created.push(creates(visitor, round)?);
        updated.push(updates(visitor, round)?);
        disk.push(appends(visitor)?);
    }
    let reference = Sample::of(disk);
    let figure = |name, measured| Figure {
        name,
        unit: "per second",
        measured: Sample::of(measured),
        reference_name: "one file, 16 KiB appended and synced",
        reference: reference.clone(),
        target: Target::AtLeast(300.0),
    };
    Ok(vec![
        figure(
            "Creates of a draft by 16 connections, the tag resolved for each",
            created,
        ),
        figure("Updates of drafts by 16 connections", updated),
    ])
}

fn creates(visitor: &Visitor, round: u32) -> Result<f64> {
    flood(
        TIME,
        |_| Ok(()),
        |connection, (), number| {
            let key = format!("bench-create-{round}-{}-{number}", connection.number);
            create(visitor, connection, &key).map(drop)
        },
    )
}

/// Each connection changes a draft of its own, one version after the other.
fn updates(visitor: &Visitor, round: u32) -> Result<f64> {
    flood(
        TIME,
        |connection| {
            let key = format!("bench-update-{round}-{}", connection.number);
            create(visitor, connection, &key)
        },
        |connection, draft, number| {
            let id = draft["id"].as_str().context("a draft has no id")?;
            let update = json!({
                "version": draft["version"],
                "actions": [{"action": "setDescription", "description": format!("Change {number}")}],
            });
            let path = format!("/connectors/drafts/{id}");
            *draft = post(visitor, connection, &path, &update)?;
            Ok(())
        },
    )
}

/// A draft of the minimal connector.
pub(super) fn create(visitor: &Visitor, connection: &Connection, key: &str) -> Result<Value> {
    let draft = visitor.scene.minimal.draft(key, &visitor.project);
    post(visitor, connection, "/connectors/drafts", &draft)
}

fn post(visitor: &Visitor, connection: &Connection, path: &str, body: &Value) -> Result<Value> {
    let request = connection
        .agent
        .post(format!("{}{path}", visitor.client.url()))
        .header("Authorization", visitor.client.authorization());
    let mut answer = request.send_json(body)?;
    let text = answer.body_mut().read_to_string()?;
    if answer.status() != 201 {
        bail!("POST {path} answered {}: {text}", answer.status());
    }
    serde_json::from_str(&text).with_context(|| format!("POST {path} answered {text}"))
}

fn appends(visitor: &Visitor) -> Result<f64> {
    let path = visitor.scene.data("appended");
    let mut file = File::create(&path)?;
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < TIME / 5 {
        file.write_all(&[b'x'; JOURNAL])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

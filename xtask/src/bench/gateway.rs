//! What the gateway adds to a request, how many it carries, and how soon its log can be read; beside the same service without it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::baseline::Answering;
use super::deploy::{deploy, undeploy};
use super::figure::{Figure, Target};
use super::flood::gets;
use super::load::Load;
use super::sample::Sample;
use super::scene::Visitor;
use crate::command;
use crate::platform::client::agent;
use crate::platform::connector::validate;

const ROUNDS: usize = 3;
/// Requests per second of the load, and how long it goes on.
const RATE: u32 = 500;
const SECONDS: u32 = 4;
const FLOOD: Duration = Duration::from_secs(4);
/// Lines that are waited for.
const LINES: usize = 10;
const PATIENCE: Duration = Duration::from_secs(30);
/// The service takes no token.
const NONE: &str = "none";
/// Where the service listens when it runs alone.
const PORT: u16 = 8080;

pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (scene, client, project) = (visitor.scene, &visitor.client, &visitor.project);
    let path = scene.quick.register(client, "bench-quick", project)?;
    validate(client, &path)?;
    let deployment = deploy(visitor, "bench-quick", "bench-gateway")?;
    let url = url(visitor, &deployment)?;
    let (mut added, mut alone, mut carried, mut reference) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let load = |url| Load {
            url,
            authorization: NONE,
            rate: RATE,
            requests: RATE * SECONDS,
        };
        let node = Answering::application(&scene.quick.application("service"), "index.js", PORT)?;
        added.push(Sample::of_times(load(&url).run()?).median());
        alone.push(Sample::of_times(load(node.url()).run()?).median());
        carried.push(gets(FLOOD, &url, NONE)?);
        reference.push(gets(FLOOD, node.url(), NONE)?);
    }
    undeploy(client, &deployment)?;
    // The flood has left more than a page.
    let deployment = deploy(visitor, "bench-quick", "bench-lines")?;
    let (lines, pages) = lines(visitor, &deployment)?;
    undeploy(client, &deployment)?;
    Ok(vec![
        Figure {
            name: "Request to a service at 500 requests/s, median of each round",
            unit: "ms",
            measured: Sample::of(added),
            reference_name: "the same service without the gateway",
            reference: Sample::of(alone),
            target: Target::BeyondReference(1.0),
        },
        Figure {
            name: "Requests to a service by 16 connections",
            unit: "per second",
            measured: Sample::of(carried),
            reference_name: "the same service without the gateway",
            reference: Sample::of(reference),
            target: Target::AtLeast(5000.0),
        },
        Figure {
            name: "From the answer to a request until the logs show what it wrote",
            unit: "ms",
            measured: Sample::of_times(lines),
            reference_name: "GET of the logs",
            reference: Sample::of_times(pages),
            target: Target::AtMost(1000.0),
        },
    ])
}

/// Where the service of a Deployment answers.
pub(super) fn url(visitor: &Visitor, deployment: &str) -> Result<String> {
    let shown = visitor.client.get(deployment)?;
    let shown = shown.with_context(|| format!("{deployment} is gone"))?;
    let applications = shown["applications"].as_array().map_or(&[][..], |all| all);
    let service = applications
        .iter()
        .find(|one| one["applicationName"] == "service");
    let url = service.and_then(|service| service["url"].as_str());
    Ok(format!(
        "{}/service",
        url.context("the service has no URL")?
    ))
}

/// How long each line takes to be read, and a page of the logs.
fn lines(visitor: &Visitor, deployment: &str) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let url = url(visitor, deployment)?;
    let (agent, mut lines, mut pages) = (agent(), Vec::new(), Vec::new());
    for number in 0..LINES {
        let said = format!("/say/{number}-{}", std::process::id());
        agent
            .get(format!("{url}{said}"))
            .call()?
            .body_mut()
            .read_to_vec()?;
        let answered = Instant::now();
        loop {
            let asked = Instant::now();
            let page = visitor.client.look(&format!("{deployment}/logs"))?;
            pages.push(asked.elapsed());
            if page.as_ref().is_some_and(|page| tells(page, &said)) {
                break;
            }
            if answered.elapsed() > PATIENCE {
                bail!("the logs of {deployment} do not show {said}");
            }
            command::pause(Duration::from_millis(5));
        }
        lines.push(answered.elapsed());
    }
    Ok((lines, pages))
}

fn tells(page: &Value, said: &str) -> bool {
    let entries = page["data"].as_array().map_or(&[][..], |all| all);
    entries.iter().any(|entry| {
        let message = entry["details"]["message"].as_str();
        message.is_some_and(|message| message.contains(said))
    })
}

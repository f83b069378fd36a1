//! What many Deployments cost while nobody asks for them, and what the first who asks waits for.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::baseline::Answering;
use super::deploy::deploy;
use super::figure::{Figure, Target};
use super::gateway::url;
use super::machine::{of_all, resident};
use super::sample::Sample;
use super::scene::Scene;
use crate::command;
use crate::platform::client::agent;
use crate::platform::connector::validate;

const DEPLOYMENTS: usize = 200;
/// Of them, so many are asked.
const ASKED: usize = 10;
/// When they sleep.
const SLEEP: &str = "3s";
const PATIENCE: Duration = Duration::from_secs(60);
/// Where the minimal connector listens when it runs alone.
const PORT: u16 = 8080;

pub(super) fn figures(scene: &Scene) -> Result<Vec<Figure>> {
    let data = scene.data("many");
    let server = scene.start_with(&data, Some(SLEEP))?;
    let (server, visitor) = scene.visit_at(server)?;
    let draft = scene
        .minimal
        .register(&visitor.client, "bench-many", &visitor.project)?;
    validate(&visitor.client, &draft)?;
    let mut deployments = Vec::new();
    for number in 0..DEPLOYMENTS {
        deployments.push(deploy(&visitor, "bench-many", &format!("many-{number}"))?);
    }
    let node = Answering::empty_node(0)?;
    let alone = resident(node.process()).context("Node.js has ended")?;
    let memory = asleep(server.process(), alone)?;
    let (agent, mut first, mut bare) = (agent(), Vec::new(), Vec::new());
    for deployment in deployments.iter().step_by(DEPLOYMENTS / ASKED) {
        let url = url(&visitor, deployment)?;
        let asked = Instant::now();
        let answer = agent.get(&url).call()?;
        first.push(asked.elapsed());
        if answer.status() != 200 {
            bail!("{url} answered {}", answer.status());
        }
        let sources = scene.minimal.application("service");
        bare.push(Answering::application(&sources, "index.js", PORT)?.took());
    }
    server.stop()?;
    Ok(vec![
        Figure {
            name: "Memory of the platform and all applications, 200 Deployments asleep",
            unit: "MB",
            measured: Sample::of([memory]),
            reference_name: "one empty Node.js server",
            reference: Sample::of([alone]),
            target: Target::AtMost(2000.0),
        },
        Figure {
            name: "First request to a service that sleeps",
            unit: "ms",
            measured: Sample::of_times(first),
            reference_name: "`node index.js` until it answers",
            reference: Sample::of_times(bare),
            target: Target::BeyondReference(500.0),
        },
    ])
}

/// The memory once all sleep: less than a few applications would take.
fn asleep(process: u32, alone: f64) -> Result<f64> {
    let begun = Instant::now();
    let platform = || resident(process).context("the server has ended");
    loop {
        let all = of_all(process).context("the server has ended")?;
        if all < platform()? + alone {
            return Ok(all);
        }
        if begun.elapsed() > PATIENCE {
            // The figure then says how much it is.
            return Ok(all);
        }
        command::pause(Duration::from_millis(500));
    }
}

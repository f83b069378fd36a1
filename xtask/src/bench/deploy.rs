//! How much a deployment of a built artifact takes beyond the start of the application itself.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::baseline::Answering;
use super::client::Client;
use super::connector::{REGION, validate};
use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Scene;

const ROUNDS: usize = 5;
/// How long a deployment or its end may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where the minimal connector listens, as nearly all connectors do.
const PORT: u16 = 8080;

/// From the POST of a Deployment until a waiting GET shows `Deployed`; the application has no scripts.
pub(super) fn figure(scene: &Scene, client: &Client, project: &str) -> Result<Figure> {
    let path = scene.minimal.register(client, "bench-deploy", project)?;
    validate(client, &path)?;
    let sources = scene.minimal.application("service");
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        reference.push(Answering::application(&sources, "index.js", PORT)?.took());
        let start = Instant::now();
        let deployment = deploy(client, project, round)?;
        measured.push(start.elapsed());
        undeploy(client, &deployment)?;
    }
    Ok(Figure {
        name: "Deployment of a built artifact (create until `Deployed`)",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`node index.js` until it answers",
        reference: Sample::of_times(reference),
        target: Target::BeyondReference(1000.0),
    })
}

/// The path of a Deployment that is `Deployed`.
fn deploy(client: &Client, project: &str, round: usize) -> Result<String> {
    let draft = json!({
        "key": format!("bench-{round}"),
        "connector": {"key": "bench-deploy", "staged": true},
        "region": REGION,
        "configurations": [{"applicationName": "service", "standardConfiguration": [], "securedConfiguration": []}],
    });
    let created = client.post(&format!("/{project}/deployments"), &draft)?;
    let id = created["id"].as_str().context("the Deployment has no id")?;
    let path = format!("/{project}/deployments/{id}");
    let deployment = client.settled(&path, |shown| shown["status"] == "Deploying", PATIENCE)?;
    let deployment: Value = deployment.with_context(|| format!("{path} is gone"))?;
    if deployment["status"] != "Deployed" {
        bail!(
            "{path} is {}: {}",
            deployment["status"],
            deployment["details"]
        );
    }
    Ok(path)
}

fn undeploy(client: &Client, path: &str) -> Result<()> {
    client.delete(path)?;
    let left = client.settled(path, |shown| shown["status"] == "Undeploying", PATIENCE)?;
    match left {
        None => Ok(()),
        Some(deployment) => bail!(
            "{path} is {} after DELETE: {}",
            deployment["status"],
            deployment["details"]
        ),
    }
}

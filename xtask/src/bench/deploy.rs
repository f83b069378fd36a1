//! How much a deployment of a built artifact takes beyond the start of the application itself.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::baseline::Answering;
use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Visitor;
use crate::platform::client::Client;
use crate::platform::connector::{REGION, validate};

const ROUNDS: usize = 5;
/// How long a deployment or its end may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where the minimal connector listens, as nearly all connectors do.
const PORT: u16 = 8080;

/// From the POST of a Deployment until a waiting GET shows `Deployed`; the application has no scripts.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (scene, client, project) = (visitor.scene, &visitor.client, &visitor.project);
    let path = scene.minimal.register(client, "bench-deploy", project)?;
    validate(client, &path)?;
    let sources = scene.minimal.application("service");
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        reference.push(Answering::application(&sources, "index.js", PORT)?.took());
        let start = Instant::now();
        let deployment = deploy(visitor, "bench-deploy", &format!("bench-{round}"))?;
        measured.push(start.elapsed());
        undeploy(client, &deployment)?;
    }
    Ok(vec![Figure {
        name: "Deployment of a built artifact (create until `Deployed`)",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`node index.js` until it answers",
        reference: Sample::of_times(reference),
        target: Target::BeyondReference(1000.0),
    }])
}

/// The path of a Deployment that is `Deployed`, of a draft that was validated.
pub(super) fn deploy(visitor: &Visitor, connector: &str, key: &str) -> Result<String> {
    let (client, project) = (&visitor.client, &visitor.project);
    let draft = json!({
        "key": key,
        "connector": {"key": connector, "staged": true},
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

pub(super) fn undeploy(client: &Client, path: &str) -> Result<()> {
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

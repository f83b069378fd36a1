//! How long it takes until an earlier revision serves again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::baseline::Answering;
use super::deploy::{deploy, undeploy};
use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Visitor;
use crate::platform::connector::validate;

const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);
/// Where the minimal connector listens when it runs alone.
const PORT: u16 = 8080;

/// From the POST of a rollback until a waiting GET shows `Deployed`.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (scene, client, project) = (visitor.scene, &visitor.client, &visitor.project);
    let draft = scene.minimal.register(client, "bench-rollback", project)?;
    validate(client, &draft)?;
    let path = deploy(visitor, "bench-rollback", "bench-rollback")?;
    let sources = scene.minimal.application("service");
    let version = || -> Result<_> {
        let shown = client.get(&path)?.context("the Deployment is gone")?;
        Ok(shown["version"].clone())
    };
    let settle = || -> Result<()> {
        let shown = client.settled(&path, |shown| shown["status"] == "Deploying", PATIENCE)?;
        match shown {
            Some(shown) if shown["status"] == "Deployed" => Ok(()),
            other => bail!("{path} is {other:?}"),
        }
    };
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    let mut serving = 1;
    for _ in 0..ROUNDS {
        reference.push(Answering::application(&sources, "index.js", PORT)?.took());
        client.post(
            &path,
            &json!({"version": version()?, "actions": [{"action": "redeploy"}]}),
        )?;
        settle()?;
        let before = json!({"version": version()?});
        let start = Instant::now();
        client.post(&format!("{path}/revisions/{serving}/rollback"), &before)?;
        settle()?;
        measured.push(start.elapsed());
        serving += 2;
    }
    undeploy(client, &path)?;
    Ok(vec![Figure {
        name: "Rollback to an earlier revision (POST until `Deployed`)",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`node index.js` until it answers",
        reference: Sample::of_times(reference),
        target: Target::AtMost(1000.0),
    }])
}

//! How soon a server on an existing data folder answers.

use std::time::Instant;

use anyhow::Result;

use super::baseline::{Answering, answered};
use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Scene;
use crate::platform::client::agent;

const STARTS: usize = 10;

/// From the start of the process until `/health` answers 200, for the first time with what earlier figures left in the folder.
pub(super) fn figure(scene: &Scene) -> Result<Figure> {
    let agent = agent();
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let start = Instant::now();
        let server = scene.start()?;
        answered(&agent, &format!("{}/health", server.url()))?;
        measured.push(start.elapsed());
        server.stop()?;
        reference.push(Answering::empty_node(0)?.took());
    }
    Ok(Figure {
        name: "Start of `slipway up` on an existing data folder until `/health` answers",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "the same of an empty Node.js server",
        reference: Sample::of_times(reference),
        target: Target::AtMost(150.0),
    })
}

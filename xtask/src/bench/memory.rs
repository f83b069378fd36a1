//! How much memory a server takes that has nothing to do.

use std::time::Duration;

use anyhow::{Context, Result};

use super::baseline::Answering;
use super::figure::{Figure, Target};
use super::machine::resident;
use super::sample::Sample;
use super::scene::Scene;
use crate::command;

const STARTS: usize = 3;
/// Long enough that whatever a start leaves to do is done.
const IDLE: Duration = Duration::from_secs(5);

/// Resident memory, a while after the start, of the server's process (it runs no application then).
pub(super) fn figure(scene: &Scene) -> Result<Figure> {
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = scene.start()?;
        server.ready()?;
        let node = Answering::empty_node(0)?;
        command::pause(IDLE);
        measured.push(resident(server.process()).context("the server has ended")?);
        reference.push(resident(node.process()).context("Node.js has ended")?);
        server.stop()?;
    }
    Ok(Figure {
        name: "Resident memory of an idle `slipway up`",
        unit: "MB",
        measured: Sample::of(measured),
        reference_name: "an empty Node.js server",
        reference: Sample::of(reference),
        target: Target::AtMost(60.0),
    })
}

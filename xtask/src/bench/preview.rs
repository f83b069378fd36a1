//! How long a validation takes that finds everything built already.

use std::time::Instant;

use anyhow::Result;

use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Visitor;
use crate::command;
use crate::platform::connector::{Connector, validate};

const ROUNDS: usize = 10;

/// From the POST of `updatePreviewable` until a waiting GET shows the verdict, for an unchanged commit of four applications.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (scene, client) = (visitor.scene, &visitor.client);
    let path = scene
        .starter
        .register(client, "bench-preview", &visitor.project)?;
    println!("The first validation of the starter downloads and builds; it is not measured.");
    validate(client, &path)?;
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        validate(client, &path)?;
        measured.push(start.elapsed());
        let start = Instant::now();
        resolve_tag(&scene.starter)?;
        reference.push(start.elapsed());
    }
    Ok(vec![Figure {
        name: "Preview of an unchanged commit (`updatePreviewable` until the verdict)",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`git ls-remote` of its tag",
        reference: Sample::of_times(reference),
        target: Target::AtMost(300.0),
    }])
}

pub(super) fn resolve_tag(connector: &Connector) -> Result<()> {
    let arguments = ["ls-remote", &connector.file_url(), "refs/tags/v1.0.0"];
    command::output(command::program("git", &arguments)).map(drop)
}

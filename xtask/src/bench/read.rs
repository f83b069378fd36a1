//! How fast a draft is read while 200 clients a second do so.

use anyhow::{Context, Result};

use super::baseline::Answering;
use super::client::Client;
use super::figure::{Figure, Target};
use super::load::Load;
use super::sample::Sample;
use super::scene::Scene;

const ROUNDS: usize = 3;
/// Requests per second.
const RATE: u32 = 200;
/// Ten seconds of them.
const REQUESTS: u32 = RATE * 10;

/// The median and the 99th percentile of each round, beside those of an empty server with an answer of the same size.
pub(super) fn figures(scene: &Scene, client: &Client, project: &str) -> Result<Vec<Figure>> {
    let path = scene.minimal.register(client, "bench-read", project)?;
    let draft = client.get(&path)?.context("the draft is gone")?;
    let node = Answering::empty_node(draft.to_string().len())?;
    let url = format!("{}{path}", client.url());
    let load = |url| Load {
        url,
        authorization: client.authorization(),
        rate: RATE,
        requests: REQUESTS,
    };
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        measured.push(Sample::of_times(load(&url).run()?));
        reference.push(Sample::of_times(load(node.url()).run()?));
    }
    let figure = |name, share, limit| Figure {
        name,
        unit: "ms",
        measured: Sample::of(measured.iter().map(|round| round.percentile(share))),
        reference_name: "the same load on an empty Node.js server",
        reference: Sample::of(reference.iter().map(|round| round.percentile(share))),
        target: Target::AtMost(limit),
    };
    Ok(vec![
        figure(
            "GET of a draft at 200 requests/s for 10 s, median of each round",
            0.50,
            2.0,
        ),
        figure(
            "GET of a draft at 200 requests/s for 10 s, 99th percentile of each round",
            0.99,
            10.0,
        ),
    ])
}

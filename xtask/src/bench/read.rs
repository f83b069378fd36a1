//! How fast a draft and a Deployment are read: while 200 clients a second do so, while a thousand do, and as often as it goes.

use std::time::Duration;

use anyhow::{Context, Result};

use super::baseline::Answering;
use super::deploy::{deploy, undeploy};
use super::figure::{Figure, Target};
use super::flood::gets;
use super::load::Load;
use super::sample::Sample;
use super::scene::Visitor;
use crate::platform::connector::validate;

const ROUNDS: usize = 3;
/// Requests per second.
const RATE: u32 = 200;
/// Half of what must be answered at least.
const HALF: u32 = 1000;
/// Each round of a load and of a flood.
const SECONDS: u32 = 4;
const FLOOD: Duration = Duration::from_secs(3);

/// What is read, and a server that answers with as much and does nothing else.
struct Reading<'a> {
    visitor: &'a Visitor<'a>,
    url: String,
    node: Answering,
}

/// The figures of both resources, beside those of an empty server with answers of the same size.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (minimal, client) = (&visitor.scene.minimal, &visitor.client);
    let draft = minimal.register(client, "bench-read", &visitor.project)?;
    validate(client, &draft)?;
    let deployment = deploy(visitor, "bench-read", "bench-read")?;
    let drafts = Reading::of(visitor, &draft)?;
    let mut figures = drafts.load(
        RATE,
        [
            "GET of a draft at 200 requests/s, median of each round",
            "GET of a draft at 200 requests/s, 99th percentile of each round",
        ],
        [2.0, 10.0],
    )?;
    figures.extend(drafts.load(
        HALF,
        [
            "GET of a draft at 1000 requests/s, median of each round",
            "GET of a draft at 1000 requests/s, 99th percentile of each round",
        ],
        [5.0, 15.0],
    )?);
    figures.push(drafts.flood("GETs of a draft by 16 connections")?);
    let deployments = Reading::of(visitor, &deployment)?;
    figures.extend(deployments.load(
        HALF,
        [
            "GET of a Deployment at 1000 requests/s, median of each round",
            "GET of a Deployment at 1000 requests/s, 99th percentile of each round",
        ],
        [5.0, 15.0],
    )?);
    figures.push(deployments.flood("GETs of a Deployment by 16 connections")?);
    undeploy(client, &deployment)?;
    Ok(figures)
}

impl<'a> Reading<'a> {
    fn of(visitor: &'a Visitor, path: &str) -> Result<Self> {
        let resource = visitor.client.get(path)?;
        let resource = resource.with_context(|| format!("{path} is gone"))?;
        Ok(Self {
            visitor,
            url: format!("{}{path}", visitor.client.url()),
            node: Answering::empty_node(resource.to_string().len())?,
        })
    }

    /// The median and the 99th percentile, in milliseconds.
    fn load(&self, rate: u32, names: [&'static str; 2], limits: [f64; 2]) -> Result<Vec<Figure>> {
        let load = |url| Load {
            url,
            authorization: self.visitor.client.authorization(),
            rate,
            requests: rate * SECONDS,
        };
        let (mut measured, mut reference) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            measured.push(Sample::of_times(load(&self.url).run()?));
            reference.push(Sample::of_times(load(self.node.url()).run()?));
        }
        let of = |rounds: &[Sample], share| {
            Sample::of(rounds.iter().map(|round| round.percentile(share)))
        };
        let figures = [0.50, 0.99].map(|share| (of(&measured, share), of(&reference, share)));
        let figures = figures.into_iter().zip(names).zip(limits);
        let figures = figures.map(|(((measured, reference), name), limit)| Figure {
            name,
            unit: "ms",
            measured,
            reference_name: "the same load on an empty Node.js server",
            reference,
            target: Target::AtMost(limit),
        });
        Ok(figures.collect())
    }

    fn flood(&self, name: &'static str) -> Result<Figure> {
        let authorization = self.visitor.client.authorization();
        let (mut measured, mut reference) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            measured.push(gets(FLOOD, &self.url, authorization)?);
            reference.push(gets(FLOOD, self.node.url(), authorization)?);
        }
        Ok(Figure {
            name,
            unit: "per second",
            measured: Sample::of(measured),
            reference_name: "the same on an empty Node.js server",
            reference: Sample::of(reference),
            target: Target::AtLeast(2000.0),
        })
    }
}

//! How fast a hundred thousand published Connectors are searched, how soon after a start, and how much memory they take.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::baseline::Answering;
use super::figure::{Figure, Target};
use super::load::Load;
use super::machine::resident;
use super::sample::Sample;
use super::scene::Scene;
use crate::command;
use crate::platform::client::{Client, Credentials};
use crate::platform::server::Server;

const CONNECTORS: u32 = 100_000;
const STARTS: usize = 3;
const ROUNDS: usize = 3;
/// Requests per second, within what the platform lets one Project ask.
const RATE: u32 = 50;
/// Of each query in a round: four seconds.
const REQUESTS: u32 = RATE * 4;
/// Long enough that whatever a start or a load leaves to do is done.
const IDLE: Duration = Duration::from_secs(5);

/// The newest of everything, words (of which one in 37 Connectors has each), beginnings, typing errors, filters and orders.
const QUERIES: [&str; 10] = [
    "/connectors/search",
    "/connectors/search?text=shippayor",
    "/connectors/search?text=stocksyncre+mailfinta",
    "/connectors/search?text=shi",
    "/connectors/search?text=shipayor",
    "/connectors/search?text=stocksyncre+mialfin",
    "/connectors/search?text=orderta&integrationTypes=tax&sort=name+asc",
    "/connectors/search?private=true",
    "/connectors/search?creator.company=Company+7",
    "/connectors/search?key=bench-77&key=bench-78",
];

/// Fills a data folder of its own, and measures on it.
pub(super) fn figures(scene: &Scene) -> Result<Vec<Figure>> {
    let data = scene.data("catalogue");
    let server = scene.start_on(&data)?;
    let credentials = Credentials::of(&server.ready()?)?;
    let empty = searched(&server, &server.client(&credentials)?)?;
    server.stop()?;
    fill(&data, &credentials.project)?;
    let (mut ready, mut node, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        node.push(Answering::empty_node(0)?.took());
        let start = Instant::now();
        let server = scene.start_on(&data)?;
        server.ready()?;
        let client = server.client(&credentials)?;
        let all = client.get(QUERIES[0])?.context("search is gone")?;
        ready.push(start.elapsed());
        let public = u64::from(CONNECTORS) * 8 / 10;
        ensure!(
            all["total"] == public,
            "search finds {} of {public}",
            all["total"]
        );
        memory.push(searched(&server, &client)?);
        server.stop()?;
    }
    let server = scene.start_on(&data)?;
    server.ready()?;
    let mut figures = load(&server.client(&credentials)?)?;
    server.stop()?;
    figures.push(Figure {
        name: "Start of `slipway up` with 100,000 published Connectors until the first search has answered",
        unit: "ms",
        measured: Sample::of_times(ready),
        reference_name: "the start of an empty Node.js server",
        reference: Sample::of_times(node),
        target: Target::AtMost(5000.0),
    });
    figures.push(Figure {
        name: "Resident memory with 100,000 published Connectors, searched",
        unit: "MB",
        measured: Sample::of(memory),
        reference_name: "the same server without any",
        reference: Sample::of([empty]),
        target: Target::BeyondReference(300.0),
    });
    Ok(figures)
}

/// Writes the Connectors while no server runs, as the store writes them.
fn fill(data: &Path, project: &str) -> Result<()> {
    let data = data.to_str().context("the folder's name is not UTF-8")?;
    let count = CONNECTORS.to_string();
    let example = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "slipway",
        "--example",
        "catalogue",
        "--",
        data,
        &count,
        project,
    ];
    ensure!(
        command::shown(command::program("cargo", &example))?,
        "the data folder could not be filled"
    );
    Ok(())
}

/// The memory of a server that has answered every query.
fn searched(server: &Server, client: &Client) -> Result<f64> {
    for query in QUERIES {
        client.get(query)?.context("search is gone")?;
    }
    command::pause(IDLE);
    resident(server.process()).context("the server has ended")
}

/// The median and the 99th percentile over all queries, of each round.
fn load(client: &Client) -> Result<Vec<Figure>> {
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (mut times, mut empty) = (Vec::new(), Vec::new());
        for query in QUERIES {
            let answer = client.get(query)?.context("search is gone")?;
            let node = Answering::empty_node(answer.to_string().len())?;
            let url = format!("{}{query}", client.url());
            let load = |url| Load {
                url,
                authorization: client.authorization(),
                rate: RATE,
                requests: REQUESTS,
            };
            times.extend(load(&url).run()?);
            empty.extend(load(node.url()).run()?);
        }
        measured.push(Sample::of_times(times));
        reference.push(Sample::of_times(empty));
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
            "Search among 100,000 published Connectors, ten queries at 50 requests/s, median of each round",
            0.50,
            3.0,
        ),
        figure(
            "Search among 100,000 published Connectors, ten queries at 50 requests/s, 99th percentile of each round",
            0.99,
            15.0,
        ),
    ])
}

//! Whether reading and writing one row costs more where there are a hundred times as many.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Scene;
use crate::command;
use crate::platform::client::{Client, Credentials};
use crate::platform::server::Server;

const ROWS: [u32; 2] = [10_000, 1_000_000];
const ROUNDS: usize = 7;
/// Requests of a round on each server, each for another row.
const REQUESTS: usize = 100;

/// A platform with many rows.
struct Filled {
    server: Server,
    client: Client,
    /// Drafts from everywhere among the rows, in no order.
    ids: Vec<String>,
}

/// Two platforms at the same time, so that whatever else the machine does meets both.
pub(super) fn figures(scene: &Scene) -> Result<Vec<Figure>> {
    let small = Filled::with(scene, "small", ROWS[0])?;
    let large = Filled::with(scene, "large", ROWS[1])?;
    let (mut gets, mut updates) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..ROUNDS {
        for (place, platform) in [&small, &large].into_iter().enumerate() {
            gets[place].push(platform.median(round, Filled::read)?);
            updates[place].push(platform.median(round, Filled::change)?);
        }
    }
    small.server.stop()?;
    large.server.stop()?;
    let figure = |name, [small, large]: [Vec<f64>; 2]| Figure {
        name,
        unit: "ms",
        measured: Sample::of(large),
        reference_name: "the same among 10 thousand rows",
        reference: Sample::of(small),
        target: Target::TimesReference(1.3),
    };
    Ok(vec![
        figure(
            "GET of a draft among 1 million rows, median of each round",
            gets,
        ),
        figure(
            "Update of a draft among 1 million rows, median of each round",
            updates,
        ),
    ])
}

impl Filled {
    fn with(scene: &Scene, name: &str, rows: u32) -> Result<Self> {
        let data = scene.data(name);
        let server = scene.start_on(&data)?;
        let credentials = Credentials::of(&server.ready()?)?;
        let client = server.client(&credentials)?;
        scene
            .minimal
            .register(&client, "bench-growth", &credentials.project)?;
        server.stop()?;
        let ids = multiply(&data, rows)?;
        ensure!(
            ids.len() >= ROUNDS * REQUESTS,
            "too few drafts for the measurement"
        );
        let server = scene.start_on(&data)?;
        server.ready()?;
        let client = server.client(&credentials)?;
        Ok(Self {
            server,
            client,
            ids,
        })
    }

    /// The median of a round, in milliseconds.
    fn median(&self, round: usize, ask: fn(&Self, &str) -> Result<Duration>) -> Result<f64> {
        let ids = &self.ids[round * REQUESTS..][..REQUESTS];
        let times: Vec<Duration> = ids.iter().map(|id| ask(self, id)).collect::<Result<_>>()?;
        Ok(Sample::of_times(times).median())
    }

    fn read(&self, id: &str) -> Result<Duration> {
        let start = Instant::now();
        self.client
            .get(&format!("/connectors/drafts/{id}"))?
            .context("a draft is gone")?;
        Ok(start.elapsed())
    }

    fn change(&self, id: &str) -> Result<Duration> {
        let change = json!({
            "version": 1,
            "actions": [{"action": "setDescription", "description": "A change"}],
        });
        let start = Instant::now();
        self.client
            .post(&format!("/connectors/drafts/{id}"), &change)?;
        Ok(start.elapsed())
    }
}

/// Copies the folder's one draft until it has so many rows, while no server runs. The answer is the ids of some of the copies.
fn multiply(data: &Path, rows: u32) -> Result<Vec<String>> {
    let data = data.to_str().context("the folder's name is not UTF-8")?;
    let rows = rows.to_string();
    let example = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "slipway",
        "--example",
        "multiply",
        "--",
        data,
        &rows,
    ];
    let ids = command::output(command::program("cargo", &example))?;
    Ok(ids.lines().map(str::to_owned).collect())
}

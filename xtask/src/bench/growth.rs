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
/// Reads of a round on each platform, and as many changes; each of another row.
const REQUESTS: usize = 100;

/// A platform with many rows.
struct Filled {
    server: Server,
    client: Client,
    /// Drafts from everywhere among the rows, in no order.
    ids: Vec<String>,
}

/// Two platforms that are asked in turn, so that whatever else the machine does meets both.
pub(super) fn figures(scene: &Scene) -> Result<Vec<Figure>> {
    let small = Filled::with(scene, "small", ROWS[0])?;
    let large = Filled::with(scene, "large", ROWS[1])?;
    let (mut gets, mut updates) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..ROUNDS {
        let places = round * REQUESTS..(round + 1) * REQUESTS;
        for (medians, ask) in [(&mut gets, READ), (&mut updates, CHANGE)] {
            let mut times = [Vec::new(), Vec::new()];
            for place in places.clone() {
                times[0].push(ask(&small, place)?);
                times[1].push(ask(&large, place)?);
            }
            for (medians, times) in medians.iter_mut().zip(times) {
                medians.push(Sample::of_times(times).median());
            }
        }
    }
    small.server.stop()?;
    large.server.stop()?;
    // A gigabyte and a half, which nobody looks at.
    std::fs::remove_dir_all(scene.data("large"))?;
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

    fn path(&self, place: usize) -> String {
        format!("/connectors/drafts/{}", self.ids[place])
    }
}

/// A request for the draft at a place among the ids, and how long its answer took.
type Ask = fn(&Filled, usize) -> Result<Duration>;

const READ: Ask = |platform, place| {
    let path = platform.path(place);
    let start = Instant::now();
    platform.client.get(&path)?.context("a draft is gone")?;
    Ok(start.elapsed())
};

const CHANGE: Ask = |platform, place| {
    let path = platform.path(place);
    let change = json!({
        "version": 1,
        "actions": [{"action": "setDescription", "description": "A change"}],
    });
    let start = Instant::now();
    platform.client.post(&path, &change)?;
    Ok(start.elapsed())
};

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

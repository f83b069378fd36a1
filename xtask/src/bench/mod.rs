//! The figures that the project promises, each measured beside a reference in the same run, so that they can be compared across
//! machines: the reference tells how fast the machine is.
//!
//! Everything is measured from outside, on the release binary over loopback HTTP, as its users meet it.

mod baseline;
mod client;
mod connector;
mod deploy;
mod figure;
mod load;
mod machine;
mod memory;
mod page;
mod preview;
mod read;
mod ready;
mod sample;
mod scene;
mod server;

use anyhow::{Context, Result};

use crate::command;
use figure::Figure;
use scene::Scene;

/// Whether the figures are also written into docs/benchmarks.md.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    No,
    InDocs,
}

const PAGE: &str = "docs/benchmarks.md";

/// Measures every figure, and prints them. True if all are within their targets.
pub(crate) fn run(keep: Keep) -> Result<bool> {
    if cfg!(debug_assertions) {
        return run_optimized(keep);
    }
    let figures = measure()?;
    let text = page::figures(&figures, &machine::line()?);
    println!("{text}");
    if keep == Keep::InDocs {
        let place = command::root().join(PAGE);
        let page = std::fs::read_to_string(&place).unwrap_or_else(|_| page::EMPTY.to_owned());
        let page = page::with(&page, &text)?;
        std::fs::write(&place, page).with_context(|| format!("cannot write {PAGE}"))?;
        println!("Written to {PAGE}.");
    }
    Ok(figures.iter().all(Figure::within_target))
}

/// The load and the clock are in this process: without optimization its own time would spoil the figures.
fn run_optimized(keep: Keep) -> Result<bool> {
    let xtask = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "xtask",
        "--",
        "bench",
    ];
    let mut run = command::program("cargo", &xtask);
    if keep == Keep::InDocs {
        run.arg("--write");
    }
    command::shown(run)
}

fn measure() -> Result<Vec<Figure>> {
    let scene = Scene::set()?;
    let (house, credentials) = scene.first_start()?;
    let client = house.client(&credentials)?;
    let project = credentials.project.as_str();
    let mut work = read::figures(&scene, &client, project)?;
    work.push(preview::figure(&scene, &client, project)?);
    work.push(deploy::figure(&scene, &client, project)?);
    house.stop()?;
    // Measured last, as they want a data folder that was worked with; told first.
    let mut figures = vec![ready::figure(&scene)?, memory::figure(&scene)?];
    figures.append(&mut work);
    Ok(figures)
}

//! The figures that the project promises, each measured beside a reference in the same run, so that they can be compared across
//! machines: the reference tells how fast the machine is.
//!
//! Everything is measured from outside, on the release binary over loopback HTTP, as its users meet it.

mod baseline;
mod checks;
mod crowd;
mod deploy;
mod dev;
mod events;
mod figure;
mod flood;
mod gateway;
mod growth;
mod lambda;
mod load;
mod machine;
mod memory;
mod page;
mod preview;
mod query;
mod read;
mod ready;
mod redeploy;
mod sample;
mod scene;
mod search;
mod sleep;
mod throughput;

use anyhow::{Context, Result, bail};

use crate::command;
use figure::Figure;
use scene::{Scene, Visitor};

/// Whether the figures are also written into docs/benchmarks.md.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    No,
    InDocs,
}

/// How some figures are measured, and the word that asks for them.
enum Group {
    /// On a platform that runs, one group after the other.
    Running(&'static str, fn(&Visitor) -> Result<Vec<Figure>>),
    /// On starts of their own.
    Starting(&'static str, fn(&Scene) -> Result<Vec<Figure>>),
    /// Without a platform.
    Alone(&'static str, fn() -> Result<Vec<Figure>>),
}

/// All figures in the order of their measurement: starts are measured last, as they want a data folder that was worked with.
const GROUPS: [Group; 15] = [
    Group::Running("preview", preview::figures),
    Group::Running("checks", checks::figures),
    Group::Running("deploy", deploy::figures),
    Group::Running("reads", read::figures),
    Group::Running("writes", throughput::figures),
    Group::Running("queries", query::figures),
    Group::Running("gateway", gateway::figures),
    Group::Running("events", events::figures),
    Group::Running("crowd", crowd::figures),
    Group::Running("rollback", redeploy::figures),
    Group::Starting("start", start),
    Group::Starting("applications", applications),
    Group::Alone("lambda", lambda::figures),
    Group::Starting("growth", growth::figures),
    Group::Starting("search", search::figures),
];

const PAGE: &str = "docs/benchmarks.md";

impl Group {
    fn name(&self) -> &'static str {
        match self {
            Self::Running(name, _) | Self::Starting(name, _) | Self::Alone(name, _) => name,
        }
    }
}

/// Measures the figures of the groups that are named, or of all, and prints them. True if all are within their targets.
pub(crate) fn run(keep: Keep, names: &[&str]) -> Result<bool> {
    let groups: Vec<&Group> = wanted(names)?;
    if keep == Keep::InDocs && !names.is_empty() {
        bail!("docs/benchmarks.md holds all figures of one run: leave out the names, or --write");
    }
    if cfg!(debug_assertions) {
        return run_optimized(keep, names);
    }
    let figures = measure(&groups)?;
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
fn run_optimized(keep: Keep, names: &[&str]) -> Result<bool> {
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
    run.args(names);
    command::shown(run)
}

fn wanted(names: &[&str]) -> Result<Vec<&'static Group>> {
    let known: Vec<&str> = GROUPS.iter().map(Group::name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("there are no figures `{unknown}`, but {}", known.join(", "));
    }
    let wanted = |group: &&Group| names.is_empty() || names.contains(&group.name());
    Ok(GROUPS.iter().filter(wanted).collect())
}

fn measure(groups: &[&Group]) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for group in groups {
        if let Group::Alone(name, measure) = group {
            println!("measuring {name} ...");
            figures.append(&mut measure()?);
        }
    }
    if groups
        .iter()
        .any(|group| !matches!(group, Group::Alone(..)))
    {
        figures.append(&mut on_a_platform(groups)?);
    }
    Ok(figures)
}

fn on_a_platform(groups: &[&Group]) -> Result<Vec<Figure>> {
    let scene = Scene::set()?;
    let mut figures = Vec::new();
    let (server, visitor) = scene.visit()?;
    for group in groups {
        if let Group::Running(name, measure) = group {
            println!("measuring {name} ...");
            figures.append(&mut measure(&visitor)?);
        }
    }
    server.stop()?;
    for group in groups {
        if let Group::Starting(name, measure) = group {
            println!("measuring {name} ...");
            figures.append(&mut measure(&scene)?);
        }
    }
    Ok(figures)
}

fn start(scene: &Scene) -> Result<Vec<Figure>> {
    Ok(vec![ready::figure(scene)?, memory::figure(scene)?])
}

fn applications(scene: &Scene) -> Result<Vec<Figure>> {
    let mut figures = sleep::figures(scene)?;
    figures.push(dev::figure(scene)?);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_asked_for_by_the_names_of_their_groups() {
        let names = |words: &[&str]| -> Vec<&str> {
            wanted(words)
                .unwrap()
                .iter()
                .map(|group| group.name())
                .collect()
        };
        assert_eq!(names(&["reads", "deploy"]), ["deploy", "reads"]);
        assert_eq!(names(&[]).len(), GROUPS.len());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = wanted(&["raeds"]).err().unwrap();
        insta::assert_snapshot!(error, @"there are no figures `raeds`, but preview, checks, deploy, reads, writes, queries, gateway, events, crowd, rollback, start, applications, lambda, growth, search");
    }
}

//! Everything that must hold before a change is taken, the cheapest first; cargo's own test lines end the output when all is well.
//!
//! Every compiling step takes the same packages, targets and features, so that no dependency is compiled twice: clippy and the
//! documentation share their metadata, the build and the tests their code. Documentation tests are not run: each would
//! link a program of its own, and `tidy` refuses such examples instead.

mod aws;
mod field_corpus;
mod licences;
mod official_cli;
mod official_sdk;
mod schemathesis;
mod summary;

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{command, environment, tidy, tools};
use summary::{Done, Outcome};
use tools::Machine;

/// One thing that is checked.
struct Step {
    name: &'static str,
    run: fn() -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step {
        name: "tools",
        run: tools,
    },
    Step {
        name: "tidy",
        run: || tidy::run().map(Outcome::of),
    },
    Step {
        name: "format",
        run: || cargo(&["fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        run: || {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--features",
                FEATURES,
                "--",
                "-D",
                "warnings",
            ])
        },
    },
    Step {
        name: "documentation",
        run: documentation,
    },
    Step {
        name: "licences",
        run: licences::check,
    },
    Step {
        name: "advisories",
        run: licences::advisories,
    },
    Step {
        name: "build",
        run: || {
            cargo(&[
                "build",
                "--workspace",
                "--all-targets",
                "--features",
                FEATURES,
            ])
        },
    },
    Step {
        name: "field-corpus",
        run: field_corpus::check,
    },
    Step {
        name: "official-cli",
        run: official_cli::check,
    },
    Step {
        name: "official-sdk",
        run: official_sdk::check,
    },
    Step {
        name: "schemathesis",
        run: schemathesis::check,
    },
    Step {
        name: "aws",
        run: aws::check,
    },
];

/// The executable of the Lambda functions, which nobody needs who runs the platform on one machine, is tested all the same; every
/// step asks for it, as another set of features would have cargo compile things twice.
const FEATURES: &str = "functions/bootstrap";

/// Runs all steps, also after one has failed, then the tests. True if everything passed.
pub(crate) fn run() -> Result<bool> {
    let is_ci = environment::is_ci();
    let mut done: Vec<Done> = STEPS.iter().map(perform).collect();
    let mut tests = command::program("cargo", &["test", "--workspace", "--all-targets"]);
    tests.args(["--features", FEATURES, "--no-fail-fast"]);
    println!("\n== tests ==\n$ {}", command::line(&tests));
    // The summary comes before the last step, so that what cargo prints of the tests ends the output.
    println!("\n{}", summary::of(&done, is_ci));
    done.push(timed("tests", || command::quiet(tests).map(Outcome::of)));
    let passed = !done.iter().any(|step| step.outcome.fails(is_ci));
    if !passed {
        println!("\n{}", summary::of(&done, is_ci));
    }
    Ok(passed)
}

/// Runs one step of that name. True if it did not fail.
pub(crate) fn one(name: &str) -> Result<bool> {
    let names = || STEPS.iter().map(|step| step.name).collect::<Vec<_>>();
    let step = STEPS.iter().find(|step| step.name == name);
    let step =
        step.with_context(|| format!("there is no step {name}, but {}", names().join(", ")))?;
    Ok(!perform(step).outcome.fails(environment::is_ci()))
}

fn perform(step: &Step) -> Done {
    println!("\n== {} ==", step.name);
    let done = timed(step.name, step.run);
    println!("{done}");
    done
}

fn timed(name: &'static str, run: impl FnOnce() -> Result<Outcome>) -> Done {
    let start = Instant::now();
    let outcome = run().unwrap_or_else(|error| {
        println!("{name}: {error:#}");
        Outcome::Failed
    });
    Done {
        name,
        outcome,
        took: start.elapsed(),
    }
}

fn tools() -> Result<Outcome> {
    Ok(match tools::prepare() {
        Machine::Ready => Outcome::Passed,
        Machine::WithoutIsolation(reason) => Outcome::Skipped(reason.to_owned()),
        Machine::Incomplete => Outcome::Failed,
    })
}

fn cargo(arguments: &[&str]) -> Result<Outcome> {
    shown(command::program("cargo", arguments))
}

fn shown(command: Command) -> Result<Outcome> {
    command::shown(command).map(Outcome::of)
}

/// Private items too: their links are read as often as the public ones.
///
/// There is no example; asking for them has cargo take the features that tests add, as clippy did (tokio's `test-util` alone
/// would have ninety dependencies checked twice).
fn documentation() -> Result<Outcome> {
    let mut doc = command::program(
        "cargo",
        &["doc", "--workspace", "--no-deps", "--features", FEATURES],
    );
    doc.args([
        "--lib",
        "--bin",
        "xtask",
        "--examples",
        "--document-private-items",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    shown(doc)
}

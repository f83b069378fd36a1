//! The project's own commands: `test` is everything that must hold before a change is taken, `tidy` the rules of the house,
//! `bench` the figures.
#![expect(
    clippy::print_stdout,
    reason = "what these commands print is their purpose"
)]

use std::process::ExitCode;

mod bench;
mod command;
mod environment;
mod package;
mod platform;
mod test;
mod tidy;
mod tools;

const USAGE: &str = "\
Usage: cargo xtask <command>

  test           everything that must hold before a change is taken: rules, format, lints, licences, documentation, tests
  test <step>    one step of it, such as official-cli; the steps after `build` use what it has built
  tidy           the rules of the house alone, in about a second
  bench          the figures, each beside a reference measured in the same run
  bench <names>  some of them: preview, deploy, reads, writes, queries, start, lambda, growth, search
  bench --write  all of them, kept in docs/benchmarks.md
  package        what template.yaml deploys, for arm64: the executable of every function, and the layers with Node.js
  package x86_64 the same for x86_64
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::run(),
        ["test", step] => test::one(step),
        ["tidy"] => tidy::run(),
        ["bench", "--write", names @ ..] => bench::run(bench::Keep::InDocs, names),
        ["bench", names @ ..] => bench::run(bench::Keep::No, names),
        ["package"] => package::release("arm64"),
        ["package", architecture @ ("arm64" | "x86_64")] => package::release(architecture),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(true)
        }
        _ => {
            print!("{USAGE}");
            Ok(false)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

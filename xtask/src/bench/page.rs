//! The figures as a section of docs/benchmarks.md; the prose around it is left alone.

use anyhow::{Context, Result};

use super::figure::Figure;

const BEGIN: &str = "<!-- figures: written by `cargo xtask bench --write` -->\n";
const END: &str = "<!-- end of figures -->\n";

/// The page before the first figures.
pub(super) const EMPTY: &str = "\
# Benchmarks

Each figure is a median with its smallest and largest value, beside a reference that was measured in the same run: compare figures
of two machines by what they are to their references.

<!-- figures: written by `cargo xtask bench --write` -->
<!-- end of figures -->
";

/// The table, the machine, and how to repeat it.
pub(super) fn figures(figures: &[Figure], machine: &str) -> String {
    let rows: String = figures.iter().map(row).collect();
    format!(
        "| what | measured | reference | target |\n\
         |---|---|---|---|\n\
         {rows}\n\
         Machine: {machine}.\n\n\
         Repeat with `cargo xtask bench`.\n"
    )
}

fn row(figure: &Figure) -> String {
    let Figure {
        name,
        unit,
        measured,
        reference_name,
        reference,
        ..
    } = figure;
    let verdict = figure.verdict();
    format!("| {name}, {unit} | {measured} | {reference_name}: {reference} | {verdict} |\n")
}

/// The page with its figures replaced.
pub(super) fn with(page: &str, figures: &str) -> Result<String> {
    let (before, rest) = page
        .split_once(BEGIN)
        .with_context(|| format!("docs/benchmarks.md has no line `{}`", BEGIN.trim()))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("docs/benchmarks.md has no line `{}`", END.trim()))?;
    Ok(format!("{before}{BEGIN}\n{figures}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::super::figure::{Target, tests::figure};
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_reference_and_target() {
        let text = figures(
            &[figure(Target::BeyondReference(1000.0))],
            "2 cores of a machine",
        );
        insta::assert_snapshot!(text, @"
        | what | measured | reference | target |
        |---|---|---|---|
        | Deployment of a built artifact, ms | 900 (800 to 1000, n = 3) | bare start of the application: 110 (100 to 120, n = 3) | at most 1000 ms more than the reference: met |

        Machine: 2 cores of a machine.

        Repeat with `cargo xtask bench`.
        ");
    }

    #[test]
    fn new_figures_replace_the_old_ones_and_leave_the_prose() {
        let page = format!("{EMPTY}\n## What they mean\n");
        let once = with(&page, "first\n").unwrap();
        let twice = with(&once, "second\n").unwrap();
        assert!(twice.contains("second") && !twice.contains("first"));
        assert!(twice.starts_with("# Benchmarks") && twice.ends_with("## What they mean\n"));
    }

    #[test]
    fn a_page_that_lost_its_marks_is_not_overwritten() {
        insta::assert_snapshot!(with("# Mine\n", "figures").unwrap_err(), @"docs/benchmarks.md has no line `<!-- figures: written by `cargo xtask bench --write` -->`");
    }
}

//! Findings as a compiler shows them: the place, the source line with a mark, and what to do.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};
use checks::{Ended, Finding, Judged, SourceChecks, title};

use crate::terminal;

/// Everything, the checks in their order and the worst of each first, and a last line that sums up.
pub(super) fn text(root: &Path, checks: &SourceChecks, colours: bool) -> String {
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    let (mut errors, mut warnings) = (0, 0);
    for result in &checks.results {
        let mut findings: Vec<&Judged> = result.findings.iter().collect();
        findings.sort_by_key(|one| (!one.fails, std::cmp::Reverse(one.finding.severity)));
        for one in findings {
            if one.fails {
                errors += 1;
            } else if one.finding.waived.is_none() {
                warnings += 1;
            }
            shown(root, one, &renderer, &mut out);
        }
        for note in &result.notes {
            warnings += 1;
            let line = Group::with_title(Level::WARNING.primary_title(clean(note)));
            push(&mut out, &renderer.render(&[line]));
        }
    }
    for result in &checks.results {
        let (sign, end) = match &result.ended {
            Ended::Crashed(why) => ("✗", format!("could not come to its end: {}", clean(why))),
            Ended::Skipped(why) => ("-", format!("skipped: {}", clean(why))),
            Ended::Done if result.passed() => ("✓", format!("succeeded: {}", clean(&result.scope))),
            Ended::Done => ("✗", format!("failed: {}", clean(&result.scope))),
        };
        let name = if result.check == checks::Check::Sast {
            "SAST analysis check"
        } else {
            title(result.check)
        };
        writeln!(out, "{sign} {name} {end}").expect("a String takes every text");
    }
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let sum = format!(
        "{} and {}.",
        plural(errors, "error"),
        plural(warnings, "warning")
    );
    writeln!(out, "\n{sum}").expect("a String takes every text");
    out
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

/// Returns a text of the repository that does not steer the terminal.
fn clean(text: &str) -> String {
    normalize_untrusted_str(&terminal::paragraph(text))
}

/// The same for a source line, character by character, so that its marks stay where they belong.
fn clean_line(text: &str) -> String {
    let hides = |one: char| terminal::is_hidden(one) && !one.is_ascii_control();
    normalize_untrusted_str(&text.replace(hides, "\u{fffd}"))
}

fn shown(root: &Path, one: &Judged, renderer: &Renderer, out: &mut String) {
    let finding = &one.finding;
    let level = match (one.fails, &finding.waived) {
        (true, _) => Level::ERROR,
        (false, Some(_)) => Level::NOTE.with_name("waived"),
        (false, None) => Level::WARNING,
    };
    let message = clean(&finding.message);
    let place = clean(&finding.place.file);
    let remedy = clean(&finding.remedy);
    let source = line_of(root, finding);
    let rule = clean(&finding.rule);
    let title = level.primary_title(&message).id(&rule);
    let mut group = match &source {
        Some(line) => {
            let number = usize::try_from(finding.place.line).unwrap_or(1);
            let mark = AnnotationKind::Primary.span(marked(finding, line));
            title.element(
                Snippet::source(line)
                    .line_start(number)
                    .path(&place)
                    .annotation(mark),
            )
        }
        None if place.is_empty() => Group::with_title(title),
        None => title.element(Origin::path(&place)),
    };
    group = group.element(Level::HELP.message(&remedy));
    if let Some(why) = &finding.waived {
        group = group.element(Level::NOTE.message(clean(why)));
    }
    push(out, &renderer.render(&[group]));
}

/// The whole line; a credential's line is not shown.
fn line_of(root: &Path, finding: &Finding) -> Option<String> {
    if finding.place.excerpt.is_empty() || finding.check == checks::Check::Sca {
        return None;
    }
    let text = std::fs::read_to_string(root.join(&finding.place.file)).ok()?;
    let index = usize::try_from(finding.place.line).ok()?.checked_sub(1)?;
    Some(clean_line(text.lines().nth(index)?))
}

/// The bytes to mark in the line: to the finding's end where that is on the same line, else to the line's end.
fn marked(finding: &Finding, line: &str) -> Range<usize> {
    let place = &finding.place;
    let byte = |column: u32| {
        let index = usize::try_from(column)
            .unwrap_or_default()
            .saturating_sub(1);
        line.char_indices()
            .nth(index)
            .map_or(line.len(), |(byte, _)| byte)
    };
    let start = if place.column == 0 {
        line.len() - line.trim_start().len()
    } else {
        byte(place.column)
    };
    let end = if place.end_line == place.line && place.end_column > 0 {
        byte(place.end_column)
    } else {
        line.trim_end().len()
    };
    start..end.max(start)
}

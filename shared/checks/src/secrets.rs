//! Credentials in files: shapes of known providers and texts that look like chance; what is shown of one is its beginning only.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::env_file;
use crate::files::{MAX_FILE_BYTES, SourceFile, Unread};
use crate::finding::{Check, Finding, Place, Severity};

/// The characters of a credential that a finding shows.
const SHOWN: usize = 4;
/// What stands for the rest of it.
const MASK: &str = "********";
/// More findings of one shape in one file say nothing new.
const PER_SHAPE_AND_FILE: usize = 10;
/// What holds checksums and identifiers by the thousand, and no secret that a shape could tell from them.
const NOT_SCANNED: [&str; 6] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    ".svg",
    ".map",
];
/// What the automaton of all shapes may take in memory, in bytes: it needs far less, and gives up for good where it is not enough.
const AUTOMATON_BYTES: usize = 32 << 20;
/// Texts that stand where a secret would: whoever writes an example means no harm.
const PLACEHOLDERS: [&str; 16] = [
    "example",
    "placeholder",
    "your",
    "changeme",
    "dummy",
    "sample",
    "redacted",
    "insert",
    "replace",
    "password",
    "xxxx",
    "0000",
    "1234567890",
    "abcdef",
    "mock",
    "fake",
];
/// Secrets that their makers published for tests: the storage emulator of Azure, the front page of jwt.io.
const PUBLISHED: [&str; 2] = [
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
];

/// All shapes, as their file holds them.
pub(crate) const SHAPES_TEXT: &str = include_str!("../secrets/shapes.yml");

/// A shape as its file holds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Stable: suppressions and waivers name it.
    pub id: String,
    /// A few words.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    regex: String,
    entropy: f64,
    #[serde(default)]
    mixed: bool,
    /// What to do.
    pub remedy: String,
    /// Texts that are found; a `~` in them stands for nothing.
    pub bad: Vec<String>,
    /// Texts that are not.
    pub good: Vec<String>,
}

struct Shapes {
    shapes: Vec<(Shape, Regex)>,
    any: RegexSet,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let read: Vec<Shape> =
        serde_saphyr::from_str(SHAPES_TEXT).expect("the test of the shapes reads them all");
    // Credentials are ASCII. By Unicode's idea of a word the set has so many states that it is searched without an automaton, which
    // takes a hundred times as long.
    let ascii = |shape: &Shape| shape.regex.replace(r"\b", r"(?-u:\b)");
    let regexes: Vec<String> = read.iter().map(ascii).collect();
    let any = RegexSetBuilder::new(&regexes)
        .dfa_size_limit(AUTOMATON_BYTES)
        .build()
        .expect("the test of the shapes compiles them all");
    let compile = |shape: Shape| {
        let regex = Regex::new(&ascii(&shape)).expect("the set has compiled it");
        (shape, regex)
    };
    Shapes {
        shapes: read.into_iter().map(compile).collect(),
        any,
    }
});

/// Every shape.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    SHAPES.shapes.iter().map(|(shape, _)| shape)
}

/// Scans every text file, hands out each finding, and returns the unread files; binary ones are not named, as a picture is no lapse.
pub(crate) fn scan(files: &[SourceFile], mut found: impl FnMut(Finding)) -> Vec<Unread> {
    let mut unread = Vec::new();
    for file in files {
        match scan_file(file) {
            Ok(all) => all.into_iter().for_each(&mut found),
            Err(why) if why.is_text => unread.push(why),
            Err(_) => {}
        }
    }
    unread
}

fn scan_file(file: &SourceFile) -> Result<Vec<Finding>, Unread> {
    let path = &file.path;
    if env_file::is_env_file(path) && file.bytes > MAX_FILE_BYTES {
        Ok(vec![env_file::too_large(path, file.bytes)])
    } else if env_file::is_env_file(path) {
        Ok(scan_text(path, &env_file::text(&file.content()?)))
    } else if NOT_SCANNED.iter().any(|end| path.ends_with(end)) {
        Ok(Vec::new())
    } else {
        Ok(scan_text(path, &file.text()?))
    }
}

/// Scans one text for credentials, and for values if it is an environment file.
#[must_use]
pub fn scan_text(path: &str, text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let mut findings: Vec<Finding> = found(text, PER_SHAPE_AND_FILE)
        .into_iter()
        .map(|(shape, range)| finding(path, text, &lines, shape, range.start))
        .collect();
    findings.extend(env_file::scan(path, text));
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    findings
}

/// A text that is handed on, such as the output of a build, with asterisks behind the beginning of whatever looks like a credential.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut secrets: Vec<Range<usize>> = found(text, usize::MAX)
        .into_iter()
        .map(|(_, range)| range)
        .collect();
    secrets.sort_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut told = 0;
    for secret in secrets {
        let beginning = text[secret.clone()].chars().take(SHOWN).map(char::len_utf8);
        masked.push_str(&text[told..secret.start + beginning.sum::<usize>()]);
        masked.push_str(MASK);
        told = secret.end;
    }
    masked.push_str(&text[told..]);
    masked
}

/// Where credentials are, none over another, in the order of the shapes; `most` of each shape.
fn found(text: &str, most: usize) -> Vec<(&'static Shape, Range<usize>)> {
    let mut found: Vec<(&Shape, Range<usize>)> = Vec::new();
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for index in SHAPES.any.matches(text) {
        let (shape, regex) = &SHAPES.shapes[index];
        let mut count = 0;
        for captures in regex.captures_iter(text) {
            let Some(secret) = captures.name("secret").or_else(|| captures.get(0)) else {
                continue;
            };
            // The shapes stand from the plainest to the vaguest: what a provider's shape took is not told again.
            let before = taken.range(..secret.end()).next_back();
            let overlaps = before.is_some_and(|(_, end)| secret.start() < *end);
            if overlaps || count == most || !is_secret(secret.as_str(), shape) {
                continue;
            }
            count += 1;
            taken.insert(secret.start(), secret.end());
            found.push((shape, secret.range()));
        }
    }
    found
}

fn is_secret(text: &str, shape: &Shape) -> bool {
    let lower = text.to_ascii_lowercase();
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    entropy(text) >= shape.entropy
        && !PLACEHOLDERS
            .iter()
            .any(|placeholder| lower.contains(placeholder))
        && !PUBLISHED.contains(&text)
        && (!shape.mixed || (mixed && !looks_like_code(text)))
}

/// A path of properties, a file name or words in a row: `config.payment.apiKey1`, `x-api-key-2`.
fn looks_like_code(text: &str) -> bool {
    let words = text
        .split(['.', '-', '_', '/'])
        .filter(|word| !word.is_empty());
    let (mut count, mut plain) = (0, 0);
    for word in words {
        count += 1;
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        plain += usize::from(
            word.len() < 20
                && letters.chars().all(|c| c.is_ascii_alphabetic())
                && letters.len() > 1,
        );
    }
    count > 1 && plain * 2 > count
}

/// Shannon's, in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / length;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| -share(*count) * share(*count).log2())
        .sum()
}

fn finding(path: &str, text: &str, lines: &[&str], shape: &Shape, at: usize) -> Finding {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let line = number(before.matches('\n').count() + 1);
    let column = number(text[line_start..at].chars().count() + 1);
    let shown: String = text[at..].chars().take(SHOWN).collect();
    let suppressed = crate::suppression::at(lines, line, &shape.id).map(|found| found.reason);
    Finding {
        check: Check::Secrets,
        rule: shape.id.clone(),
        severity: shape.severity,
        title: shape.title.clone(),
        message: format!(
            "This looks like a real credential: it begins with \"{}\". Whoever can read the repository has it.",
            shown.escape_debug()
        ),
        remedy: shape.remedy.clone(),
        cwe: Some("CWE-798".to_owned()),
        place: Place {
            file: path.to_owned(),
            line,
            column,
            end_line: line,
            ..Place::default()
        },
        waived: suppressed.filter(|reason| !reason.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_finds_its_bad_samples_and_leaves_its_good_ones() {
        let mut wrong = Vec::new();
        for shape in shapes() {
            for bad in &shape.bad {
                let found = scan_text("f", &bad.replace('~', ""));
                if !found.iter().any(|finding| finding.rule == shape.id) {
                    wrong.push(format!(
                        "{} does not find {bad} (found {:?})",
                        shape.id,
                        found.iter().map(|one| &one.rule).collect::<Vec<_>>()
                    ));
                }
            }
            for good in &shape.good {
                for finding in scan_text("f", good) {
                    wrong.push(format!(
                        "{} finds {good}, a good sample of {}",
                        finding.rule, shape.id
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_finding_shows_the_place_and_only_the_beginning() {
        let token = format!("ghp_{}", "k3JdP9sWq7LzX2vBn8MfR4tYh6GcA1eU5oIy");
        let text = format!("a\n  token: \"{token}\"\n");
        let finding = scan_text("service/settings.yml", &text).pop().unwrap();
        assert_eq!((finding.place.line, finding.place.column), (2, 11));
        let told = format!("{finding:?}");
        assert!(!told.contains("k3JdP9"), "{told}");
    }

    #[test]
    fn a_text_is_masked_wherever_a_credential_stands_and_nowhere_else() {
        let token = format!("ghp_{}", "k3JdP9sWq7LzX2vBn8MfR4tYh6GcA1eU5oIy");
        let text = format!(
            "$ npm run build\n{}done: ä\n",
            format!("token={token}\n").repeat(12)
        );
        let masked = masked(&text);
        assert_eq!(
            masked,
            format!(
                "$ npm run build\n{}done: ä\n",
                "token=ghp_********\n".repeat(12)
            )
        );
        assert_eq!(super::masked(&masked), masked);
    }
}

//! How good the rules are over their own samples and the corpus: the table of docs/checks.md is what comes out here.

use std::path::Path;

use checks::sast::{Family, Grammar, rules, scan_text};
use checks::secrets;

use crate::rules::{corpus, found, grammars, marks};

const BEGIN: &str =
    "<!-- precision and recall: written by UPDATE_DOCS=1 cargo test -p checks -->\n";
const END: &str = "<!-- end of precision and recall -->\n";

/// What was to be found and was, what was missed, and what was found where nothing is.
#[derive(Default)]
struct Score {
    found: u32,
    missed: u32,
    extra: u32,
}

impl Score {
    fn count(&mut self, is_bad: bool, is_found: bool) {
        match (is_bad, is_found) {
            (true, true) => self.found += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.extra += 1,
            (false, false) => {}
        }
    }

    fn row(&self, over: &str, what: &str) -> String {
        let Self {
            found,
            missed,
            extra,
        } = *self;
        let share = |of: u32| f64::from(found) / f64::from(found + of);
        let (precision, recall) = (share(extra), share(missed));
        let to_find = found + missed;
        format!(
            "| {over} | {what} | {found} of {to_find} | {extra} | {precision:.2} | {recall:.2} |\n"
        )
    }
}

/// A rule is asked for its own samples only: other rules may well find something in them.
fn samples_of_rules(family: Family) -> Score {
    let mut score = Score::default();
    // The grammar that reads most of the samples.
    let grammar = grammars(family)[0];
    for rule in rules().iter().filter(|rule| rule.language == family) {
        let finds = |text: &str| {
            let found = scan_text("sample", text, grammar).expect("a sample can be parsed");
            found.iter().any(|one| one.rule == rule.id)
        };
        for sample in &rule.samples.bad {
            score.count(true, finds(sample));
        }
        for sample in &rule.samples.good {
            score.count(false, finds(sample));
        }
    }
    score
}

/// A shape's good samples are nobody's secret.
fn samples_of_shapes() -> Score {
    let mut score = Score::default();
    for shape in secrets::shapes() {
        for sample in &shape.bad {
            let found = secrets::scan_text("f", &sample.replace('~', ""));
            score.count(true, found.iter().any(|one| one.rule == shape.id));
        }
        for sample in &shape.good {
            score.count(false, !secrets::scan_text("f", sample).is_empty());
        }
    }
    score
}

fn of_corpus(family: Family) -> Score {
    let mut score = Score::default();
    for file in corpus() {
        let grammar = Grammar::of(&file.path).expect("a source file");
        if grammars(family).contains(&grammar) {
            let text = file.text().expect("readable");
            let mut found = found(&file, &text);
            for mark in marks(&text) {
                score.count(true, found.remove(&mark));
            }
            score.extra += u32::try_from(found.len()).expect("a few");
        }
    }
    score
}

fn table() -> String {
    let mut table =
        "| Over | What | Found | Extra | Precision | Recall |\n|---|---|---|---|---|---|\n"
            .to_owned();
    let languages = [
        (Family::Javascript, "JavaScript, TypeScript"),
        (Family::Java, "Java"),
    ];
    for (family, name) in languages {
        table += &samples_of_rules(family).row("Samples of the rules", name);
    }
    table += &samples_of_shapes().row("Samples of the shapes", "Credentials");
    for (family, name) in languages {
        table += &of_corpus(family).row("Corpus", name);
    }
    table
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the person at the keyboard"
)]
fn the_table_in_the_docs_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks.md");
    let page = std::fs::read_to_string(&path).expect("docs/checks.md");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var("UPDATE_DOCS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &wanted).expect("docs is writable");
    } else {
        assert!(
            page == wanted,
            "the table of docs/checks.md is not what the samples say: run UPDATE_DOCS=1 cargo test -p checks"
        );
    }
}

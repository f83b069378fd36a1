//! Every rule finds its own bad samples and leaves its good ones, in each grammar that reads its language.

use std::collections::BTreeSet;
use std::path::Path;

use checks::SourceFile;
use checks::sast::{Family, Grammar, rules, scan_text};
use domain::spec::Spec;

pub(crate) fn grammars(family: Family) -> &'static [Grammar] {
    match family {
        Family::Javascript => &[Grammar::Tsx, Grammar::TypeScript],
        Family::Java => &[Grammar::Java],
    }
}

#[test]
fn every_rule_finds_its_bad_samples_and_leaves_its_good_ones() {
    let mut wrong = Vec::new();
    for rule in rules() {
        for grammar in grammars(rule.language) {
            // There are no JSX elements in a .ts file.
            let read = |sample: &&String| {
                *grammar != Grammar::TypeScript || !(sample.contains("/>") || sample.contains("</"))
            };
            let finds = |sample: &str| {
                let found = scan_text("sample", sample, *grammar).expect("a sample can be parsed");
                found.iter().any(|finding| finding.rule == rule.id)
            };
            let missed = rule
                .samples
                .bad
                .iter()
                .filter(read)
                .filter(|sample| !finds(sample));
            wrong
                .extend(missed.map(|sample| format!("{} misses ({grammar:?}): {sample}", rule.id)));
            let noise = rule
                .samples
                .good
                .iter()
                .filter(read)
                .filter(|sample| finds(sample));
            wrong.extend(
                noise.map(|sample| format!("{} wrongly finds ({grammar:?}): {sample}", rule.id)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of the corpus.
pub(crate) fn corpus() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let files = checks::files(&root, &Spec::default());
    files.expect("the corpus").files
}

/// What the comments of a file of the corpus say is found there, by line and rule.
pub(crate) fn marks(text: &str) -> Vec<(u32, String)> {
    let mut marks = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some((_, ids)) = line.split_once("finds: ") {
            let ids = ids.trim_end_matches("*/}").split(',');
            marks.extend(ids.map(|id| (number, id.trim().to_owned())));
        }
    }
    marks
}

/// What is found in a file of the corpus, by line and rule.
pub(crate) fn found(file: &SourceFile, text: &str) -> BTreeSet<(u32, String)> {
    let grammar = Grammar::of(&file.path).expect("a source file");
    let found = scan_text(&file.path, text, grammar).expect("a corpus file can be parsed");
    let place = |one: checks::Finding| (one.place.line, one.rule);
    found.into_iter().map(place).collect()
}

/// Files like those of connectors; a comment at a line's end says what is found there.
#[test]
fn the_corpus_is_found_where_it_is_marked_and_nowhere_else() {
    let (mut marked, mut wrong) = (0, Vec::new());
    for file in corpus() {
        let text = file.text().expect("readable");
        let mut found = found(&file, &text);
        for (number, id) in marks(&text) {
            marked += 1;
            if !found.remove(&(number, id.clone())) {
                wrong.push(format!("{}:{number} {id} is missed", file.path));
            }
        }
        wrong.extend(
            found
                .iter()
                .map(|(line, id)| format!("{}:{line} {id} is noise", file.path)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(marked > 150, "only {marked} marks were read");
}

#[test]
fn every_rule_has_an_id_of_its_own_a_weakness_samples_and_whole_sentences() {
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for rule in rules() {
        if !ids.insert(&rule.id) {
            wrong.push(format!("{} is there twice", rule.id));
        }
        let number = rule
            .cwe
            .strip_prefix("CWE-")
            .and_then(|number| number.parse::<u32>().ok());
        if number.is_none() {
            wrong.push(format!("{}: {} is no weakness", rule.id, rule.cwe));
        }
        if rule.samples.bad.len() < 2 || rule.samples.good.len() < 2 {
            wrong.push(format!("{} has too few samples", rule.id));
        }
        for text in [&rule.message, &rule.remedy] {
            if !text.trim_end().ends_with('.') {
                wrong.push(format!("{}: no sentence: {text}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_at_least_forty_rules_for_javascript_and_fifteen_for_java() {
    let count = |family| {
        rules()
            .iter()
            .filter(|rule| rule.language == family)
            .count()
    };
    assert!(
        count(Family::Javascript) >= 40,
        "{}",
        count(Family::Javascript)
    );
    assert!(count(Family::Java) >= 15, "{}", count(Family::Java));
}

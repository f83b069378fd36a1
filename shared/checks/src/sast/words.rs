//! Most files have nothing that most rules are about: of each rule the words are derived of which every match has one, and a file without
//! them is not searched by that rule. A word that is derived wrongly would hide findings, so where it is not sure there is none.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use serde_json::{Map, Value};

/// A shorter word is in nearly every file.
const SHORTEST: usize = 3;
/// Matchers that name each other go no deeper.
const DEEPEST: usize = 30;

/// One of these is in every text that a matcher matches.
type Words = BTreeSet<String>;

/// The words of some rules, looked for all at once.
pub(super) struct Index {
    search: AhoCorasick,
    /// For each rule the places of its words; none for one that is for every file.
    of_rules: Vec<Option<Vec<usize>>>,
}

impl Index {
    /// Of rules as their files hold them; `shared` are the matchers that they may name.
    pub(super) fn of(rules: &[Value], shared: &Map<String, Value>) -> Self {
        let words: Vec<Option<Words>> = rules.iter().map(|rule| of_rule(rule, shared)).collect();
        let all: Words = words.iter().flatten().flatten().cloned().collect();
        let all: Vec<String> = all.into_iter().collect();
        let place = |word: &String| all.binary_search(word).expect("it is one of all");
        let places = |words: &Words| words.iter().map(place).collect();
        Self {
            of_rules: words
                .iter()
                .map(|words| words.as_ref().map(places))
                .collect(),
            search: AhoCorasick::new(&all).expect("a few thousand short words fit"),
        }
    }

    /// For each rule, whether it is for every file.
    #[cfg(test)]
    pub(super) fn for_every_file(&self) -> impl Iterator<Item = bool> {
        self.of_rules.iter().map(Option::is_none)
    }

    /// For each rule, whether it can match anything in a text.
    pub(super) fn can_match(&self, text: &str) -> Vec<bool> {
        let mut found = vec![false; self.search.patterns_len()];
        for word in self.search.find_overlapping_iter(text) {
            found[word.pattern().as_usize()] = true;
        }
        let any = |words: &Vec<usize>| words.iter().any(|word| found[*word]);
        let rules = self.of_rules.iter();
        rules.map(|words| words.as_ref().is_none_or(any)).collect()
    }
}

fn of_rule(rule: &Value, shared: &Map<String, Value>) -> Option<Words> {
    // As the rules are compiled: a shared matcher takes the place of a rule's own of the same name.
    let mut utils = rule["utils"].as_object().cloned().unwrap_or_default();
    utils.extend(shared.clone());
    of(&rule["rule"], &utils, 0)
}

/// Of a matcher, all of whose keys must hold: the best of what they need.
fn of(matcher: &Value, utils: &Map<String, Value>, depth: usize) -> Option<Words> {
    let within = |value: &Value| of(value, utils, depth + 1);
    let mut needed = Vec::new();
    for (key, value) in matcher.as_object().filter(|_| depth < DEEPEST)? {
        match key.as_str() {
            "regex" => needed.extend(value.as_str().and_then(of_regex)),
            "pattern" => needed.extend(identifiers(value)),
            // What is inside, around, before or after a node is in the same file.
            "has" | "inside" | "precedes" | "follows" => needed.extend(within(value)),
            "all" => needed.extend(value.as_array()?.iter().filter_map(within)),
            "any" => {
                let ways: Option<Vec<Words>> = value.as_array()?.iter().map(within).collect();
                needed.extend(ways.map(|ways| ways.into_iter().flatten().collect()));
            }
            "matches" => {
                let named = value.as_str().and_then(|name| utils.get(name));
                needed.extend(named.and_then(within));
            }
            _ => {}
        }
    }
    needed.into_iter().max_by_key(|words: &Words| {
        let shortest = words.iter().map(String::len).min();
        (shortest, std::cmp::Reverse(words.len()))
    })
}

/// With one of these every match begins, or ends.
fn of_regex(regex: &str) -> Option<Words> {
    let parsed = regex_syntax::parse(regex).ok()?;
    let ends = [ExtractKind::Prefix, ExtractKind::Suffix];
    ends.into_iter().find_map(|end| {
        let found = Extractor::new().kind(end).extract(&parsed);
        let texts = found.literals()?.iter();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let words: Words = texts
            .map(|one| text(one.as_bytes()))
            .collect::<Option<_>>()?;
        let long = words.iter().all(|word| word.len() >= SHORTEST);
        (long && !words.is_empty()).then_some(words)
    })
}

/// The longest name of a pattern, which stands for itself in all that it matches; what stands in quotes may be written in another way.
fn identifiers(pattern: &Value) -> Option<Words> {
    let text = pattern.as_str()?;
    if text.contains(['\'', '"', '`']) {
        return None;
    }
    let names = text.split(|one: char| !(one.is_alphanumeric() || one == '_' || one == '$'));
    let names = names.filter(|name| !name.contains('$') && name.len() >= SHORTEST);
    let longest = names.max_by_key(|name| name.len())?;
    Some(Words::from([longest.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(matcher: &Value) -> String {
        let utils = json!({"hash": {"regex": "^(md5|sha1)$"}, "self": {"matches": "self"}});
        match of(matcher, utils.as_object().unwrap(), 0) {
            Some(words) => words.into_iter().collect::<Vec<_>>().join(" "),
            None => "every file".to_owned(),
        }
    }

    #[test]
    fn every_match_has_one_of_the_words() {
        for (matcher, expected) in [
            (
                json!({"kind": "call_expression", "regex": r"^(crypto\.)?createHash\("}),
                "createHash( crypto.createHash(",
            ),
            (
                json!({"has": {"field": "function", "regex": "exec(Sync)?$"}}),
                "exec execSync",
            ),
            (
                json!({"any": [{"regex": "^eval$"}, {"matches": "hash"}]}),
                "eval md5 sha1",
            ),
            (
                json!({"all": [{"regex": "^(a|b)"}, {"inside": {"regex": "password"}}]}),
                "password",
            ),
            (json!({"pattern": "Object.assign($A, $$$REST)"}), "assign"),
            // What need not be there, is short, or may be written otherwise, is no word.
            (
                json!({"any": [{"regex": "^eval$"}, {"kind": "string"}]}),
                "every file",
            ),
            (json!({"not": {"regex": "^eval$"}}), "every file"),
            (json!({"regex": "^a.*"}), "every file"),
            (json!({"pattern": "require('fs')"}), "every file"),
            (json!({"matches": "self"}), "every file"),
        ] {
            assert_eq!(words(&matcher), expected, "{matcher}");
        }
    }

    #[test]
    fn a_rule_is_left_out_where_none_of_its_words_is() {
        let rules = [
            json!({"rule": {"regex": "^createHash"}}),
            json!({"rule": {"kind": "string"}}),
            json!({"rule": {"matches": "own"}, "utils": {"own": {"regex": "Hash$"}}}),
        ];
        let index = Index::of(&rules, &Map::new());
        assert_eq!(
            index.can_match("crypto.createHash('md5')"),
            [true, true, true]
        );
        assert_eq!(index.can_match("toHash()"), [false, true, true]);
        assert_eq!(index.can_match(""), [false, true, false]);
    }
}

//! The rules are data: each says what it finds, why that matters and what to do, and carries samples that a test runs.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::thread;

use ast_grep_config::{DeserializeEnv, RuleCore, SerializableRule, SerializableRuleCore};
use ast_grep_core::Matcher;
use serde::Deserialize;

use super::language::Grammar;
use super::words::Index;
use crate::finding::Severity;

/// All rules, as their files hold them.
pub(crate) const RULES: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.yml"));
/// The matchers that the rules of JavaScript, and those of Java, share.
pub(crate) const SHARED: [&str; 2] = [
    include_str!("../../rules/utils/javascript.yml"),
    include_str!("../../rules/utils/java.yml"),
];

/// What a rule reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// JavaScript and TypeScript.
    Javascript,
    /// Java.
    Java,
}

/// Code that a rule must find, and code that it must not.
#[derive(Debug, Clone, Deserialize)]
pub struct Samples {
    /// Each is found.
    pub bad: Vec<String>,
    /// None is found.
    pub good: Vec<String>,
}

/// A rule as its file holds it.
#[derive(Clone, Deserialize)]
pub struct Rule {
    /// Stable: suppressions and waivers name it.
    pub id: String,
    /// What it reads.
    pub language: Family,
    /// How bad a finding is.
    pub severity: Severity,
    /// The weakness, such as `CWE-78` (cwe.mitre.org).
    pub cwe: String,
    /// A few words.
    pub title: String,
    /// What is wrong and why it matters.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The pattern, as ast-grep writes it.
    #[serde(flatten)]
    core: SerializableRuleCore,
    /// Its own test.
    pub samples: Samples,
}

/// Matchers that the rules of a language share, by name; a rule names one with `matches`.
#[derive(Deserialize)]
struct Shared {
    utils: HashMap<String, SerializableRule>,
}

impl Family {
    fn shared(self) -> HashMap<String, SerializableRule> {
        let text = match self {
            Self::Javascript => SHARED[0],
            Self::Java => SHARED[1],
        };
        let shared: Shared =
            ast_grep_config::from_str(text).expect("the test of the rules reads it");
        shared.utils
    }
}

/// The rules of one grammar, found by the kind of node at which each can begin.
pub(crate) struct RuleSet {
    rules: Vec<(&'static Rule, RuleCore)>,
    by_kind: Vec<Vec<usize>>,
    words: Index,
}

impl RuleSet {
    fn of(grammar: Grammar) -> Self {
        let family = match grammar {
            Grammar::Tsx | Grammar::TypeScript => Family::Javascript,
            Grammar::Java => Family::Java,
        };
        let shared = family.shared();
        let ours: Vec<&Rule> = all()
            .iter()
            .filter(|rule| rule.language == family)
            .collect();
        // Two thousand patterns take half a second, for which a creator waits.
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (rules, words) = thread::scope(|scope| {
            let compile = |part: &[&'static Rule]| {
                let compiled = part.iter().map(|rule| compiled(rule, &shared, grammar));
                compiled.collect::<Vec<_>>()
            };
            let parts: Vec<_> = ours
                .chunks(ours.len().div_ceil(threads))
                .map(|part| scope.spawn(move || compile(part)))
                .collect();
            let words = words(&ours, &shared);
            let rules = parts
                .into_iter()
                .flat_map(|part| part.join().expect("a rule compiles"));
            (rules.collect::<Vec<_>>(), words)
        });
        let mut by_kind: Vec<Vec<usize>> = Vec::new();
        for (index, (_, core)) in rules.iter().enumerate() {
            for kind in &core.potential_kinds().unwrap_or_default() {
                if by_kind.len() <= kind {
                    by_kind.resize(kind + 1, Vec::new());
                }
                by_kind[kind].push(index);
            }
        }
        Self {
            rules,
            by_kind,
            words,
        }
    }

    /// The rules that can match anything in a text.
    pub(crate) fn of_text(&self, text: &str) -> RulesOfText<'_> {
        RulesOfText {
            set: self,
            can_match: self.words.can_match(text),
        }
    }
}

/// The rules of one text.
pub(crate) struct RulesOfText<'a> {
    set: &'a RuleSet,
    can_match: Vec<bool>,
}

impl<'a> RulesOfText<'a> {
    /// Those that can begin at a node of this kind.
    pub(crate) fn at(&self, kind: u16) -> impl Iterator<Item = &'a (&'static Rule, RuleCore)> {
        let by_kind = self.set.by_kind.get(usize::from(kind));
        let indices = by_kind.map_or(&[][..], Vec::as_slice).iter();
        indices
            .filter(|index| self.can_match[**index])
            .map(|index| &self.set.rules[*index])
    }
}

fn words(rules: &[&Rule], shared: &HashMap<String, SerializableRule>) -> Index {
    let plain = "a rule is plain data";
    let rules = rules
        .iter()
        .map(|rule| serde_json::to_value(&rule.core).expect(plain));
    let named = |(name, matcher): (&String, &SerializableRule)| {
        (name.clone(), serde_json::to_value(matcher).expect(plain))
    };
    Index::of(
        &rules.collect::<Vec<_>>(),
        &shared.iter().map(named).collect(),
    )
}

fn compiled(
    rule: &'static Rule,
    shared: &HashMap<String, SerializableRule>,
    grammar: Grammar,
) -> (&'static Rule, RuleCore) {
    let mut core = rule.core.clone();
    core.utils.get_or_insert_default().extend(shared.clone());
    let core = core.get_matcher(DeserializeEnv::new(grammar));
    (
        rule,
        core.expect("the test of the rules compiles each for its grammars"),
    )
}

/// Every rule, in the order of the files.
#[must_use]
pub fn all() -> &'static [Rule] {
    static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        ast_grep_config::from_multiple(RULES).expect("the test of the rules reads them all")
    });
    &ALL
}

/// The rules of a grammar.
pub(crate) fn of(grammar: Grammar) -> &'static RuleSet {
    static TSX: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::of(Grammar::Tsx));
    static TYPESCRIPT: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::of(Grammar::TypeScript));
    static JAVA: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::of(Grammar::Java));
    match grammar {
        Grammar::Tsx => &TSX,
        Grammar::TypeScript => &TYPESCRIPT,
        Grammar::Java => &JAVA,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rules_search_every_file() {
        let without = |grammar| {
            let set: &RuleSet = of(grammar);
            let rules = set.rules.iter().zip(set.words.for_every_file());
            let ids = rules
                .filter(|(_, every)| *every)
                .map(|((rule, _), _)| rule.id.as_str());
            ids.collect::<Vec<_>>().join(" ")
        };
        insta::assert_snapshot!(without(Grammar::TypeScript), @"js-timing-unsafe-comparison js-dynamic-module js-command-injection js-hard-coded-secret js-secret-logged js-graphql-injection js-path-traversal js-unguarded-deep-merge js-redos js-ssrf");
        insta::assert_snapshot!(without(Grammar::Java), @"java-weak-cipher java-hard-coded-secret java-credentials-in-url");
    }
}

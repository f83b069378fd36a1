//! The rules are data: each says what it finds, why that matters and what to do, and carries samples that a test runs.

use std::collections::HashMap;
use std::sync::LazyLock;

use ast_grep_config::{DeserializeEnv, RuleCore, SerializableRule, SerializableRuleCore};
use ast_grep_core::Matcher;
use serde::Deserialize;

use super::language::Grammar;
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
}

impl RuleSet {
    fn of(grammar: Grammar) -> Self {
        let family = match grammar {
            Grammar::Tsx | Grammar::TypeScript => Family::Javascript,
            Grammar::Java => Family::Java,
        };
        let shared = family.shared();
        let rules: Vec<(&Rule, RuleCore)> = all()
            .iter()
            .filter(|rule| rule.language == family)
            .map(|rule| {
                let mut core = rule.core.clone();
                core.utils.get_or_insert_default().extend(shared.clone());
                let core = core.get_matcher(DeserializeEnv::new(grammar));
                (
                    rule,
                    core.expect("the test of the rules compiles each for its grammars"),
                )
            })
            .collect();
        let mut by_kind: Vec<Vec<usize>> = Vec::new();
        for (index, (_, core)) in rules.iter().enumerate() {
            for kind in &core.potential_kinds().unwrap_or_default() {
                if by_kind.len() <= kind {
                    by_kind.resize(kind + 1, Vec::new());
                }
                by_kind[kind].push(index);
            }
        }
        Self { rules, by_kind }
    }

    /// The rules that can begin at a node of this kind.
    pub(crate) fn at(&self, kind: u16) -> impl Iterator<Item = &(&'static Rule, RuleCore)> {
        let indices = self
            .by_kind
            .get(usize::from(kind))
            .map_or(&[][..], Vec::as_slice);
        indices.iter().map(|index| &self.rules[*index])
    }
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

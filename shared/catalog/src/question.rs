//! A search as a question to the index. Who may see a Connector is one condition among the others: what a Project may not see is never a hit.

use domain::connector::IntegrationType;
use domain::names::{Key, ProjectKey};
use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, PhrasePrefixQuery, Query,
    TermQuery, TermSetQuery,
};
use tantivy::schema::IndexRecordOption;
use uuid::Uuid;

use crate::document::{EVERYONE, Fields};

/// What is looked for; what is empty does not narrow.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who looks.
    pub project: ProjectKey,
    /// Words, as [`words`](crate::words()) makes them, that must all be in the name or the description; the last may be
    /// the beginning of one.
    pub words: Vec<String>,
    /// True: only those that are private. False: all that are available.
    pub private: Option<bool>,
    /// The creator's company.
    pub company: Option<String>,
    /// Any of these ids.
    pub ids: Vec<Uuid>,
    /// Any of these keys.
    pub keys: Vec<Key>,
    /// Any of these types.
    pub integration_types: Vec<IntegrationType>,
}

/// A word of so many letters may have one typing error; in a shorter one it would make another word.
const TYPO_FROM: usize = 4;
/// A longer word is not looked for with errors: what it costs grows with its length.
const TYPO_TO: usize = 32;

// Where a word is found counts first, how it is found second. The scores of several words add up.
const IN_NAME: f32 = 3.0;
const EXACT: f32 = 3.0;
const PREFIX: f32 = 2.0;
const TYPO: f32 = 1.0;

impl Search {
    pub(crate) fn question(&self, fields: Fields) -> Box<dyn Query> {
        let text = |field, text: &str| Term::from_field_text(field, text);
        let mut conditions = vec![any([
            text(fields.audience, EVERYONE),
            text(fields.audience, self.project.as_str()),
        ])];
        if self.private == Some(true) {
            conditions.push(any([Term::from_field_bool(fields.private, true)]));
        }
        if let Some(company) = &self.company {
            conditions.push(any([text(fields.company, company)]));
        }
        if !self.ids.is_empty() {
            conditions.push(any(self.ids.iter().map(|id| fields.term(*id))));
        }
        if !self.keys.is_empty() {
            let keys = self.keys.iter();
            conditions.push(any(keys.map(|key| text(fields.key, key.as_str()))));
        }
        if !self.integration_types.is_empty() {
            let kinds = self.integration_types.iter();
            conditions.push(any(kinds.map(|kind| {
                Term::from_field_u64(fields.integration_type, *kind as u64)
            })));
        }
        let last = self.words.len().saturating_sub(1);
        for (place, one) in self.words.iter().enumerate() {
            conditions.push(word(fields, one, place == last));
        }
        Box::new(BooleanQuery::intersection(conditions))
    }
}

/// So many terms are looked up one by one, and skip through the Connectors that another condition leaves; a set of more would first mark
/// all that it holds, which for those that everyone sees are most.
const FEW_TERMS: usize = 8;

/// Connectors that have any of the terms, whatever their rank.
fn any(terms: impl IntoIterator<Item = Term>) -> Box<dyn Query> {
    let terms: Vec<Term> = terms.into_iter().collect();
    let any: Box<dyn Query> = if terms.len() <= FEW_TERMS {
        Box::new(BooleanQuery::union(terms.iter().map(exact).collect()))
    } else {
        Box::new(TermSetQuery::new(terms))
    };
    Box::new(ConstScoreQuery::new(any, 0.0))
}

/// Connectors that have the word, ranked by the best place and way in which they have it.
fn word(fields: Fields, word: &str, last: bool) -> Box<dyn Query> {
    let mut ways: Vec<Box<dyn Query>> = Vec::new();
    for (field, place) in [(fields.name, IN_NAME), (fields.description, 0.0)] {
        let mut way =
            |query, score| ways.push(Box::new(ConstScoreQuery::new(query, place + score)));
        let term = Term::from_field_text(field, word);
        way(exact(&term), EXACT);
        if last {
            way(prefix(&term), PREFIX);
        }
        if (TYPO_FROM..=TYPO_TO).contains(&word.chars().count()) {
            way(typo(term, last), TYPO);
        }
    }
    Box::new(DisjunctionMaxQuery::new(ways))
}

fn exact(term: &Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic))
}

fn prefix(term: &Term) -> Box<dyn Query> {
    let mut prefix = PhrasePrefixQuery::new(vec![term.clone()]);
    prefix.set_max_expansions(u32::MAX);
    Box::new(prefix)
}

/// One letter too many, too few, another, or two in the wrong order.
fn typo(term: Term, last: bool) -> Box<dyn Query> {
    Box::new(if last {
        FuzzyTermQuery::new_prefix(term, 1, true)
    } else {
        FuzzyTermQuery::new(term, 1, true)
    })
}

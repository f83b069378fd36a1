//! Search over published Connectors: visibility is part of the question, so that no page, count or total tells of what the Project may
//! not see.

use domain::connector::{ConnectorRecord, IntegrationType};
use domain::names::{Key, ProjectKey};
use uuid::Uuid;

/// What is looked for; what is empty does not narrow.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who looks.
    pub project: ProjectKey,
    /// Words that begin words of the name or the description.
    pub text: Option<String>,
    /// True: only those assigned to the Project while they are private. False: all that are available.
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

impl Search {
    /// The Connectors among `all` that the search finds.
    #[must_use]
    pub fn among(&self, all: Vec<ConnectorRecord>) -> Vec<ConnectorRecord> {
        all.into_iter()
            .filter(|record| self.finds(record))
            .collect()
    }

    fn finds(&self, record: &ConnectorRecord) -> bool {
        let connector = &record.connector;
        let company = self.company.as_ref();
        record.listed
            && record.visible_to(&self.project)
            && (self.private != Some(true) || connector.private)
            && company.is_none_or(|wanted| connector.creator.company.as_ref() == Some(wanted))
            && any(&self.ids, |id| *id == connector.id)
            && any(&self.keys, |key| connector.key.as_ref() == Some(key))
            && any(&self.integration_types, |kind| {
                connector.integration_types.contains(kind)
            })
            && self.text.as_ref().is_none_or(|text| matches(text, record))
    }
}

fn any<T>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(is)
}

fn matches(text: &str, record: &ConnectorRecord) -> bool {
    let name = words(&record.connector.name);
    let description = record
        .connector
        .description
        .as_deref()
        .map(words)
        .unwrap_or_default();
    words(text).iter().all(|wanted| {
        name.iter()
            .chain(&description)
            .any(|word| word.starts_with(wanted.as_str()))
    })
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect()
}

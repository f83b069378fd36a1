//! The catalogue: one lean row for each Connector that search may find, and one row for each change of them, in the order of their commits.

use domain::connector::{ConnectorRecord, IntegrationType};
use domain::names::{Key, ProjectKey};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{self, RowKey};
use crate::row::{Index, Row};

/// What search knows of a listed Connector; a Connector that is not listed has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// The Connector's id.
    pub id: Uuid,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The creator's company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What it connects to.
    pub integration_types: Vec<IntegrationType>,
    /// Whether only its Projects see it.
    pub private: bool,
    /// Whether every Project sees it.
    pub certified: bool,
    /// The Projects that see it in any case: its owner and its private Projects.
    pub projects: Vec<ProjectKey>,
    /// The first publication.
    pub created_at: Timestamp,
    /// The last change.
    pub last_modified_at: Timestamp,
}

impl Listing {
    /// What search knows of a Connector; none where it is not listed.
    #[must_use]
    pub fn of(record: &ConnectorRecord) -> Option<Self> {
        let connector = &record.connector;
        let projects = [&record.owner].into_iter().chain(&record.private_projects);
        record.listed.then(|| Self {
            id: connector.id,
            key: connector.key.clone(),
            name: connector.name.clone(),
            description: connector.description.clone(),
            company: connector.creator.company.clone(),
            integration_types: connector.integration_types.clone(),
            private: connector.private,
            certified: connector.certified,
            projects: projects.cloned().collect(),
            created_at: record.created_at,
            last_modified_at: record.last_modified_at,
        })
    }
}

impl Row for Listing {
    fn key(&self) -> RowKey {
        keys::listing(self.id)
    }

    // It is written with its Connector only, whose version guards both.
    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}

/// Which Connectors one commit changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ChangeRow {
    /// Its place in the order of all changes, from 1.
    pub(crate) number: u64,
    /// The Connectors: published, changed, unlisted or deleted.
    pub(crate) ids: Vec<Uuid>,
}

impl Row for ChangeRow {
    fn key(&self) -> RowKey {
        keys::catalogue_change(self.number)
    }

    // It is written once.
    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}

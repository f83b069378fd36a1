//! The contract's resources as rows, listed by their owners.

use domain::certification::CertificationRequest;
use domain::connector::ConnectorRecord;
use domain::connector_staged::ConnectorStagedRecord;
use domain::deployment::{DeploymentRecord, RevisionRecord};

use crate::catalogue::Change;
use crate::keys::{self, RowKey, lists};
use crate::list::{Entry, Listed};
use crate::row::{Index, Row};
use crate::rows::Listing;

impl Row for ConnectorStagedRecord {
    fn key(&self) -> RowKey {
        keys::staged(self.staged.id)
    }

    fn version(&self) -> u64 {
        self.staged.version
    }

    fn index(&self) -> Index {
        let waiting = |request: &CertificationRequest| {
            let order = format!("{}#{}", request.requested_at, self.staged.id);
            self.in_certification()
                .then(|| (lists::CERTIFICATIONS.to_owned(), order))
        };
        Index {
            queue: self.certification.as_ref().and_then(waiting),
            ..Index::default()
        }
    }

    fn listed(&self) -> Option<Listed> {
        let entry = Entry {
            id: self.staged.id,
            created_at: self.created_at,
            last_modified_at: self.last_modified_at,
            name: self.staged.name.clone(),
            key: self.staged.key.clone(),
            private: Some(self.staged.private),
            integration_types: self.staged.integration_types.clone(),
            deployment_type: None,
        };
        Some(Listed::new(lists::staged(&self.owner), entry, &self.staged))
    }
}

impl Row for ConnectorRecord {
    fn key(&self) -> RowKey {
        keys::connector(self.connector.id)
    }

    fn version(&self) -> u64 {
        self.connector.version
    }

    fn index(&self) -> Index {
        Index::default()
    }

    fn change(&self) -> Option<Change> {
        Some(Change {
            id: self.connector.id,
            listing: Listing::of(self),
        })
    }
}

impl Row for DeploymentRecord {
    fn key(&self) -> RowKey {
        keys::deployment(self.deployment.id)
    }

    fn version(&self) -> u64 {
        self.deployment.version
    }

    fn index(&self) -> Index {
        let order = format!("{}#{}", self.created_at, self.deployment.id);
        Index {
            queue: self.serving.map(|_| (lists::SERVING.to_owned(), order)),
            ..Index::default()
        }
    }

    fn listed(&self) -> Option<Listed> {
        let deployment = &self.deployment;
        let entry = Entry {
            id: deployment.id,
            created_at: self.created_at,
            last_modified_at: self.last_modified_at,
            name: deployment.connector.name.clone(),
            key: deployment.key.clone(),
            private: None,
            integration_types: deployment.connector.integration_types.clone(),
            deployment_type: Some(deployment.kind),
        };
        Some(Listed::new(lists::deployments(&self.owner), entry, self))
    }
}

impl Row for RevisionRecord {
    fn key(&self) -> RowKey {
        keys::revision(self.deployment, self.number)
    }

    // A revision is written once.
    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}

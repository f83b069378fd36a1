//! The contract's resources as rows, listed by their owners.

use domain::connector::ConnectorRecord;
use domain::connector_staged::ConnectorStagedRecord;
use domain::deployment::{DeploymentRecord, RevisionRecord};

use crate::keys::{self, RowKey, lists};
use crate::row::{Index, Row};

impl Row for ConnectorStagedRecord {
    fn key(&self) -> RowKey {
        keys::staged(self.staged.id)
    }

    fn version(&self) -> u64 {
        self.staged.version
    }

    fn index(&self) -> Index {
        Index {
            list: Some((
                lists::staged(&self.owner),
                format!("{}#{}", self.created_at, self.staged.id),
            )),
            ..Index::default()
        }
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
        Index {
            queue: Some((
                lists::CATALOGUE.to_owned(),
                format!("{}#{}", self.last_modified_at, self.connector.id),
            )),
            ..Index::default()
        }
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
            list: Some((lists::deployments(&self.owner), order.clone())),
            queue: self.serving.map(|_| (lists::SERVING.to_owned(), order)),
            expires: None,
        }
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

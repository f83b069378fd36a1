//! What a key looks like, and in which order an index lists. No other file builds one.

use domain::names::{Key, ProjectKey};
use domain::time::Timestamp;
use uuid::Uuid;

/// The table's own attribute names, shared with whoever creates the table.
pub const PARTITION: &str = "pk";
/// See [`PARTITION`].
pub const SORT: &str = "sk";
/// The index of API clients and events.
pub const LISTS: &str = "gsi1";
/// The index of what is under way or due.
pub const QUEUES: &str = "gsi2";
/// DynamoDB removes a row some time after this second.
pub const EXPIRES: &str = "expires_at";

/// The partition of a row and its place there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The partition.
    pub partition: String,
    /// The place.
    pub sort: String,
}

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.partition, self.sort)
    }
}

/// The place of a row in a partition of its own, or among what belongs to it.
pub(crate) const ROW: &str = "ROW";

fn row(partition: String) -> RowKey {
    RowKey {
        partition,
        sort: ROW.to_owned(),
    }
}

/// A ConnectorStaged.
#[must_use]
pub fn staged(id: Uuid) -> RowKey {
    row(format!("STAGED#{id}"))
}

/// The reservation of a ConnectorStaged's key: installation-wide.
#[must_use]
pub fn staged_key(key: &Key) -> RowKey {
    row(format!("STAGED-KEY#{key}"))
}

/// How many Deployments a draft and its Connector have.
#[must_use]
pub fn uses(staged: Uuid) -> RowKey {
    RowKey {
        partition: format!("STAGED#{staged}"),
        sort: "USES".to_owned(),
    }
}

/// The latest version of a Connector.
#[must_use]
pub fn connector(id: Uuid) -> RowKey {
    row(format!("CONNECTOR#{id}"))
}

/// The partition of what search may find.
pub(crate) const CATALOGUE: &str = "CATALOGUE";

/// What search knows of a Connector.
#[must_use]
pub fn listing(connector: Uuid) -> RowKey {
    RowKey {
        partition: CATALOGUE.to_owned(),
        sort: connector.to_string(),
    }
}

/// How many changes the catalogue has had.
#[must_use]
pub fn catalogue_changes() -> RowKey {
    row("CATALOGUE-COUNT".to_owned())
}

/// One change of the catalogue, in the order of their numbers.
#[must_use]
pub fn catalogue_change(number: u64) -> RowKey {
    RowKey {
        partition: "CATALOGUE-CHANGES".to_owned(),
        sort: format!("{number:020}"),
    }
}

/// A Deployment.
#[must_use]
pub fn deployment(id: Uuid) -> RowKey {
    row(format!("DEPLOYMENT#{id}"))
}

/// The reservation of a Deployment's key, within its Project.
#[must_use]
pub fn deployment_key(project: &ProjectKey, key: &Key) -> RowKey {
    row(format!("DEPLOYMENT-KEY#{project}#{key}"))
}

/// The places of a Deployment's revisions: before [`ROW`], so that one request reads them and their Deployment.
pub(crate) const REVISIONS: &str = "REVISION#";

/// One revision, in the order of their numbers.
#[must_use]
pub fn revision(deployment: Uuid, number: u64) -> RowKey {
    RowKey {
        sort: format!("{REVISIONS}{number:012}"),
        ..self::deployment(deployment)
    }
}

/// A run.
#[must_use]
pub fn run(id: Uuid) -> RowKey {
    row(format!("RUN#{id}"))
}

/// Who holds a run: a row of its own, so that a sign of life does not collide with the run's progress.
#[must_use]
pub fn lease(run: Uuid) -> RowKey {
    RowKey {
        partition: format!("RUN#{run}"),
        sort: "LEASE".to_owned(),
    }
}

/// A message that is to be sent.
#[must_use]
pub fn outbox(id: Uuid) -> RowKey {
    row(format!("OUTBOX#{id}"))
}

/// An API client.
#[must_use]
pub fn client(id: &str) -> RowKey {
    row(format!("CLIENT#{id}"))
}

/// The answer to a create of an API client, by the key under which it was sent.
#[must_use]
pub fn idempotency(client: &str, key: &str) -> RowKey {
    row(format!("IDEMPOTENCY#{client}#{key}"))
}

/// The partition of the keys that sign tokens.
pub const SIGNING_KEYS: &str = "SIGNING-KEYS";

/// A key that signs tokens, in the order of their creation.
#[must_use]
pub fn signing_key(created_at: Timestamp, id: Uuid) -> RowKey {
    RowKey {
        partition: SIGNING_KEYS.to_owned(),
        sort: format!("{created_at}#{id}"),
    }
}

/// An application of a Deployment, found by its own id.
#[must_use]
pub fn application(id: Uuid) -> RowKey {
    row(format!("APPLICATION#{id}"))
}

/// An event on its way to an application.
#[must_use]
pub fn event(id: Uuid) -> RowKey {
    row(format!("EVENT#{id}"))
}

/// The partition of an application's executions.
#[must_use]
pub fn executions(application: Uuid) -> String {
    format!("EXECUTIONS#{application}")
}

/// One execution of a job, in the order of their beginnings.
#[must_use]
pub fn execution(application: Uuid, id: Uuid) -> RowKey {
    RowKey {
        partition: executions(application),
        sort: id.to_string(),
    }
}

/// The schedule of a job application.
#[must_use]
pub fn schedule(application: Uuid) -> RowKey {
    row(format!("SCHEDULE#{application}"))
}

/// The places of a list's entries.
pub(crate) const ENTRIES: &str = "ENTRY#";
/// The places of what a list shows, in the same order: before [`ROW`] and [`TOTAL`], so that one request from the end reads the
/// newest, the row that the list belongs to, and the total.
pub(crate) const LISTED: &str = "LISTED#";
/// The place of a list's total.
pub(crate) const TOTAL: &str = "TOTAL";

/// Something of a list.
pub(crate) fn in_list(list: &str, sort: impl Into<String>) -> RowKey {
    RowKey {
        partition: list.to_owned(),
        sort: sort.into(),
    }
}

/// Lists, each a partition: an owner's resources of the table, all others of an index.
pub mod lists {
    use domain::names::ProjectKey;
    use uuid::Uuid;

    /// The drafts of a Project.
    #[must_use]
    pub fn staged(project: &ProjectKey) -> String {
        format!("STAGED-OF#{project}")
    }

    /// The previews and publications of a draft, in the partition of the draft.
    #[must_use]
    pub fn runs(staged: Uuid) -> String {
        super::staged(staged).partition
    }

    /// The Deployments of a Project.
    #[must_use]
    pub fn deployments(project: &ProjectKey) -> String {
        format!("DEPLOYMENTS-OF#{project}")
    }

    /// The API clients of the installation.
    pub const CLIENTS: &str = "CLIENTS";
    /// Drafts that wait for a certifier or have one, in the order in which they were asked for.
    pub const CERTIFICATIONS: &str = "CERTIFICATIONS";
    /// Runs that have not ended, in the order of their deadlines.
    pub const OPEN_RUNS: &str = "OPEN-RUNS";
    /// Messages to be sent, in the order of their due times.
    pub const OUTBOX: &str = "OUTBOX";
    /// Deployments with a revision that serves.
    pub const SERVING: &str = "SERVING";
    /// Schedules of jobs, in the order of their next due times.
    pub const SCHEDULES: &str = "SCHEDULES";

    /// Events that were not acknowledged yet, in the order of their next deliveries.
    pub const PENDING_EVENTS: &str = "PENDING-EVENTS";
    /// Executions that have not ended, in the order in which they were asked for.
    pub const OPEN_EXECUTIONS: &str = "OPEN-EXECUTIONS";

    /// Events of an application, by state.
    #[must_use]
    pub fn events(application: Uuid, state: &str) -> String {
        format!("EVENTS#{application}#{state}")
    }
}

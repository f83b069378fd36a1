//! A run is worked on by one at a time, and ends once.

use domain::limits;
use domain::report::ReportEntry;
use domain::run::Run;
use store::{CommitError, Lease, StoreError, Taking};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::outbox::Desk;

/// What the platform could not do; the message comes again, and the third time the run ends as failed (design, rule 5).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// A fault of whatever kind, with what is behind it: the log keeps it, the caller never sees it.
    pub fn of(error: impl std::error::Error) -> Self {
        let (mut told, mut cause) = (error.to_string(), error.source());
        while let Some(deeper) = cause {
            let text = deeper.to_string();
            // Some errors tell their cause in their own sentence.
            if !told.contains(&text) {
                told = format!("{told}: {text}");
            }
            cause = deeper.source();
        }
        Self(told)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::of(error)
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        Self::of(error)
    }
}

impl From<blobs::BlobError> for Fault {
    fn from(error: blobs::BlobError) -> Self {
        Self::of(error)
    }
}

impl From<queue::QueueError> for Fault {
    fn from(error: queue::QueueError) -> Self {
        Self::of(error)
    }
}

/// How a run ended for its user.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it ended well.
    pub passed: bool,
    /// What was done and found.
    pub entries: Vec<ReportEntry>,
}

/// Holds a run against every other worker; renews itself, and is given back by [`Hold::release`] or ends by itself.
#[derive(Debug)]
pub struct Hold {
    desk: Desk,
    lease: Lease,
    inherited: bool,
    renewal: JoinHandle<()>,
}

impl Desk {
    /// Takes a run; none where somebody else works on it.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn hold(&self, run: Uuid) -> Result<Option<Hold>, Fault> {
        let lease = Lease {
            run,
            process: self.process,
            holder: self.ids.next(),
            until: self.clock.now().after(limits::RUN_LEASE),
        };
        let now = self.clock.now();
        let taking = self.store.take_lease(&lease, now, self.alone).await?;
        if taking == Taking::Refused {
            return Ok(None);
        }
        let desk = self.clone();
        let renewal = tokio::spawn(async move { renew(&desk, lease).await });
        Ok(Some(Hold {
            desk: self.clone(),
            lease,
            inherited: taking == Taking::Inherited,
            renewal,
        }))
    }

    /// The run, as long as it has not ended.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn open_run(&self, id: Uuid) -> Result<Option<Run>, Fault> {
        let run: Option<Run> = self.store.get(&store::keys::run(id)).await?;
        Ok(run.filter(Run::is_open))
    }
}

async fn renew(desk: &Desk, mut lease: Lease) {
    loop {
        tokio::time::sleep(limits::RUN_LEASE_RENEWAL).await;
        let now = desk.clock.now();
        lease.until = now.after(limits::RUN_LEASE);
        if let Err(error) = desk.store.take_lease(&lease, now, desk.alone).await {
            tracing::warn!(%error, run = %lease.run, "a lease could not be renewed");
        }
    }
}

impl Hold {
    /// Whether whoever held it before was cut off from it, as by a crash.
    #[must_use]
    pub fn is_inherited(&self) -> bool {
        self.inherited
    }

    /// Gives the run back.
    ///
    /// # Errors
    /// The table does not answer; the lease then ends by itself.
    pub async fn release(mut self) -> Result<(), Fault> {
        self.renewal.abort();
        // Its end is awaited: until then it may still write.
        drop((&mut self.renewal).await);
        self.desk.store.give_lease(&self.lease).await?;
        Ok(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

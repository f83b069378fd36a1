//! A run on a Deployment begins in the transaction that shows it: status, run and message together.

use std::time::Duration;

use domain::deployment::{DeploymentBuild, DeploymentDetails, DeploymentRecord};
use domain::run::{Run, RunKind};
use store::Commit;
use store::rows::Message;
use work::Desk;

/// Gives a Deployment a run of its own, and adds run and message to the commit; whoever calls adds the Deployment.
pub(crate) fn begin(
    desk: &Desk,
    record: &mut DeploymentRecord,
    kind: RunKind,
    commit: Commit,
) -> Commit {
    let now = desk.clock.now();
    let run = Run::new(
        desk.ids.next(),
        kind,
        record.deployment.id,
        record.owner.clone(),
        now,
    );
    record.run = Some(run.id);
    record.last_modified_at = now;
    record.deployment.details = DeploymentDetails {
        build: Some(DeploymentBuild {
            id: run.id,
            report: None,
        }),
    };
    let message = desk.message(Message::of(&run), Duration::ZERO);
    commit.create(&run).send(message)
}

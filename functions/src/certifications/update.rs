//! `POST /certifications/{id}`: a certifier takes a draft, writes to its creator and decides; an approved draft becomes the Connector by
//! the same transaction.

use std::sync::Arc;

use domain::certification::Certification;
use domain::connector_staged::ConnectorStagedRecord;
use domain::error::ErrorCode;
use domain::lifecycle::connector_staged::Effect;
use domain::update::certification::{CertificationUpdate, apply};
use store::Commit;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::certifications::asked;
use crate::connectors_staged::update::{conflict, other_version};
use crate::platform::Platform;
use crate::workers::publish::connector;

/// Changes a certification.
///
/// # Errors
/// `ConcurrentModification` for another version; the error of the first action that cannot be applied.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageCertifications>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let body: CertificationUpdate = web::read_body(&request)?;
    let record = asked(&platform.desk.store, &name).await?;
    if record.staged.version != body.version {
        return Err(other_version(body.version, Some(record.staged.version)).into());
    }
    // What was decided is its creator's again, and not shown to who does nothing.
    if !record.in_certification() {
        return Err(ErrorCode::ConnectorStagedNotInCertification.plain().into());
    }
    if body.actions.is_empty() {
        return answer(record);
    }
    let now = platform.desk.clock.now();
    let (mut record, effects) = apply(record, &body.actions, &caller.project, now)?;
    record.staged.version += 1;
    let mut commit = Commit::new();
    for effect in effects {
        if let Effect::PublishConnector { certified } = effect {
            commit = connector(&platform, &mut record, certified, commit)
                .await
                .map_err(Fail::fault)?;
        }
    }
    platform
        .desk
        .commit(commit.update(&record))
        .await
        .map_err(|error| conflict(error, body.version))?;
    answer(record)
}

fn answer(record: ConnectorStagedRecord) -> Answer {
    let shown = Certification::of(record);
    web::created(&shown.ok_or_else(|| Fail::fault("a draft lost its certification"))?)
}

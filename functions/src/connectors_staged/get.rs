//! `GET /connectors/drafts/{id}`: a draft; waits for the end of its run where the caller prefers that (contract, section 15.16).

use std::sync::Arc;

use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::{ConnectorStatus, IsPreviewable};
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::connectors_staged::find;
use crate::platform::Platform;
use crate::wait;

/// Shows a draft.
///
/// # Errors
/// `ResourceNotFound`, for a foreign one too.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let read = || find(&platform.desk.store, &name, &caller.project);
    let record = wait::settled(web::patience(&request), read, is_moving).await?;
    web::ok(&record.staged)
}

fn is_moving(record: &ConnectorStagedRecord) -> bool {
    record.staged.is_previewable == IsPreviewable::Pending
        || record.staged.status == ConnectorStatus::Processing
}

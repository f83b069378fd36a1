//! `GET /connectors/drafts`: the Project's drafts (contract, section 2.1).

use std::sync::Arc;

use domain::connector::IntegrationType;
use domain::connector_staged::ConnectorStagedRecord;
use store::keys::lists;
use web::{Answer, Caller, Paging, Request, SortField, scope};

use crate::platform::Platform;

/// Lists drafts.
///
/// # Errors
/// `InvalidQueryParam`, for every parameter that is out of range.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let paging = Paging::of(&request.query)?;
    let private = request.query.boolean("isPrivate")?;
    let types: Vec<IntegrationType> = request.query.names("integrationTypes")?;
    let list = lists::staged(&caller.project);
    let mut records: Vec<ConnectorStagedRecord> = platform.desk.store.list(&list).await?;
    records.retain(|record| {
        private.is_none_or(|private| record.staged.private == private)
            && (types.is_empty()
                || types
                    .iter()
                    .any(|one| record.staged.integration_types.contains(one)))
    });
    web::ok(&paging.page(records, sort_text, |record| record.staged))
}

fn sort_text(record: &ConnectorStagedRecord, by: SortField) -> String {
    match by {
        SortField::CreatedAt => record.created_at.to_string(),
        SortField::LastModifiedAt => record.last_modified_at.to_string(),
        SortField::Name => record.staged.name.clone(),
        SortField::Key => record
            .staged
            .key
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

//! `POST /connectors/drafts`: registers a draft, once its repository was read (contract, sections 3.1 and 16).

use std::sync::Arc;

use domain::connector_staged::{ConnectorStagedDraft, ConnectorStagedRecord};
use domain::error::ErrorCode;
use serde_json::json;
use store::{Commit, CommitError, Refusal, keys};
use web::{Answer, Caller, Fail, Request, scope};

use crate::connectors_staged::source;
use crate::idempotency;
use crate::platform::Platform;

/// Registers a draft.
///
/// # Errors
/// What is wrong with the body, the repository or its connect.yaml; `DuplicateField` where the key is taken.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageConnectors>,
    request: Request,
) -> Answer {
    let draft: ConnectorStagedDraft = web::read_body(&request)?;
    let source = source::read(&platform, draft.repository.clone()).await?;
    let desk = &platform.desk;
    let record = ConnectorStagedRecord::create(
        desk.ids.next(),
        caller.project.clone(),
        draft,
        source,
        desk.clock.now(),
    );
    let mut commit = Commit::new().create(&record);
    if let Some(key) = &record.staged.key {
        commit = commit.reserve(&keys::staged_key(key), key, record.staged.id);
    }
    let answer = web::created(&record.staged);
    idempotency::create(desk, &caller, &request, commit, answer, taken).await
}

/// A key that is taken is the caller's to change.
pub(crate) fn taken(error: CommitError) -> Fail {
    match error {
        CommitError::Refused(Refusal::Key(key)) => ErrorCode::DuplicateField
            .with([
                ("field", json!("key")),
                ("duplicateValue", json!(key.as_str())),
            ])
            .into(),
        error => error.into(),
    }
}

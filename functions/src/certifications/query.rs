//! `GET /certifications`: the drafts that wait for a certifier or have one, by default the oldest request first.

use std::sync::Arc;

use domain::certification::Certification;
use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::ConnectorStatus;
use serde::Deserialize;
use store::keys::lists;
use web::{Answer, Caller, Paging, Request, SortField, scope};

use crate::platform::Platform;

/// What `status` takes: a decided certification is not listed.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Open {
    ReadyForCertification,
    InCertification,
}

impl Open {
    fn status(self) -> ConnectorStatus {
        match self {
            Self::ReadyForCertification => ConnectorStatus::ReadyForCertification,
            Self::InCertification => ConnectorStatus::InCertification,
        }
    }
}

/// Lists certifications.
///
/// # Errors
/// `InvalidQueryParam`, for every parameter that is out of range.
pub async fn handle(
    platform: Arc<Platform>,
    _caller: Caller<scope::ManageCertifications>,
    request: Request,
) -> Answer {
    let paging = Paging::oldest_first(&request.query)?;
    let wanted: Vec<Open> = request.query.names("status")?;
    let mut records: Vec<ConnectorStagedRecord> = platform
        .desk
        .store
        .due(lists::CERTIFICATIONS, "\u{10ffff}", u64::MAX)
        .await?;
    records.retain(|record| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|one| one.status() == record.staged.status)
    });
    web::ok(&paging.page(records, sort_text, Certification::of))
}

/// A certification is created when it is asked for.
fn sort_text(record: &ConnectorStagedRecord, by: SortField) -> String {
    match by {
        SortField::CreatedAt => record
            .certification
            .as_ref()
            .map(|request| request.requested_at.to_string())
            .unwrap_or_default(),
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

//! `GET /connectors/drafts/{id}/reports`: newest first.

use std::sync::Arc;

use domain::run::RunSummary;
use store::{Part, keys};
use web::{Answer, Caller, IdOrKey, Paging, Request, scope};

use crate::connectors_staged;
use crate::lists::{self, Wanted};
use crate::platform::Platform;
use crate::reports::RunReport;

/// Lists the previews and publications of a draft.
///
/// # Errors
/// `ResourceNotFound`, for a foreign draft too; `InvalidQueryParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let paging = Paging::of(&request.query)?;
    let store = &platform.desk.store;
    let wanted = Wanted {
        list: keys::lists::runs(connectors_staged::id_of(store, &name).await?),
        paging,
        filter: None,
    };
    let part: Part<RunSummary> = lists::part(store, &wanted).await?;
    connectors_staged::owned(part.belongs_to()?, &name, &caller.project)?;
    let reports = part.shown.into_iter().map(RunReport::of).collect();
    web::ok(&wanted.paging.filled(part.total, reports))
}

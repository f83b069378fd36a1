//! `GET /connectors/drafts/{id}/reports`: newest first.

use std::sync::Arc;

use domain::run::Run;
use store::keys;
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
    let draft = connectors_staged::find(store, &name, &caller.project).await?;
    let wanted = Wanted {
        list: keys::lists::runs(draft.staged.id),
        paging,
        filter: None,
    };
    lists::page(store, wanted, keys::run, |run: Run| RunReport::of(&run)).await
}

//! `GET /connectors/drafts`: the Project's drafts (contract, section 2.1).

use std::sync::Arc;

use domain::connector::IntegrationType;
use domain::connector_staged::ConnectorStaged;
use store::{Entry, keys};
use web::{Answer, Caller, Paging, Request, scope};

use crate::lists::{self, Wanted};
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
    let filter = |entry: &Entry| {
        let has = |one| entry.integration_types.contains(one);
        private.is_none_or(|private| entry.private == Some(private))
            && (types.is_empty() || types.iter().any(has))
    };
    let filters = private.is_some() || !types.is_empty();
    let wanted = Wanted {
        list: keys::lists::staged(&caller.project),
        paging,
        filter: filters.then_some(&filter as _),
    };
    let show = |staged: ConnectorStaged| staged;
    lists::page(&platform.desk.store, wanted, show).await
}

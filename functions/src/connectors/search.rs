//! `GET /connectors/search`: the Connectors that the Project can find (contract, sections 2.1 and 4).

use std::sync::Arc;

use catalog::Search;
use domain::connector::{ConnectorRecord, IntegrationType};
use domain::names::Key;
use store::keys::lists;
use uuid::Uuid;
use web::{Answer, Caller, Paging, Request, SortField, scope};

use crate::platform::Platform;

/// Finds Connectors.
///
/// # Errors
/// `InvalidQueryParam`, for every parameter that is out of range.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let query = &request.query;
    let paging = Paging::of(query)?;
    let search = Search {
        project: caller.project.clone(),
        text: query.first("text").map(str::to_owned),
        private: query.boolean("private")?,
        company: query.first("creator.company").map(str::to_owned),
        ids: query.parsed::<Uuid>("id", "a UUID")?,
        keys: query.parsed::<Key>("key", "2 to 256 letters, digits, '_' or '-'")?,
        integration_types: query.names::<IntegrationType>("integrationTypes")?,
    };
    let published: Vec<ConnectorRecord> = platform
        .desk
        .store
        .due(lists::CATALOGUE, "\u{10ffff}", usize::MAX)
        .await?;
    let found = search.among(published);
    web::ok(&paging.page(found, sort_text, |record| record.connector))
}

fn sort_text(record: &ConnectorRecord, by: SortField) -> String {
    match by {
        SortField::CreatedAt => record.created_at.to_string(),
        SortField::LastModifiedAt => record.last_modified_at.to_string(),
        SortField::Name => record.connector.name.clone(),
        SortField::Key => record
            .connector
            .key
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

//! `GET /connectors/search`: the Connectors that the Project can find (contract, sections 2.1 and 4).

use std::sync::Arc;

use catalog::{MAX_WORDS, Search, Window, words};
use domain::connector::IntegrationType;
use domain::error::{ApiError, ErrorCode};
use domain::names::Key;
use uuid::Uuid;
use web::{Answer, Caller, Paging, Query, Request, SortField, scope};

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
        words: text(query)?,
        private: query.boolean("private")?,
        company: query.single("creator.company")?.map(str::to_owned),
        ids: query.parsed::<Uuid>("id", "a UUID")?,
        keys: query.parsed::<Key>("key", "2 to 256 letters, digits, '_' or '-'")?,
        integration_types: query.names::<IntegrationType>("integrationTypes")?,
    };
    let found = platform.catalog.find(search, window(query, &paging));
    let found = found.await.map_err(web::Fail::fault)?;
    web::ok(&paging.filled(found.total as u64, found.results))
}

fn text(query: &Query) -> Result<Vec<String>, ApiError> {
    let words = query.single("text")?.map(words).unwrap_or_default();
    if words.len() > MAX_WORDS {
        return Err(ErrorCode::InvalidQueryParam.detail(format!(
            "text: {} words were given; it takes at most {MAX_WORDS}",
            words.len()
        )));
    }
    Ok(words)
}

/// The order by creation is the default of every list but this one: words have an order of their own.
fn window(query: &Query, paging: &Paging) -> Window {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let sorted = query.all("sort").next().is_some();
    let fields = paging.sort().iter().filter(|_| sorted);
    let sort = fields.map(|(field, descending)| {
        let field = match field {
            SortField::CreatedAt => catalog::SortField::CreatedAt,
            SortField::LastModifiedAt => catalog::SortField::LastModifiedAt,
            SortField::Name => catalog::SortField::Name,
            SortField::Key => catalog::SortField::Key,
        };
        (field, *descending)
    });
    Window {
        offset: number(paging.offset()),
        limit: number(paging.limit()),
        sort: sort.collect(),
    }
}

//! Lists are filtered, sorted, counted and cut the same way everywhere (contract, sections 2.1 and 6).

use std::cmp::Ordering;

use domain::error::{ApiError, ErrorCode};
use domain::limits;
use serde::Serialize;

use crate::query::Query;

/// One page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// The most that was asked for.
    pub limit: u64,
    /// How many were left out before.
    pub offset: u64,
    /// How many there are here.
    pub count: u64,
    /// How many there are in all.
    pub total: u64,
    /// The results.
    pub results: Vec<T>,
}

/// What a list can be sorted by (contract, section 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SortField {
    CreatedAt,
    LastModifiedAt,
    Name,
    Key,
}

/// Which page, in which order.
#[derive(Debug, Clone)]
pub struct Paging {
    limit: u64,
    offset: u64,
    sort: Vec<(SortField, bool)>,
}

impl Paging {
    /// Reads `limit`, `offset` and `sort`.
    ///
    /// # Errors
    /// Every parameter that is out of its range.
    pub fn of(query: &Query) -> Result<Self, Vec<ApiError>> {
        let mut errors = Vec::new();
        let mut take = |result: Result<u64, ApiError>| {
            result.unwrap_or_else(|error| {
                errors.push(error);
                0
            })
        };
        let limit = take(query.number("limit", limits::PAGE_DEFAULT, 0..=limits::PAGE_MAX));
        let offset = take(query.number("offset", 0, 0..=limits::OFFSET_MAX));
        let mut sort = Vec::new();
        for text in query.all("sort") {
            match sort_key(text) {
                Some(key) => sort.push(key),
                None => errors.push(ErrorCode::InvalidQueryParam.detail(format!(
                    "sort: '{text}' was given; it takes createdAt, lastModifiedAt, name or key, followed by asc or desc"
                ))),
            }
        }
        if sort.is_empty() {
            sort.push((SortField::CreatedAt, true));
        }
        if errors.is_empty() {
            Ok(Self {
                limit,
                offset,
                sort,
            })
        } else {
            Err(errors)
        }
    }

    /// Sorts and cuts; `field` gives the text by which a row sorts.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        field: impl Fn(&R, SortField) -> String,
        show: impl Fn(R) -> T,
    ) -> Page<T> {
        rows.sort_by(|a, b| {
            self.sort
                .iter()
                .fold(Ordering::Equal, |order, (by, descending)| {
                    order.then_with(|| {
                        let order = field(a, *by).cmp(&field(b, *by));
                        if *descending { order.reverse() } else { order }
                    })
                })
        });
        let total = rows.len() as u64;
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let results: Vec<T> = rows.into_iter().skip(skip).take(most).map(show).collect();
        Page {
            limit: self.limit,
            offset: self.offset,
            count: results.len() as u64,
            total,
            results,
        }
    }
}

fn sort_key(text: &str) -> Option<(SortField, bool)> {
    let mut words = text.split_whitespace();
    let field = match words.next()? {
        "createdAt" => SortField::CreatedAt,
        "lastModifiedAt" => SortField::LastModifiedAt,
        "name" => SortField::Name,
        "key" => SortField::Key,
        _ => return None,
    };
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some((field, descending))
}

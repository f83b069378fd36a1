//! Lists are filtered, sorted, counted and cut the same way everywhere (contract, sections 2.1 and 6).

use std::cmp::Ordering;

use domain::error::{ApiError, ErrorCode};
use domain::limits;
use schemars::JsonSchema;
use serde::Serialize;

use crate::query::Query;

/// One page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "{T}PagedQueryResponse")]
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
        Self::by_creation(query, true)
    }

    /// The same for a list that begins with what has waited longest, where the caller names no order.
    ///
    /// # Errors
    /// Every parameter that is out of its range.
    pub fn oldest_first(query: &Query) -> Result<Self, Vec<ApiError>> {
        Self::by_creation(query, false)
    }

    fn by_creation(query: &Query, newest_first: bool) -> Result<Self, Vec<ApiError>> {
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
            sort.push((SortField::CreatedAt, newest_first));
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

    /// How many results are left out before the page.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The most results of the page.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The fields of the order, the most important first, with true where it descends.
    #[must_use]
    pub fn sort(&self) -> &[(SortField, bool)] {
        &self.sort
    }

    /// Whether the newest come first, where nothing but the creation decides on the order.
    #[must_use]
    pub fn newest_first(&self) -> Option<bool> {
        match self.sort.as_slice() {
            [(SortField::CreatedAt, descending)] => Some(*descending),
            _ => None,
        }
    }

    /// The order of two rows: `by` compares them by one field, and `tie`, which is never equal for two rows, decides between those
    /// that are alike in every field, so that a row is on one page only.
    pub fn order(&self, by: impl Fn(SortField) -> Ordering, tie: Ordering) -> Ordering {
        let way = |order: Ordering, descending| {
            if descending { order.reverse() } else { order }
        };
        let equal = Ordering::Equal;
        let order = self.sort.iter().fold(equal, |order, (field, descending)| {
            order.then_with(|| way(by(*field), *descending))
        });
        let last = self.sort.last().is_some_and(|(_, descending)| *descending);
        order.then(way(tie, last))
    }

    /// The part of sorted rows that is the page.
    pub fn cut<R>(&self, rows: Vec<R>) -> Vec<R> {
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        rows.into_iter().skip(skip).take(most).collect()
    }

    /// The page with its results, of `total` in all.
    pub fn filled<T>(&self, total: u64, results: Vec<T>) -> Page<T> {
        Page {
            limit: self.limit,
            offset: self.offset,
            count: results.len() as u64,
            total,
            results,
        }
    }

    /// Sorts and cuts; `field` gives the text by which a row sorts.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        field: impl Fn(&R, SortField) -> String,
        show: impl Fn(R) -> T,
    ) -> Page<T> {
        let by = |a: &R, b: &R, one| field(a, one).cmp(&field(b, one));
        rows.sort_by(|a, b| self.order(|one| by(a, b, one), Ordering::Equal));
        let total = rows.len() as u64;
        let page = self.cut(rows);
        self.filled(total, page.into_iter().map(show).collect())
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

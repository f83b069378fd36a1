//! The order of the hits is total: what is equal in everything else goes by its id, so that pages neither overlap nor leave anything out.

use tantivy::Order;
use tantivy::collector::SortKeyComputer;
use tantivy::collector::sort_key::{SortByErasedType, SortByStaticFastValue};
use uuid::Uuid;

use crate::document::column;

/// What hits can be sorted by (contract, section 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SortField {
    CreatedAt,
    LastModifiedAt,
    Name,
    Key,
}

/// Which of the hits, in which order.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// How many are left out before.
    pub offset: usize,
    /// The most that are wanted.
    pub limit: usize,
    /// The fields, the most important first, with true where it descends. Empty: the best match first where words are
    /// looked for, and the newest first among equals.
    pub sort: Vec<(SortField, bool)>,
}

type Level = (SortByErasedType, Order);

/// The hits' order, which needs the score only where `scored`; its keys end with the id.
pub(crate) fn order(
    sort: &[(SortField, bool)],
    scored: bool,
) -> impl SortKeyComputer<SortKey = Key> + Send + 'static {
    let newest = level(SortField::CreatedAt, true);
    let mut levels: Vec<Level> = if sort.is_empty() && scored {
        vec![(SortByErasedType::for_score(), Order::Desc)]
    } else {
        distinct(sort)
    };
    // What comes after the last field: the newest first, and then always the same.
    levels.resize(LEVELS, newest);
    let [first, second, third, fourth] = <[Level; LEVELS]>::try_from(levels)
        .unwrap_or_else(|_| unreachable!("it was resized to this length"));
    let id = (
        SortByStaticFastValue::<u64>::for_field(column::ID_HIGH),
        SortByStaticFastValue::<u64>::for_field(column::ID_LOW),
    );
    (first, (second, (third, (fourth, id))))
}

/// As many as there are fields.
const LEVELS: usize = 4;

/// The values of the levels, and the two halves of the id.
type Key = (Value, (Value, (Value, (Value, (Option<u64>, Option<u64>)))));
type Value = tantivy::schema::OwnedValue;

/// The id at the end of a key.
pub(crate) fn id(key: &Key) -> Uuid {
    let (_, (_, (_, (_, (high, low))))) = key;
    Uuid::from_u64_pair(high.unwrap_or_default(), low.unwrap_or_default())
}

fn level(field: SortField, descending: bool) -> Level {
    let name = match field {
        SortField::CreatedAt => column::CREATED_AT,
        SortField::LastModifiedAt => column::LAST_MODIFIED_AT,
        SortField::Name => column::NAME,
        SortField::Key => column::KEY,
    };
    let order = if descending { Order::Desc } else { Order::Asc };
    (SortByErasedType::for_field(name), order)
}

/// A field that comes again decides nothing any more.
fn distinct(sort: &[(SortField, bool)]) -> Vec<Level> {
    let mut seen = Vec::new();
    for (field, descending) in sort {
        if !seen.iter().any(|(before, _)| before == field) {
            seen.push((*field, *descending));
        }
    }
    seen.into_iter()
        .map(|(field, descending)| level(field, descending))
        .collect()
}

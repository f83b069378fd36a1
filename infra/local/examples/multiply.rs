//! Copies the one draft of a data folder until the table has so many rows, for `cargo xtask bench`: creating a million rows by the API
//! takes an hour. Prints the ids of some of the copies.
//!
//! `multiply DATA ROWS`, while no server runs on DATA.
#![expect(clippy::print_stdout, reason = "the ids are for the bench")]

use anyhow::{Context, ensure};
use dynoxide::actions::scan::ScanRequest;
use dynoxide::types::{AttributeValue, Item};
use dynoxide::{Database, ImportOptions};

const TABLE: &str = "slipway";
/// Rows of one transaction.
const BATCH: usize = 10_000;
/// How many ids are printed.
const SAMPLE: u32 = 1000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, rows] = arguments.as_slice() else {
        anyhow::bail!("it takes DATA ROWS");
    };
    let file = format!("{data}/rows.db");
    let database = Database::new(&file)?;
    // Nothing is lost by a power cut that a second run would not make again.
    database.enable_bulk_loading()?;
    let draft = Draft::find(&database)?;
    let wanted: u32 = rows.parse()?;
    let copies = wanted / u32::try_from(draft.rows.len())?;
    let mut batch = Vec::new();
    for number in 1..=copies {
        batch.extend(draft.copy(number)?);
        if batch.len() >= BATCH || number == copies {
            let batch = std::mem::take(&mut batch);
            database.import_items(TABLE, batch, ImportOptions::default())?;
        }
        if number % (copies / SAMPLE).max(1) == 0 {
            println!("{}", id(number));
        }
    }
    Ok(())
}

/// An id that stands anywhere among the others, as random ones do: the number times an odd constant, which no other number gives.
fn id(number: u32) -> String {
    let mixed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (high, low) = (mixed >> 32, mixed & 0xffff);
    format!("{high:08x}-{low:04x}-4000-8000-{number:012x}")
}

/// The rows of a draft, as text in which the id and the key can be replaced.
struct Draft {
    id: String,
    key: String,
    rows: Vec<String>,
}

impl Draft {
    fn find(database: &Database) -> anyhow::Result<Self> {
        let scan = ScanRequest {
            table_name: TABLE.to_owned(),
            ..ScanRequest::default()
        };
        let all = database.scan(scan)?.items.unwrap_or_default();
        let place = |item: &Item| match item.get("pk") {
            Some(AttributeValue::S(place)) => place.clone(),
            _ => String::new(),
        };
        let after = |prefix: &str| {
            let places = all.iter().map(place);
            let mut found = places.filter_map(|place| Some(place.strip_prefix(prefix)?.to_owned()));
            let first = found.next().context("the folder has no draft")?;
            ensure!(found.next().is_none(), "the folder has several drafts");
            Ok(first)
        };
        let (id, key) = (after("STAGED#")?, after("STAGED-KEY#")?);
        let rows = all.iter().map(serde_json::to_string);
        let rows: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(Self {
            rows: rows.into_iter().filter(|row| row.contains(&id)).collect(),
            id,
            key,
        })
    }

    fn copy(&self, number: u32) -> anyhow::Result<Vec<Item>> {
        let (id, key) = (id(number), format!("copy-{number}"));
        let rows = self.rows.iter().map(|row| {
            let row = row.replace(&self.id, &id).replace(&self.key, &key);
            Ok(serde_json::from_str(&row)?)
        });
        rows.collect()
    }
}

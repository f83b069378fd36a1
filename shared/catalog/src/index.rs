//! The index is in memory and at one change of the catalogue: it takes changes in their order only, and a search sees all of a change or nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use store::Change;
use store::rows::Listing;
use tantivy::collector::{Count, TopDocs};
use tantivy::directory::RamDirectory;
use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::Schema;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy};
use uuid::Uuid;

use crate::document::{Fields, WORDS};
use crate::order::{Window, id, order};
use crate::question::Search;
use crate::words::analyzer;

/// The least that tantivy takes for what is written and not yet committed; a publication needs a few kilobytes of it.
const WRITING_BYTES: usize = 15_000_000;
/// The same for the whole catalogue at the start; it sizes a table only, which grows.
const BUILDING_BYTES: usize = 50_000_000;

/// What a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The Connectors of the window, in its order.
    pub ids: Vec<Uuid>,
    /// How many there are in all.
    pub total: usize,
}

/// The index of all listed Connectors.
pub struct Index {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    seen: AtomicU64,
}

impl Index {
    /// Indexes the whole catalogue, which was read no earlier than after the change `seen`.
    ///
    /// # Errors
    /// Out of memory or threads.
    pub fn build(
        catalogue: impl IntoIterator<Item = Vec<Listing>>,
        seen: u64,
    ) -> tantivy::Result<Self> {
        let (schema, fields) = Fields::schema();
        let mut building = None;
        for listing in catalogue.into_iter().flatten() {
            if building.is_none() {
                let directory = RamDirectory::create();
                let builder = builder(schema.clone());
                building = Some(builder.single_segment_index_writer(directory, BUILDING_BYTES)?);
            }
            if let Some(building) = &mut building {
                building.add_document(fields.document(&listing))?;
            }
        }
        // tantivy cannot search a segment without documents; an index without segments it can.
        let index = match building {
            Some(building) => building.finalize()?,
            None => builder(schema).create_in_ram()?,
        };
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITING_BYTES)
            .build();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        Ok(Self {
            fields,
            reader: reader.try_into()?,
            writer: Mutex::new(index.writer_with_options(options)?),
            seen: AtomicU64::new(seen),
        })
    }

    /// The last change that it has.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    /// Takes what became of every Connector that changed, up to the change `last`. What comes too late is in the index already, and is
    /// left alone: it would bring back what has changed since.
    ///
    /// # Errors
    /// Out of memory or threads; what the index has is then not known, and it must be built anew.
    pub fn apply(&self, changes: &[Change], last: u64) -> tantivy::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if last <= self.seen() {
            return Ok(());
        }
        for change in changes {
            writer.delete_term(self.fields.term(change.id));
            if let Some(listing) = &change.listing {
                writer.add_document(self.fields.document(listing))?;
            }
        }
        writer.commit()?;
        self.reader.reload()?;
        self.seen.store(last, Ordering::Release);
        Ok(())
    }

    /// Searches.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn search(&self, search: &Search, window: &Window) -> tantivy::Result<Hits> {
        let question = search.question(self.fields);
        let searcher = self.reader.searcher();
        if window.limit == 0 {
            let total = searcher.search(&question, &Count)?;
            return Ok(Hits {
                ids: Vec::new(),
                total,
            });
        }
        let order = order(&window.sort, !search.words.is_empty());
        let top = TopDocs::with_limit(window.limit)
            .and_offset(window.offset)
            .order_by(order);
        let (total, top) = searcher.search(&question, &(Count, top))?;
        let ids = top.iter().map(|(key, _)| id(key)).collect();
        Ok(Hits { ids, total })
    }
}

fn builder(schema: Schema) -> tantivy::IndexBuilder {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(WORDS, analyzer());
    tantivy::Index::builder()
        .schema(schema)
        .tokenizers(tokenizers)
}

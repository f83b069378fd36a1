//! The catalogue of one process, in step with the table: a search reads the count of changes with its hits, and where the index had not
//! all of them, it searches again when it has.
//!
//! The index is built from the whole catalogue at the first search, or earlier by [`Catalog::load`]; afterwards only what changed is
//! read. How the table orders changes, and why none is missed, is told in the store's module `catalogue`.

use std::sync::Arc;

use domain::connector::{Connector, ConnectorRecord};
use domain::names::ProjectKey;
use store::keys::RowKey;
use store::rows::Listing;
use store::{Change, Store, StoreError, keys};
use tokio::sync::{RwLock, mpsc};
use tokio::task::{JoinError, spawn_blocking};

use crate::index::{Hits, Index};
use crate::order::Window;
use crate::question::Search;

/// Pages of at most 1 MB that are read ahead of the index at its start.
const PAGES_AHEAD: usize = 2;

/// Why nothing could be searched: ours, never the caller's.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index fails.
    #[error("the index of the catalogue fails: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The thread that searched ended.
    #[error("the search ended unexpectedly: {0}")]
    Ended(#[from] JoinError),
}

/// What a search finds.
#[derive(Debug, Clone)]
pub struct Found {
    /// The Connectors of the window, in its order, as they are now.
    pub results: Vec<Connector>,
    /// How many there are in all.
    pub total: usize,
}

/// The catalogue as one process has it.
pub struct Catalog {
    store: Store,
    index: RwLock<Option<Arc<Index>>>,
}

impl Catalog {
    /// A catalogue that nobody has searched yet.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            index: RwLock::new(None),
        }
    }

    /// Reads the whole catalogue, if that was not done yet: a process does so when it starts, so that the first search need not.
    ///
    /// # Errors
    /// The table does not answer; the next search tries again.
    pub async fn load(&self) -> Result<(), CatalogError> {
        self.current().await.map(drop)
    }

    /// Searches everything that was published before this is called.
    ///
    /// A hit is read from its row, which may have changed since the index was asked: one that the Project may not see any more, that is
    /// not listed any more or gone is left out, and `total` still counts it, as it counted when the search began.
    ///
    /// # Errors
    /// The table does not answer, or the index fails.
    pub async fn find(&self, search: Search, window: Window) -> Result<Found, CatalogError> {
        let loaded = self.index.read().await.clone();
        if let Some(index) = loaded {
            let seen = index.seen();
            let hits = hits(index, &search, &window).await?;
            let rows = hits.rows();
            let (records, committed) = self.store.get_all_and_changes(&rows).await?;
            if seen >= committed {
                return Ok(hits.found(records, &search.project));
            }
        }
        let hits = hits(self.current().await?, &search, &window).await?;
        let records = self.store.get_all(&hits.rows()).await?;
        Ok(hits.found(records, &search.project))
    }

    /// The index with every change that is committed by now.
    async fn current(&self) -> Result<Arc<Index>, CatalogError> {
        let committed = self.store.catalogue_changes().await?;
        if let Some(index) = &*self.index.read().await
            && index.seen() >= committed
        {
            return Ok(index.clone());
        }
        // One at a time brings it up to date; the others wait for that, and look again.
        let mut place = self.index.write().await;
        let Some(index) = place.clone() else {
            return Ok(place.insert(self.build().await?).clone());
        };
        if index.seen() < committed
            && let Err(error) = self.follow(&index).await
        {
            if matches!(error, CatalogError::Index(_) | CatalogError::Ended(_)) {
                *place = None; // nobody knows how far it came
            }
            return Err(error);
        }
        Ok(index)
    }

    async fn build(&self) -> Result<Arc<Index>, CatalogError> {
        // The count is read first: what changes while the pages are read has a later number, and is read again.
        let seen = self.store.catalogue_changes().await?;
        let (pages, mut read) = mpsc::channel(PAGES_AHEAD);
        let building =
            spawn_blocking(move || Index::build(std::iter::from_fn(|| read.blocking_recv()), seen));
        let mut catalogue = self.store.catalogue();
        while let Some(page) = catalogue.next().await? {
            if pages.send(page).await.is_err() {
                break; // the index has failed, and says why below
            }
        }
        drop(pages);
        Ok(Arc::new(building.await??))
    }

    async fn follow(&self, index: &Arc<Index>) -> Result<(), CatalogError> {
        let (ids, last) = self.store.catalogue_since(index.seen()).await?;
        let rows: Vec<_> = ids.iter().copied().map(keys::listing).collect();
        let listings: Vec<Listing> = self.store.get_all(&rows).await?;
        // Both are in the order of the ids; a Connector without a listing is not to be found any more.
        let mut listings = listings.into_iter().peekable();
        let changes: Vec<Change> = ids
            .into_iter()
            .map(|id| Change {
                id,
                listing: listings.next_if(|listing| listing.id == id),
            })
            .collect();
        let index = index.clone();
        spawn_blocking(move || index.apply(&changes, last)).await??;
        Ok(())
    }
}

async fn hits(index: Arc<Index>, search: &Search, window: &Window) -> Result<Hits, CatalogError> {
    let (search, window) = (search.clone(), window.clone());
    Ok(spawn_blocking(move || index.search(&search, &window)).await??)
}

impl Hits {
    fn rows(&self) -> Vec<RowKey> {
        self.ids.iter().copied().map(keys::connector).collect()
    }

    fn found(&self, records: Vec<ConnectorRecord>, project: &ProjectKey) -> Found {
        let records = records.into_iter();
        let seen = records.filter(|record| record.listed && record.visible_to(project));
        Found {
            results: seen.map(|record| record.connector).collect(),
            total: self.total,
        }
    }
}

//! Each artifact is unpacked at most once, and a tree under its hash is always whole: it is made beside and renamed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use domain::names::ArtifactHash;
use files::{Dir, TemporaryFolder};
use hosting::Fault;
use tokio::sync::OnceCell;

use super::options::{Artifacts, Layout};

/// What begins the name of a folder that is not (or no longer) an artifact.
const ASIDE: &str = "aside-";

/// An unpacked artifact; nobody writes to it.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) layout: Layout,
}

impl Tree {
    /// The application's own folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join(&self.layout.folder)
    }
}

/// Held by the store and by whoever uses the tree.
type Cell = Arc<OnceCell<Arc<Tree>>>;

pub(crate) struct ArtifactStore {
    folder: PathBuf,
    source: Arc<dyn Artifacts>,
    trees: Mutex<HashMap<ArtifactHash, Cell>>,
}

impl ArtifactStore {
    pub(crate) fn open(folder: PathBuf, source: Arc<dyn Artifacts>) -> Result<Self, Fault> {
        let fault = |cause| {
            Fault::because(
                "the folder of unpacked artifacts could not be opened",
                cause,
            )
        };
        std::fs::create_dir_all(&folder).map_err(fault)?;
        let opened = Dir::open(&folder).map_err(fault)?;
        for name in opened.names().map_err(fault)? {
            if name.to_string_lossy().starts_with(ASIDE) {
                files::discard(&folder, &name).map_err(fault)?;
            }
        }
        Ok(Self {
            folder,
            source,
            trees: Mutex::default(),
        })
    }

    /// The unpacked artifact; callers of the same hash wait for one unpacking.
    pub(crate) async fn tree(&self, hash: &ArtifactHash) -> Result<Arc<Tree>, Fault> {
        let cell = self.trees().entry(hash.clone()).or_default().clone();
        cell.get_or_try_init(|| self.unpack(hash)).await.cloned()
    }

    async fn unpack(&self, hash: &ArtifactHash) -> Result<Arc<Tree>, Fault> {
        let fault = |cause| Fault::because(format!("artifact {hash} could not be unpacked"), cause);
        let root = self.folder.join(hash.as_str());
        if !root.exists() {
            let aside = TemporaryFolder::create_in(&self.folder, ASIDE).map_err(fault)?;
            let tree = aside.path().join("tree");
            self.source.unpack(hash, &tree).await?;
            std::fs::rename(&tree, &root).map_err(fault)?;
        }
        let layout = self.source.layout(hash).await?;
        check_inside(&root, &layout)?;
        Ok(Arc::new(Tree { root, layout }))
    }

    /// Removes every tree that nobody holds, also of earlier processes; the files go in the background.
    pub(crate) fn tidy(&self) {
        let mut trees = self.trees();
        let free = |cell: &Cell| {
            Arc::strong_count(cell) == 1
                && cell.get().is_none_or(|tree| Arc::strong_count(tree) == 1)
        };
        trees.retain(|_, cell| !free(cell));
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let hash = entry
                .file_name()
                .to_str()
                .and_then(|name| ArtifactHash::parse(name).ok());
            if hash.is_some_and(|hash| !trees.contains_key(&hash)) {
                self.discard(&entry.path());
            }
        }
    }

    fn discard(&self, root: &Path) {
        let aside = TemporaryFolder::create_in(&self.folder, ASIDE);
        let moved = aside.and_then(|aside| std::fs::rename(root, aside.path().join("tree")));
        if let Err(cause) = moved {
            tracing::warn!(%cause, root = %root.display(), "an unused artifact could not be removed");
        }
    }

    fn trees(&self) -> std::sync::MutexGuard<'_, HashMap<ArtifactHash, Cell>> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The application's folder is a folder of the tree itself: the tree holds the links that a build left.
fn check_inside(root: &Path, layout: &Layout) -> Result<(), Fault> {
    let folder = Dir::open(root).and_then(|root| root.open_dir(&layout.folder));
    folder.map(drop).map_err(|cause| {
        Fault::because(
            "the artifact's layout names no folder within its tree",
            cause,
        )
    })
}

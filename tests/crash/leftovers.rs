//! What a platform that was killed often leaves behind once everything is undeployed: nothing that grows.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::folders::Folders;

/// What is removed in the background is gone after this.
const TIDIED: Duration = Duration::from_secs(10);

/// Waits until the folders hold nothing of what was under way or undeployed.
pub(super) async fn assert_tidy(folders: &Folders) {
    let begin = Instant::now();
    loop {
        let left = leftovers(folders);
        if left.is_empty() {
            return;
        }
        assert!(
            begin.elapsed() < TIDIED,
            "this is left though nothing is deployed or under way: {left:#?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn leftovers(folders: &Folders) -> Vec<PathBuf> {
    let (data, cache) = (folders.data(), folders.cache());
    let mut left = Vec::new();
    for folder in [
        data.join("scratch"),
        data.join("run"),
        data.join("apps"),
        cache.join("work"),
    ] {
        left.extend(entries(&folder));
    }
    // Half-written files, by the names that their writers give them.
    for (folder, prefix) in [
        (data.join("blobs"), ".tmp."),
        (cache.join("trees"), ".keeping-"),
        (data.clone(), ".tmp"),
        (data.join("runtime"), ".tmp"),
    ] {
        let half = |path: &PathBuf| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        };
        left.extend(entries(&folder).into_iter().filter(half));
    }
    left
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

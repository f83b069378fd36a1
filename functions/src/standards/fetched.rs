//! An archive of advisories at the operator's address: fetched every day into the blobs, whole or not at all, so that what was there stays
//! until something better is, and every process that checks loads the same.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use blobs::{Blobs, keys};
use checks::sca::Advisories;
use domain::limits;
use domain::time::Timestamp;
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{Client, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tokio::sync::Mutex;
use work::Fault;

use crate::platform::Platform;

/// A Lambda function has 15 minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// The archive.
#[derive(Debug)]
pub(crate) struct Fetched {
    url: String,
    loaded: Mutex<Option<(Stored, Arc<Advisories>)>>,
}

/// What was fetched last; written after the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    fetched_at: Timestamp,
    advisories: usize,
}

impl Fetched {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            loaded: Mutex::new(None),
        }
    }

    /// Fetches what changed since the last time.
    ///
    /// # Errors
    /// Why there is nothing new; what was fetched before stays.
    pub(crate) async fn refresh(&self, platform: &Platform) -> Result<(), Fault> {
        let blobs = &platform.blobs;
        let before: Option<Stored> = blobs.get_json(keys::ADVISORIES_STATE).await?;
        let before = before.filter(|before| before.url == self.url);
        let answer = self.get(before.as_ref()).await?;
        if answer.status() == StatusCode::NOT_MODIFIED && before.is_some() {
            tracing::info!("the advisories have not changed");
            return Ok(());
        }
        if answer.status() != StatusCode::OK {
            return Err(fault(&format!(
                "the answer has the status {}",
                answer.status()
            )));
        }
        let header = |name| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let (etag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
        let archive = self.download(answer, &platform.scratch).await?;
        let advisories = load(archive.path()).await?;
        if advisories.source.advisories == 0 {
            return Err(fault("the archive has no advisories for npm or Maven"));
        }
        blobs.put_file(keys::ADVISORIES, archive.path()).await?;
        let stored = Stored {
            url: self.url.clone(),
            etag,
            last_modified,
            fetched_at: platform.desk.clock.now(),
            advisories: advisories.source.advisories,
        };
        blobs.put_json(keys::ADVISORIES_STATE, &stored).await?;
        tracing::info!(advisories = %advisories.source, "advisories were fetched");
        *self.loaded.lock().await = Some((stored, Arc::new(advisories)));
        Ok(())
    }

    /// What was fetched last; none before the first time.
    pub(super) async fn current(
        &self,
        blobs: &Blobs,
        scratch: &Path,
    ) -> Result<Option<Arc<Advisories>>, Fault> {
        let Some(stored) = blobs.get_json::<Stored>(keys::ADVISORIES_STATE).await? else {
            return Ok(None);
        };
        // Held while it is loaded: whoever comes meanwhile would load the same.
        let mut loaded = self.loaded.lock().await;
        if let Some((before, advisories)) = &*loaded
            && *before == stored
        {
            return Ok(Some(advisories.clone()));
        }
        let archive = NamedTempFile::new_in(scratch).map_err(Fault::of)?;
        if !blobs.get_file(keys::ADVISORIES, archive.path()).await? {
            return Err(Fault("the fetched advisories are not stored".to_owned()));
        }
        let advisories = Arc::new(load(archive.path()).await?);
        *loaded = Some((stored, advisories.clone()));
        Ok(Some(advisories))
    }

    async fn get(&self, before: Option<&Stored>) -> Result<Response, Fault> {
        let client = Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| fault(&error.to_string()))?;
        let mut get = client.get(&self.url);
        if let Some(etag) = before.and_then(|before| before.etag.as_ref()) {
            get = get.header(IF_NONE_MATCH, etag);
        } else if let Some(day) = before.and_then(|before| before.last_modified.as_ref()) {
            get = get.header(IF_MODIFIED_SINCE, day);
        }
        get.send().await.map_err(unreachable)
    }

    async fn download(&self, mut answer: Response, scratch: &Path) -> Result<NamedTempFile, Fault> {
        let mut archive = NamedTempFile::new_in(scratch).map_err(Fault::of)?;
        let mut bytes = 0;
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            bytes += chunk.len() as u64;
            if bytes > limits::ADVISORIES_BYTES {
                let most = limits::ADVISORIES_BYTES >> 20;
                return Err(fault(&format!("the archive has more than {most} MiB")));
            }
            archive.write_all(&chunk).map_err(Fault::of)?;
        }
        Ok(archive)
    }
}

fn unreachable(error: reqwest::Error) -> Fault {
    fault(&error.without_url().to_string())
}

fn fault(why: &str) -> Fault {
    // The address may hold a password, and the operator knows it.
    Fault(format!(
        "no new advisories could be fetched: {why}; those of before stay"
    ))
}

async fn load(archive: &Path) -> Result<Advisories, Fault> {
    let archive = archive.to_owned();
    tokio::task::spawn_blocking(move || Advisories::of_zip(&archive))
        .await
        .map_err(Fault::of)?
        .map_err(Fault::of)
}

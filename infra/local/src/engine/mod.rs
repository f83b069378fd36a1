//! The embedded engine answers the DynamoDB, SQS and S3 protocols inside this process, so rows, messages and blobs have one
//! implementation each: the one on the AWS SDK (docs/adr/0001-embedded-engine.md).
//!
//! No socket is opened: the SDK clients hand their HTTP requests straight to the services. What was acknowledged to a caller is on
//! disk, except messages, which live in memory: the rows say what is still to be done.

mod access;
mod blobs;
mod clients;
mod connector;
mod create;
mod error;
mod folder;
mod journal;
mod layout;
mod messages;
mod rows;
mod weather;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;

pub use error::EngineError;
pub use weather::{Fate, Protocol, Weather};

pub use layout::{IndexLayout, Layout, QueueLayout, TableLayout};

use blobs::Blobs;
use folder::Folder;
use messages::Messages;
use rows::Rows;

/// The three services of one data folder, and the SDK clients that reach them.
///
/// Clients may outlive the engine: the folder stays locked until the last of them is gone.
pub struct Engine {
    rows: Rows,
    blobs: Blobs,
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    s3: aws_sdk_s3::Client,
}

impl Engine {
    /// Opens the data folder `dir`, creates it and whatever of `layout` it lacks, and locks it for this process.
    ///
    /// Must be called within a tokio runtime: the queues run as its tasks.
    ///
    /// # Errors
    /// The folder is in use by another process or not usable, its rows are damaged or gone, or they were laid out differently.
    /// Nothing that was found in the folder is changed then.
    pub async fn open(dir: &Path, layout: &Layout) -> Result<Engine, EngineError> {
        Engine::open_in(dir, layout, &Weather::default()).await
    }

    /// The same, in this weather.
    ///
    /// # Errors
    /// As for [`Engine::open`].
    pub async fn open_in(
        dir: &Path,
        layout: &Layout,
        weather: &Weather,
    ) -> Result<Engine, EngineError> {
        let folder = Arc::new(Folder::claim(dir)?);
        let table = layout.table.clone();
        let rows = rows::off_the_async_threads(move || {
            Rows::make(&folder, |rows| create::table(rows, &table))?;
            let rows = Rows::open(folder)?;
            create::table(&rows, &table)?;
            Ok(rows)
        })
        .await?;
        Engine::start(rows, &folder::blobs_of(dir), layout, weather).await
    }

    /// The same with rows in memory and blobs in `blobs`, for tests: any number side by side, none sees another.
    ///
    /// # Errors
    /// The folder for blobs is not usable.
    pub async fn in_memory(blobs: &Path, layout: &Layout) -> Result<Engine, EngineError> {
        let rows = Rows::in_memory()?;
        create::table(&rows, &layout.table)?;
        Engine::start(rows, blobs, layout, &Weather::default()).await
    }

    async fn start(
        rows: Rows,
        blobs: &Path,
        layout: &Layout,
        weather: &Weather,
    ) -> Result<Engine, EngineError> {
        create::buckets(blobs, &layout.buckets)?;
        let blobs = Blobs::open(blobs, rows.folder())?;
        let messages = Messages::new();
        let fair = clients::sqs(messages.clone(), &Weather::default());
        create::queues(&fair, &layout.queues).await?;
        Ok(Engine {
            dynamodb: clients::dynamodb(rows.clone(), weather),
            sqs: clients::sqs(messages, weather),
            s3: clients::s3(blobs.clone(), weather),
            rows,
            blobs,
        })
    }

    /// Waits until nobody has the data folder open any more, once the engine and its clients were let go; at most a second.
    pub async fn closed(self: Arc<Self>) {
        let folder = self.rows.folder().map(|folder| Arc::downgrade(&folder));
        drop(self);
        for _ in 0..200 {
            if folder
                .as_ref()
                .is_none_or(|folder| folder.strong_count() == 0)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tracing::warn!("something still has the data folder open");
    }

    /// A client for the rows.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.dynamodb.clone()
    }

    /// A client for the messages; a queue's address comes from `get_queue_url`.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.sqs.clone()
    }

    /// A client for the blobs.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        self.s3.clone()
    }

    /// Answers whoever follows a link that [`Engine::s3`] presigned, wherever it was met: only path and query count, and a valid
    /// signature is the only way in. Links end with the process that signed them. No more of the request is looked at than the `range`.
    pub async fn answer_link(
        &self,
        link: &http::Uri,
        range: Option<&http::HeaderValue>,
    ) -> http::Response<Body> {
        self.blobs.answer_link(link, range).await
    }

    /// Deletes the rows whose time to live is over, as DynamoDB does by itself; returns how many. To be called now and then.
    ///
    /// # Errors
    /// The rows cannot be read or written.
    pub async fn sweep_expired(&self) -> Result<usize, EngineError> {
        let rows = self.rows.clone();
        rows::off_the_async_threads(move || rows.sweep_expired()).await
    }
}

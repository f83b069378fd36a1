//! Rows: DynamoDB's JSON protocol on a SQLite file. An answer is given only after the write is on disk.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::EngineError;
use super::connector::Service;
use super::folder::Folder;
use super::journal::Journal;
use crate::runtimes;

const TARGET: &str = "DynamoDB_20120810.";
const JSON: &str = "application/x-amz-json-1.0";

/// Operations of the background at a time: one that runs, and one that is ready when it ends.
const BACKGROUND: usize = 2;

/// SQLite's result codes for a file that is not a (whole) database (sqlite.org/rescode.html).
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_NOTADB: i32 = 26;

/// The rows of one data folder, or of memory. Clones are the same rows.
#[derive(Clone)]
pub(super) struct Rows {
    database: Database,
    /// Work of the background takes turns before it comes to the database, which lets in one operation after the other: a request then waits
    /// for [`BACKGROUND`] of them at most.
    background: Arc<Semaphore>,
    /// Rows in memory have none.
    journal: Option<Arc<Journal>>,
    folder: Option<Arc<Folder>>,
}

impl Rows {
    /// Opens the file of the rows in `folder`, and creates it in a folder that is new.
    pub(super) fn open(folder: Arc<Folder>) -> Result<Rows, EngineError> {
        let file = folder.rows();
        if folder.lost_its_rows() {
            return Err(EngineError::Gone { file });
        }
        Rows::of_file(&file, folder)
    }

    /// Makes the rows of a folder that has none, whole or not at all: creating a table takes several transactions, and a kill between
    /// them would leave a file that never opens again. It becomes `rows.db` only when `fill` is done.
    pub(super) fn make(
        folder: &Arc<Folder>,
        fill: impl FnOnce(&Rows) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let file = folder.rows();
        if file.exists() || folder.lost_its_rows() {
            return Ok(());
        }
        let draft = folder.new_rows();
        let unusable = |source| EngineError::Unusable {
            path: draft.clone(),
            source,
        };
        for end in ["", "-wal", "-shm"] {
            let mut left = draft.clone().into_os_string();
            left.push(end);
            match std::fs::remove_file(&left) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unusable(error));
                }
                _ => {}
            }
        }
        // Its last connection moves the journal into the file as it closes.
        let rows = Rows::of_file(&draft, folder.clone())?;
        fill(&rows)?;
        drop(rows);
        std::fs::rename(&draft, &file).map_err(unusable)
    }

    fn of_file(file: &Path, folder: Arc<Folder>) -> Result<Rows, EngineError> {
        let Some(path) = file.to_str() else {
            return Err(EngineError::Refused {
                file: file.to_owned(),
                reason: "its path is not UTF-8".into(),
            });
        };
        // dynoxide makes SQLite journal ahead (WAL). What this call does at the end of an import is wanted here: synchronous=NORMAL, with
        // which SQLite syncs where it moves the journal into the file, and leaves the sync of each write to us.
        let database = Database::new(path)
            .and_then(|database| database.disable_bulk_loading().map(|()| database))
            .map_err(|error| file_failure(&folder, error))?;
        Ok(Rows {
            database,
            background: Arc::new(Semaphore::new(BACKGROUND)),
            journal: Some(Arc::new(Journal::of(file))),
            folder: Some(folder),
        })
    }

    /// Rows that end with the value.
    pub(super) fn in_memory() -> Result<Rows, EngineError> {
        let database =
            Database::memory().map_err(|error| EngineError::fault("open rows in memory", error))?;
        Ok(Rows {
            database,
            background: Arc::new(Semaphore::new(BACKGROUND)),
            journal: None,
            folder: None,
        })
    }

    /// The folder that holds the rows, unless they are in memory.
    pub(super) fn folder(&self) -> Option<Arc<Folder>> {
        self.folder.clone()
    }

    /// Runs one operation of the protocol, such as `GetItem`, on a JSON request; blocks on the disk.
    pub(super) fn run(&self, operation: &str, body: &[u8]) -> Result<Vec<u8>, DynoxideError> {
        let db = &self.database;
        match operation {
            "GetItem" => call(body, |request| db.get_item(request)),
            "PutItem" => call(body, |request| db.put_item(request)),
            "UpdateItem" => call(body, |request| db.update_item(request)),
            "DeleteItem" => call(body, |request| db.delete_item(request)),
            "Query" => call(body, |request| db.query(request)),
            "Scan" => call(body, |request| db.scan(request)),
            "BatchGetItem" => call(body, |request| db.batch_get_item(request)),
            "BatchWriteItem" => call(body, |request| db.batch_write_item(request)),
            "TransactGetItems" => call(body, |request| db.transact_get_items(request)),
            "TransactWriteItems" => call(body, |request| db.transact_write_items(untold(request))),
            "CreateTable" => call(body, |request| db.create_table(request)),
            "DescribeTable" => call(body, |request| db.describe_table(request)),
            "UpdateTimeToLive" => call(body, |request| db.update_time_to_live(request)),
            "DescribeTimeToLive" => call(body, |request| db.describe_time_to_live(request)),
            _ => Err(DynoxideError::ValidationException(format!(
                "the embedded engine does not serve {operation}"
            ))),
        }
    }

    /// Deletes the rows whose time to live is over; blocks on the disk.
    pub(super) fn sweep_expired(&self) -> Result<usize, EngineError> {
        self.database
            .sweep_ttl()
            .map_err(|error| self.failure("sweep expired rows", error))
    }

    /// What an error of the database, while it was to do `what`, means to the person who runs the engine.
    pub(super) fn failure(&self, what: &str, error: DynoxideError) -> EngineError {
        match (&self.folder, &error) {
            (Some(folder), DynoxideError::SqliteError(_)) => file_failure(folder, error),
            _ => EngineError::fault(what, error),
        }
    }
}

impl Rows {
    /// The same as [`Rows::run`]; what was written is on disk then.
    async fn run_to_disk(&self, operation: String, body: Bytes) -> Result<Vec<u8>, DynoxideError> {
        let fault = |error: &dyn Display| DynoxideError::InternalServerError(error.to_string());
        let reads = matches!(
            operation.as_str(),
            "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems"
        );
        let rows = self.clone();
        let turn = if runtimes::is_requests() {
            None
        } else {
            self.background.clone().acquire_owned().await.ok()
        };
        // On a thread that may wait for the disk. The turn ends with the operation, also where nobody waits for it any more.
        let answer = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            rows.run(&operation, &body)
        });
        let answer = answer.await.map_err(|error| fault(&error))??;
        match &self.journal {
            Some(journal) if !reads => journal.synced().await.map_err(|error| fault(&error))?,
            _ => {}
        }
        Ok(answer)
    }
}

#[async_trait]
impl Service for Rows {
    async fn answer(&self, request: Request<SdkBody>) -> Response<SdkBody> {
        let (head, body) = request.into_parts();
        let target = head
            .headers
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok());
        let operation = target
            .and_then(|target| target.strip_prefix(TARGET))
            .unwrap_or_default()
            .to_owned();
        let result = match body.collect().await {
            Ok(body) => self.run_to_disk(operation, body.to_bytes()).await,
            Err(error) => Err(DynoxideError::SerializationException(error.to_string())),
        };
        match result {
            Ok(json) => respond(StatusCode::OK, json),
            Err(error) => respond(
                StatusCode::from_u16(error.status_code())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                error.to_json().into_bytes(),
            ),
        }
    }
}

/// Runs what blocks on the disk on a thread that may block.
pub(super) async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EngineError::fault("work on the rows", error))?
}

/// The request without its token. The token is for a client whose answer was lost and who asks again, and no answer is lost in one
/// process; the database looks through the tokens of the last ten minutes at every write, and lets no other write begin meanwhile.
fn untold(mut request: TransactWriteItemsRequest) -> TransactWriteItemsRequest {
    request.client_request_token = None;
    request
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    run: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<Vec<u8>, DynoxideError> {
    // The SDK writes well-formed requests, so what fails to parse is a value inside: DynamoDB calls that a ValidationException.
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    serde_json::to_vec(&run(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn respond(status: StatusCode, json: Vec<u8>) -> Response<SdkBody> {
    let mut response = Response::new(SdkBody::from(json));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(JSON));
    response
}

/// What an error about the file of the rows means.
fn file_failure(folder: &Folder, error: DynoxideError) -> EngineError {
    let file = folder.rows();
    let code = match &error {
        DynoxideError::SqliteError(error) => error
            .sqlite_error()
            .map_or(0, |error| error.extended_code & 0xff),
        // dynoxide words this one itself when it opens a file.
        DynoxideError::InternalServerError(text)
            if text.contains("not a valid SQLite database") =>
        {
            SQLITE_NOTADB
        }
        _ => 0,
    };
    match code {
        SQLITE_NOTADB => EngineError::Damaged {
            file,
            reason: "is not a SQLite database",
        },
        SQLITE_CORRUPT => EngineError::Damaged {
            file,
            reason: "is cut short or damaged inside",
        },
        _ => EngineError::Refused {
            file,
            reason: error.to_string(),
        },
    }
}

//! Blobs on S3: sources, artifacts, build results and full reports. No other file knows what an object's key looks like.

pub mod keys;
mod link;

use std::path::Path;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use link::Download;

/// The bucket did not answer, or holds what this version cannot read.
#[derive(Debug, thiserror::Error)]
#[error("the object {key} could not be {operation}: {cause}")]
pub struct BlobError {
    key: String,
    operation: &'static str,
    cause: String,
}

/// The bucket and the way to it.
#[derive(Debug, Clone)]
pub struct Blobs {
    client: Client,
    bucket: String,
    links_at: Option<String>,
}

impl Blobs {
    /// Blobs in a bucket that exists.
    #[must_use]
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self {
            client,
            bucket: bucket.into(),
            links_at: None,
        }
    }

    /// Writes an object, whatever was there.
    ///
    /// # Errors
    /// The bucket does not answer.
    pub async fn put(&self, key: &str, body: impl Into<Bytes>) -> Result<(), BlobError> {
        self.put_stream(key, ByteStream::from(body.into())).await
    }

    /// Writes a file as an object, whatever was there.
    ///
    /// # Errors
    /// The file cannot be read, or the bucket does not answer.
    pub async fn put_file(&self, key: &str, file: &Path) -> Result<(), BlobError> {
        let stream = ByteStream::from_path(file).await;
        let stream = stream.map_err(|error| fault(key, "written", error))?;
        self.put_stream(key, stream).await
    }

    async fn put_stream(&self, key: &str, body: ByteStream) -> Result<(), BlobError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let answer = put.body(body).send().await;
        answer
            .map(drop)
            .map_err(|error| sdk_fault(key, "written", error))
    }

    /// Writes a JSON document.
    ///
    /// # Errors
    /// The bucket does not answer.
    pub async fn put_json(&self, key: &str, document: &impl Serialize) -> Result<(), BlobError> {
        let body = serde_json::to_vec(document).map_err(|error| fault(key, "written", error))?;
        self.put(key, body).await
    }

    /// The object, or none.
    ///
    /// # Errors
    /// The bucket does not answer.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, BlobError> {
        let Some(body) = self.stream(key).await? else {
            return Ok(None);
        };
        let body = body
            .collect()
            .await
            .map_err(|error| fault(key, "read", error))?;
        Ok(Some(body.into_bytes()))
    }

    /// A JSON document, or none.
    ///
    /// # Errors
    /// The bucket does not answer, or the document is another one.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, BlobError> {
        let Some(body) = self.get(key).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&body)
            .map(Some)
            .map_err(|error| fault(key, "read", error))
    }

    /// Writes an object into a file; false where there is no object.
    ///
    /// # Errors
    /// The bucket does not answer, or the file cannot be written.
    pub async fn get_file(&self, key: &str, file: &Path) -> Result<bool, BlobError> {
        let Some(body) = self.stream(key).await? else {
            return Ok(false);
        };
        let mut reader = body.into_async_read();
        let mut file = tokio::fs::File::create(file)
            .await
            .map_err(|error| fault(key, "read", error))?;
        tokio::io::copy(&mut reader, &mut file)
            .await
            .map_err(|error| fault(key, "read", error))?;
        file.sync_all()
            .await
            .map_err(|error| fault(key, "read", error))?;
        Ok(true)
    }

    /// The bytes of an object; none where there is no object.
    ///
    /// # Errors
    /// The bucket does not answer.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, BlobError> {
        let head = self.client.head_object().bucket(&self.bucket).key(key);
        match head.send().await {
            Ok(answer) => Ok(Some(
                u64::try_from(answer.content_length.unwrap_or_default()).unwrap_or_default(),
            )),
            // The answer to a HEAD has no body that could say more.
            Err(error)
                if error
                    .raw_response()
                    .is_some_and(|raw| raw.status().as_u16() == 404) =>
            {
                Ok(None)
            }
            Err(error) => Err(sdk_fault(key, "looked up", error)),
        }
    }

    async fn stream(&self, key: &str) -> Result<Option<ByteStream>, BlobError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        match get.send().await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Ok(None)
            }
            Err(error) => Err(sdk_fault(key, "read", error)),
        }
    }
}

fn fault(key: &str, operation: &'static str, cause: impl std::fmt::Display) -> BlobError {
    BlobError {
        key: key.to_owned(),
        operation,
        cause: cause.to_string(),
    }
}

fn sdk_fault<E>(key: &str, operation: &'static str, error: SdkError<E>) -> BlobError
where
    E: std::error::Error + Send + Sync + 'static,
{
    fault(key, operation, DisplayErrorContext(error))
}

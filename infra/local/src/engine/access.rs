//! Only signed requests reach the blobs, and only keys that are the plain path of one file below their bucket.

use async_trait::async_trait;
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Result, s3_error};

/// The longest key, in bytes: s3s-fs names a file beside the blob after the bucket and the key in base64, and a file name has at
/// most 255 bytes; this leaves 36 bytes for the name of the bucket.
const KEY_BYTES: usize = 128;

/// What is asked of every request.
pub(super) struct SignedPlainKeys;

#[async_trait]
impl S3Access for SignedPlainKeys {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "Signature is required"));
        }
        match request.s3_path().get_object_key() {
            Some(key) if key.len() > KEY_BYTES => Err(s3_error!(
                KeyTooLongError,
                "the embedded engine holds keys of up to {} bytes",
                KEY_BYTES
            )),
            Some(key) if !is_plain(key) => Err(s3_error!(
                InvalidURI,
                "the embedded engine holds keys without empty, '.' and '..' parts"
            )),
            _ => Ok(()),
        }
    }
}

/// Whether a file system keeps the key apart from every other.
fn is_plain(key: &str) -> bool {
    key.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

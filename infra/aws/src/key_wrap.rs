//! The adapter of `KeyWrap` on KMS: data keys come from the service, bound to their context as encryption context.

use async_trait::async_trait;
use aws_sdk_kms::Client;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrets::{DataKey, KeyWrap, WrapError, WrappedKey, Zeroizing};

/// The name under which the context stands in KMS's encryption context, and so in its audit log.
const CONTEXT: &str = "slipway-context";

/// A key of KMS.
pub struct KmsKey {
    client: Client,
    key: String,
}

impl KmsKey {
    /// A key by its id, ARN or alias.
    #[must_use]
    pub fn new(client: Client, key: impl Into<String>) -> Self {
        Self {
            client,
            key: key.into(),
        }
    }
}

fn clear(blob: Option<Blob>, doing: &'static str) -> Result<DataKey, WrapError> {
    let bytes = Zeroizing::new(blob.map(Blob::into_inner).unwrap_or_default());
    let key = <[u8; 32]>::try_from(bytes.as_slice());
    key.map(|key| DataKey(Zeroizing::new(key)))
        .map_err(|error| WrapError::new(doing, error))
}

#[async_trait]
impl KeyWrap for KmsKey {
    async fn new_data_key(&self, context: &str) -> Result<(DataKey, WrappedKey), WrapError> {
        let doing = "wrap a data key";
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(CONTEXT, context)
            .send()
            .await
            .map_err(|error| WrapError::new(doing, DisplayErrorContext(error)))?;
        let wrapped = answer
            .ciphertext_blob
            .map(Blob::into_inner)
            .unwrap_or_default();
        Ok((
            clear(answer.plaintext, doing)?,
            WrappedKey(STANDARD.encode(wrapped)),
        ))
    }

    async fn unwrap(&self, wrapped: &WrappedKey, context: &str) -> Result<DataKey, WrapError> {
        let doing = "unwrap a data key";
        let wrapped = STANDARD
            .decode(&wrapped.0)
            .map_err(|error| WrapError::new(doing, error))?;
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key)
            .ciphertext_blob(Blob::new(wrapped))
            .encryption_context(CONTEXT, context)
            .send()
            .await
            .map_err(|error| WrapError::new(doing, DisplayErrorContext(error)))?;
        clear(answer.plaintext, doing)
    }
}

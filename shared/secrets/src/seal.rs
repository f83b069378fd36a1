//! Envelope encryption: AES-256-GCM under a data key of its own, bound to its context as additional data (NIST SP 800-38D).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key_wrap::{DataKey, KeyWrap, WrapError, WrappedKey};
use crate::random::random_bytes;

const VERSION: u8 = 1;

/// A sealed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    version: u8,
    key: WrappedKey,
    data: String,
}

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The master key could not be used.
    #[error(transparent)]
    Key(#[from] WrapError),
    /// It is nothing that JSON can say.
    #[error("the document cannot be written as JSON: {0}")]
    Unwritable(serde_json::Error),
    /// It was changed, or sealed in another context.
    #[error("the sealed data was changed, or belongs elsewhere")]
    Damaged,
}

/// Encrypts; the nonce, which is random, stands before the ciphertext.
///
/// # Errors
/// Never in practice: the cipher takes every input of a sensible size.
pub fn encrypt(key: &[u8; 32], context: &str, clear: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce = random_bytes::<NONCE_LEN>();
    let mut data = clear.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.as_bytes()),
            &mut data,
        )
        .map_err(|_| SealError::Damaged)?;
    Ok([nonce.as_slice(), &data].concat())
}

/// Decrypts what [`encrypt`] gave.
///
/// # Errors
/// [`SealError::Damaged`].
pub fn decrypt(
    key: &[u8; 32],
    context: &str,
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, data) = data.split_at_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
    let mut clear = Zeroizing::new(data.to_vec());
    let length = cipher(key)?
        .open_in_place(nonce, Aad::from(context.as_bytes()), &mut clear)
        .map_err(|_| SealError::Damaged)?
        .len();
    clear.truncate(length);
    Ok(clear)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, SealError> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError::Damaged)?;
    Ok(LessSafeKey::new(key))
}

/// Seals a document in its context.
///
/// # Errors
/// The master key cannot be used, or [`SealError::Unwritable`].
pub async fn seal(
    keys: &dyn KeyWrap,
    context: &str,
    document: &(impl Serialize + Sync),
) -> Result<Sealed, SealError> {
    let clear = Zeroizing::new(serde_json::to_vec(document).map_err(SealError::Unwritable)?);
    let (DataKey(data_key), key) = keys.new_data_key(context).await?;
    Ok(Sealed {
        version: VERSION,
        key,
        data: STANDARD.encode(encrypt(&data_key, context, &clear)?),
    })
}

/// Opens a document in the context in which it was sealed.
///
/// # Errors
/// The master key cannot be used, or [`SealError::Damaged`].
pub async fn open<T: DeserializeOwned>(
    keys: &dyn KeyWrap,
    context: &str,
    sealed: &Sealed,
) -> Result<T, SealError> {
    if sealed.version != VERSION {
        return Err(SealError::Damaged);
    }
    let DataKey(data_key) = keys.unwrap(&sealed.key, context).await?;
    let data = STANDARD
        .decode(&sealed.data)
        .map_err(|_| SealError::Damaged)?;
    let clear = decrypt(&data_key, context, &data)?;
    serde_json::from_slice(&clear).map_err(|_| SealError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn what_was_sealed_opens_in_its_context_only() {
        let data = encrypt(&KEY, "deployment:a", b"hunter2").unwrap();
        assert_eq!(
            decrypt(&KEY, "deployment:a", &data).unwrap().as_slice(),
            b"hunter2"
        );
        assert!(decrypt(&KEY, "deployment:b", &data).is_err());
        assert!(decrypt(&[8; 32], "deployment:a", &data).is_err());
    }

    #[test]
    fn one_changed_bit_is_noticed() {
        let data = encrypt(&KEY, "x", b"hunter2").unwrap();
        for index in 0..data.len() {
            let mut changed = data.clone();
            changed[index] ^= 1;
            assert!(decrypt(&KEY, "x", &changed).is_err(), "byte {index}");
        }
        assert!(decrypt(&KEY, "x", &data[..5]).is_err());
    }

    /// Wraps as the local master key does.
    struct Wrap;

    #[async_trait::async_trait]
    impl KeyWrap for Wrap {
        async fn new_data_key(&self, context: &str) -> Result<(DataKey, WrappedKey), WrapError> {
            let key = Zeroizing::new(random_bytes());
            let wrapped = encrypt(&KEY, context, key.as_slice())
                .map_err(|cause| WrapError::new("wrap", cause))?;
            Ok((DataKey(key), WrappedKey(STANDARD.encode(wrapped))))
        }

        async fn unwrap(&self, wrapped: &WrappedKey, context: &str) -> Result<DataKey, WrapError> {
            let wrapped = STANDARD.decode(&wrapped.0).unwrap();
            let key = decrypt(&KEY, context, &wrapped)
                .map_err(|cause| WrapError::new("unwrap", cause))?;
            Ok(DataKey(Zeroizing::new(key.as_slice().try_into().unwrap())))
        }
    }

    #[tokio::test]
    async fn a_document_survives_storage_and_shows_nothing_there() {
        let document = [("password", "hunter2"), ("token", "")];
        let sealed = seal(&Wrap, "deployment:a", &document).await.unwrap();
        let again = seal(&Wrap, "deployment:a", &document).await.unwrap();
        assert!(sealed.key != again.key && sealed.data != again.data);
        let stored = serde_json::to_string(&sealed).unwrap();
        assert!(!stored.contains("hunter2") && !format!("{sealed:?}").contains("hunter2"));
        let sealed: Sealed = serde_json::from_str(&stored).unwrap();
        let opened: Vec<(String, String)> = open(&Wrap, "deployment:a", &sealed).await.unwrap();
        assert_eq!(
            opened,
            document.map(|(name, value)| (name.into(), value.into()))
        );
    }

    #[tokio::test]
    async fn a_document_moved_to_another_deployment_stays_closed() {
        let sealed = seal(&Wrap, "deployment:a", &"hunter2").await.unwrap();
        let other = seal(&Wrap, "deployment:b", &"other").await.unwrap();
        for (context, sealed) in [
            ("deployment:b", sealed.clone()),
            (
                "deployment:a",
                Sealed {
                    key: other.key.clone(),
                    ..sealed.clone()
                },
            ),
            (
                "deployment:b",
                Sealed {
                    data: sealed.data.clone(),
                    ..other.clone()
                },
            ),
            (
                "deployment:a",
                Sealed {
                    version: 2,
                    ..sealed.clone()
                },
            ),
            (
                "deployment:a",
                Sealed {
                    data: "no Base64!".into(),
                    ..sealed.clone()
                },
            ),
        ] {
            assert!(
                open::<String>(&Wrap, context, &sealed).await.is_err(),
                "{context} {sealed:?}"
            );
        }
        assert_eq!(
            open::<String>(&Wrap, "deployment:a", &sealed)
                .await
                .unwrap(),
            "hunter2"
        );
    }

    #[tokio::test]
    async fn refusals_say_what_is_wrong_and_nothing_of_the_content() {
        let sealed = seal(&Wrap, "deployment:a", &"hunter2").await.unwrap();
        let moved = open::<String>(&Wrap, "deployment:b", &sealed)
            .await
            .unwrap_err();
        insta::assert_snapshot!(moved, @"the master key could not unwrap: the sealed data was changed, or belongs elsewhere");
        let wrong_type = open::<u32>(&Wrap, "deployment:a", &sealed)
            .await
            .unwrap_err();
        insta::assert_snapshot!(wrong_type, @"the sealed data was changed, or belongs elsewhere");
        let not_json = std::collections::HashMap::from([(vec!["hunter2"], 1)]);
        let unwritable = seal(&Wrap, "deployment:a", &not_json).await.unwrap_err();
        insta::assert_snapshot!(unwritable, @"the document cannot be written as JSON: key must be a string");
    }
}

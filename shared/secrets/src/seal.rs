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
pub fn decrypt(key: &[u8; 32], context: &str, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
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
/// The master key cannot be used.
pub async fn seal(
    keys: &dyn KeyWrap,
    context: &str,
    document: &(impl Serialize + Sync),
) -> Result<Sealed, SealError> {
    let clear = Zeroizing::new(serde_json::to_vec(document).map_err(|_| SealError::Damaged)?);
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
    let data = STANDARD.decode(&sealed.data).map_err(|_| SealError::Damaged)?;
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
        assert_eq!(decrypt(&KEY, "deployment:a", &data).unwrap().as_slice(), b"hunter2");
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
}

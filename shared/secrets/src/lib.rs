//! A secret is sealed at rest, opened only where it is used, and masked wherever text is shown.

mod forms;
mod key_wrap;
mod mask;
mod random;
mod seal;
mod secret;

pub use key_wrap::{DataKey, KeyWrap, WrapError, WrappedKey};
pub use mask::Masker;
pub use random::{is_same, random_bytes, random_token};
pub use seal::{SealError, Sealed, decrypt, encrypt, open, seal};
pub use secret::Secret;
pub use zeroize::Zeroizing;

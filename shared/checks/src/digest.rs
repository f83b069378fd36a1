//! Texts as one short name: the same for the same texts in the same order, and for no others.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// 128 bits in hexadecimal: nobody gains by a collision, and a name stays readable.
#[must_use]
pub fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update([0]);
    }
    hex(&hash.finalize())
}

pub(crate) fn hex(hash: &[u8]) -> String {
    let hex = |byte: &u8| format!("{byte:02x}");
    hash.iter().take(16).map(hex).collect()
}

/// Grows with every change of a check's code; rules and shapes are told from their texts.
const CODE: &str = "6";

/// Names what the checks of this program find, so that nothing that another version found is taken for it.
#[must_use]
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        digest([
            CODE,
            crate::sast::RULES,
            crate::sast::SHARED[0],
            crate::sast::SHARED[1],
            crate::secrets::SHAPES_TEXT,
        ])
    });
    &VERSION
}

//! A text is found by its words, whatever their case and accents: `Café-Sync` has the words `cafe` and `sync`.

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, SimpleTokenizer, TextAnalyzer, TokenStream,
};

/// The most words of one search: each costs up to six looks into the index.
pub const MAX_WORDS: usize = 16;

/// What makes words of a text, of a Connector as of a search.
pub(crate) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(AsciiFoldingFilter)
        .filter(LowerCaser)
        .build()
}

/// The words of a text: letters and digits between anything else, in lower case, without accents.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_have_neither_case_nor_accents_nor_punctuation() {
        assert_eq!(
            words("Café-SYNC (v2), Größe!"),
            ["cafe", "sync", "v2", "grosse"]
        );
        assert!(words(" -- !? ").is_empty());
    }
}

//! A secret that turns up in text is replaced, in the forms in which programs write it.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::forms::forms_of;
use crate::secret::Secret;

/// Replaces secrets in text.
#[derive(Clone, Default)]
pub struct Masker {
    /// Absent when there is nothing to mask.
    forms: Option<AhoCorasick>,
}

const MASK: &str = "********";

impl Masker {
    /// A masker for these values, each as it is, by line, escaped for JSON and URLs, and within Base64.
    ///
    /// A value of fewer than 4 characters, spaces around it aside, is not masked: `1` or `eu` would turn every line into asterisks, and is no secret.
    ///
    /// # Panics
    /// With gigabytes of values, which the limits on a configuration exclude.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Secret>) -> Self {
        let forms: Vec<_> = values
            .into_iter()
            .flat_map(|value| forms_of(value.expose()))
            .collect();
        let automaton = (!forms.is_empty()).then(|| {
            AhoCorasick::new(forms.iter().map(|form| form.as_bytes()))
                .expect("the values are far smaller than the automaton's limit of 2^31 states")
        });
        Self { forms: automaton }
    }

    /// The text with every secret masked; secrets that overlap or touch become one mask.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut shown = 0;
        for secret in self.find(text) {
            masked.push_str(&text[shown..secret.start]);
            masked.push_str(MASK);
            shown = secret.end;
        }
        masked.push_str(&text[shown..]);
        masked
    }

    /// Where secrets are, in order and apart from each other.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        // They come by their end: one that began earlier swallows those before it.
        for hit in self
            .forms
            .iter()
            .flat_map(|forms| forms.find_overlapping_iter(text))
        {
            let mut start = hit.start();
            while let Some(last) = found.pop_if(|last| last.end >= start) {
                start = start.min(last.start);
            }
            found.push(start..hit.end());
        }
        found
    }
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.forms.as_ref().map_or(0, AhoCorasick::patterns_len);
        write!(f, "Masker({count} forms)")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn masker(values: &[&str]) -> Masker {
        let values: Vec<Secret> = values.iter().map(|value| Secret::new(*value)).collect();
        Masker::new(&values)
    }

    #[test]
    fn a_secret_is_masked_in_the_forms_in_which_programs_write_it() {
        let lines = r#"plain pa"ss/wo rd-1, json "pa\"ss/wo rd-1", JavaScript pa%22ss%2Fwo%20rd-1, form pa%22ss%2fwo+rd-1, Python pa%22ss/wo%20rd-1, all pa%22ss%2Fwo%20rd%2D1"#;
        insta::assert_snapshot!(masker(&[r#"pa"ss/wo rd-1"#]).mask(lines), @r#"plain ********, json "********", JavaScript ********, form ********, Python ********, all ********"#);
    }

    #[test]
    fn a_key_of_many_lines_is_masked_line_by_line() {
        let key = "-----BEGIN KEY-----\r\nMIIEvQIBADANBgkq\nhkiG9w0B\n-----END KEY-----\n";
        let text = "first MIIEvQIBADANBgkq\nthen hkiG9w0B and -----END KEY-----";
        insta::assert_snapshot!(masker(&[key]).mask(text), @r"
        first ********
        then ******** and ********
        ");
    }

    #[test]
    fn overlapping_secrets_leave_no_rest_of_either() {
        let masker = masker(&["abcdef", "efghij", "cdef", "aaaa"]);
        assert_eq!(masker.mask("<abcdefghij>"), "<********>");
        assert_eq!(masker.mask("<aaaaaaa> cdefg"), "<********> ********g");
    }

    #[test]
    fn a_short_value_is_left_alone_and_no_value_is_no_work() {
        assert_eq!(masker(&["eu", "", "abc"]).mask("queue abc"), "queue abc");
        assert_eq!(masker(&[]).mask("queue"), "queue");
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", masker(&["hunter2"]));
        assert!(
            shown.starts_with("Masker(") && !shown.contains("hunter"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn no_secret_survives_in_any_form(secret in "[^*]{4,40}", before in "[^*]{0,20}", after in "[^*]{0,20}") {
            prop_assume!(secret.trim().chars().count() >= 4);
            let masker = masker(&[&secret]);
            let json = serde_json::to_string(&secret).unwrap();
            for form in [secret.as_str(), &json[1..json.len() - 1]] {
                let masked = masker.mask(&format!("{before}{form}{after}"));
                prop_assert!(!masked.contains(form), "{masked}");
            }
        }

        #[test]
        fn no_secret_survives_within_base64(secret in "[a-z0-9]{8,40}", before in "[a-z:]{0,9}", after in "[a-z]{0,9}") {
            let masker = masker(&[&secret]);
            for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
                let encoded = engine.encode(format!("{before}{secret}{after}"));
                let masked = masker.mask(&encoded);
                prop_assert!(masked.contains(MASK), "{encoded}");
                // At either end, the character that the secret shares with its neighbour tells less than a byte.
                let rest = masked.replace(MASK, "").len();
                let neighbours = encoded.len() - secret.len() * 4 / 3;
                prop_assert!(rest <= neighbours + 3, "{masked}");
            }
        }

        #[test]
        fn text_without_a_secret_is_left_as_it_is(text in "[^0-9]{0,200}") {
            prop_assert_eq!(masker(&["5ecret-1234"]).mask(&text), text);
        }
    }
}

//! A secret that turns up in text is replaced, in the forms in which programs write it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Shorter values are not masked: `1` or `eu` would turn every line into asterisks, and is no secret.
const SHORTEST: usize = 4;
const MASK: &str = "********";

/// Replaces secrets in text.
#[derive(Clone, Default)]
pub struct Masker(Vec<Zeroizing<String>>);

impl Masker {
    /// A masker for these values, each as it is, JSON-escaped, percent-encoded and in Base64.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut forms: Vec<Zeroizing<String>> = Vec::new();
        for value in values {
            let text = value.expose();
            if text.chars().count() < SHORTEST {
                continue;
            }
            forms.extend(forms_of(text).map(Zeroizing::new));
        }
        // The longest first: a secret may be part of another.
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self(forms)
    }

    /// The text with every secret masked.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for form in &self.0 {
            if masked.contains(form.as_str()) {
                masked = masked.replace(form.as_str(), MASK);
            }
        }
        masked
    }
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Masker({} forms)", self.0.len())
    }
}

fn forms_of(text: &str) -> impl Iterator<Item = String> {
    let json = serde_json::to_string(text).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let trimmed = text.trim();
    let lines = trimmed.lines().filter(|line| line.chars().count() >= 2 * SHORTEST).map(str::to_owned);
    let lines: Vec<String> = lines.collect();
    [
        text.to_owned(),
        trimmed.to_owned(),
        json,
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(text),
        STANDARD_NO_PAD.encode(text),
        URL_SAFE.encode(text),
        URL_SAFE_NO_PAD.encode(text),
    ]
    .into_iter()
    .chain(lines)
    .filter(|form| form.chars().count() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_masked_in_the_forms_in_which_programs_write_it() {
        let secret = Secret::new("pa\"ss/wo rd");
        let masker = Masker::new([&secret]);
        let lines = r#"plain pa"ss/wo rd, json "pa\"ss/wo rd", url pa%22ss%2Fwo%20rd, base64 cGEic3Mvd28gcmQ="#;
        insta::assert_snapshot!(masker.mask(lines), @r#"plain ********, json "********", url ********, base64 ********"#);
    }

    #[test]
    fn a_short_value_is_left_alone() {
        let secret = Secret::new("eu");
        assert_eq!(Masker::new([&secret]).mask("queue"), "queue");
    }

    proptest! {
        #[test]
        fn no_secret_survives(secret in "[a-zA-Z0-9+/ =\"]{4,40}", before in ".{0,20}", after in ".{0,20}") {
            let value = Secret::new(secret.clone());
            let masked = Masker::new([&value]).mask(&format!("{before}{secret}{after}"));
            prop_assert!(!masked.contains(&secret) || "********".contains(&secret));
        }
    }
}

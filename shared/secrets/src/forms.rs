//! The forms in which programs write a secret: each is long enough not to be met by chance.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// In characters: the shortest text that is masked.
const SHORTEST: usize = 4;

/// In characters: the shortest line of a longer secret that is masked for itself.
const SHORTEST_LINE: usize = 8;

/// What JavaScript's `encodeURIComponent` leaves as it is (ECMA-262).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// What a form leaves as it is (URL standard, `application/x-www-form-urlencoded`), before spaces become `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b' ');

/// The unreserved characters of RFC 3986.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What Python's `quote` leaves as it is.
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// All forms of one secret, each once.
pub(crate) fn forms_of(text: &str) -> Vec<Zeroizing<String>> {
    let trimmed = text.trim();
    if !long_enough(trimmed, SHORTEST) {
        return Vec::new();
    }
    let mut forms = Vec::new();
    for text in [text, trimmed] {
        forms.push(text.to_owned());
        forms.push(json(text));
        forms.extend(percent(text));
        forms.extend(base64(text));
    }
    forms.extend(
        trimmed
            .lines()
            .filter(|line| long_enough(line, SHORTEST_LINE))
            .map(str::to_owned),
    );
    forms.retain(|form| long_enough(form, SHORTEST));
    forms.sort();
    forms.dedup();
    forms.into_iter().map(Zeroizing::new).collect()
}

fn long_enough(text: &str, characters: usize) -> bool {
    text.chars().nth(characters - 1).is_some()
}

/// Within a JSON string.
fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// With `%` escapes, in large and small hexadecimal digits.
fn percent(text: &str) -> Vec<String> {
    let encode = |set| utf8_percent_encode(text, set).to_string();
    let large = [
        encode(NON_ALPHANUMERIC),
        encode(COMPONENT),
        encode(FORM).replace(' ', "+"),
        encode(PATH),
        encode(UNRESERVED),
    ];
    let small = large.iter().map(|form| small_escapes(form));
    large.iter().cloned().chain(small).collect()
}

fn small_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut small = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        small.push('%');
        small.push_str(&digits.to_ascii_lowercase());
        small.push_str(rest);
    }
    small
}

/// By itself, and within a longer text, where its first byte may be any of the three that share four characters.
fn base64(text: &str) -> Vec<String> {
    let mut forms = vec![STANDARD.encode(text), URL_SAFE.encode(text)];
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        forms.push(engine.encode(text));
        for before in 0..3 {
            let padded = Zeroizing::new([&b"\0\0"[..before], text.as_bytes()].concat());
            let encoded = engine.encode(&padded);
            // Without the characters that hold bits of the neighbours too.
            let first = (before * 8).div_ceil(6);
            let last = padded.len() * 8 / 6;
            forms.push(encoded[first..last].to_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_within_a_longer_text_keeps_only_what_is_the_secrets_own() {
        let forms = base64("hunter2");
        for neighbours in ["", "u", "us", "usr"] {
            let encoded = STANDARD.encode(format!("{neighbours}hunter2{neighbours}"));
            assert!(
                forms.iter().any(|form| encoded.contains(form)),
                "{encoded} has none of {forms:?}"
            );
        }
    }

    #[test]
    fn nothing_shorter_than_the_shortest_becomes_a_form() {
        for text in ["", "a", "abc", " ab ", "\n\n\n\n\n"] {
            for form in forms_of(text) {
                assert!(form.chars().count() >= SHORTEST, "{form:?} of {text:?}");
            }
        }
        assert!(
            forms_of("abc").is_empty(),
            "its escapes are no secret either"
        );
    }
}

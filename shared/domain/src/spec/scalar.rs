//! What an unquoted word is in YAML 1.2's core schema: nothing, true or false, a number, or a text.

use std::sync::LazyLock;

use regex::Regex;

use super::yaml::Kind;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
        .expect("a constant pattern")
});
static SPECIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
        .expect("a constant pattern")
});

/// Reads an unquoted word.
pub(super) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if NUMBER.is_match(text) => {
            Kind::Number(text.parse().unwrap_or(f64::NAN), text.to_owned())
        }
        _ if SPECIAL.is_match(text) => Kind::Number(special(text), text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    }
}

/// Octal, hexadecimal, infinite and not a number.
fn special(text: &str) -> f64 {
    let digits = |digits: &str, radix| {
        digits
            .chars()
            .filter_map(|c| c.to_digit(radix))
            .fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit))
    };
    if let Some(octal) = text.strip_prefix("0o") {
        digits(octal, 8)
    } else if let Some(hexadecimal) = text.strip_prefix("0x") {
        digits(hexadecimal, 16)
    } else if text.starts_with('-') {
        f64::NEG_INFINITY
    } else if text.to_ascii_lowercase().ends_with("inf") {
        f64::INFINITY
    } else {
        f64::NAN
    }
}

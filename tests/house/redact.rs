//! What differs from run to run is replaced by its name, so that answers can be compared as they are.

use std::sync::LazyLock;

use regex::Regex;

// The longest form first: an id may stand within another thing.
static CHANGING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let changing = [
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "{id}",
        ),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "{time}"),
        (r"127\.0\.0\.1:\d+", "{platform}"),
        (r"localhost:\d+", "localhost:{port}"),
        (r"\bshop-\d{4}\b", "{shop}"),
        (r"\b[0-9a-f]{40}\b", "{commit}"),
        (r"\b[0-9a-f]{32}\b", "{client}"),
        (r"duration_ms: [0-9.]+", "duration_ms: {ms}"),
        (r"\d+(\.\d+)?ms", "{ms}"),
    ];
    changing
        .map(|(what, name)| (Regex::new(what).expect("a regular expression"), name))
        .into()
});

/// The text with every id, time, address and Project key replaced.
pub(crate) fn redacted(text: impl AsRef<str>) -> String {
    CHANGING
        .iter()
        .fold(text.as_ref().to_owned(), |text, (what, name)| {
            what.replace_all(&text, *name).into_owned()
        })
}

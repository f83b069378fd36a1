//! A value that is asked for its type answers with it or leaves a finding, in the official schema's words.

use std::ops::RangeInclusive;

use super::MAX_TEXT_BYTES;
use super::finding::{Findings, Place, shown};
use super::suggest;
use super::yaml::{Entry, Kind, Node};

/// A value and its path from the root.
pub(super) struct Field<'t> {
    pub(super) node: &'t Node,
    pub(super) path: String,
}

/// A value that is an object.
pub(super) struct Object<'t> {
    pub(super) path: String,
    pub(super) place: Place,
    entries: &'t [Entry],
}

impl<'t> Field<'t> {
    pub(super) fn refuse(
        &self,
        id: &'static str,
        message: String,
        hint: String,
        out: &mut Findings,
    ) {
        out.add(id, &self.path, self.node.place, message, hint);
    }

    fn refuse_type(&self, expected: &str, hint: String, out: &mut Findings) {
        let received = type_name(&self.node.kind);
        self.refuse(
            "spec/type",
            format!("Expected {expected}, received {received}"),
            hint,
            out,
        );
    }

    fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    pub(super) fn object(&self, out: &mut Findings) -> Option<Object<'t>> {
        if let Kind::Map(entries) = &self.node.kind {
            return Some(Object {
                path: self.path.clone(),
                place: self.node.place,
                entries,
            });
        }
        let hint = match &self.node.kind {
            Kind::Null if self.path.is_empty() => {
                "the file is empty; it starts with `deployAs:`".to_owned()
            }
            Kind::Null if self.name().starts_with(|c: char| c.is_ascii_digit()) => {
                "an item of the list is empty: remove it, or indent its properties below it"
                    .to_owned()
            }
            Kind::Null => format!(
                "`{}` has no content: remove it, or indent its properties below it",
                self.name()
            ),
            _ if self.path.is_empty() => "the file starts with `deployAs:`".to_owned(),
            _ => "write `property: value` lines, indented below it".to_owned(),
        };
        self.refuse_type("object", hint, out);
        None
    }

    pub(super) fn list(&self, limit: usize, out: &mut Findings) -> Option<Vec<Field<'t>>> {
        let Kind::List(items) = &self.node.kind else {
            let hint = match &self.node.kind {
                Kind::Null => format!(
                    "write `{}: []`, or remove it, where there is nothing",
                    self.name()
                ),
                _ => "start each item of the list with `- `".to_owned(),
            };
            self.refuse_type("array", hint, out);
            return None;
        };
        if items.len() > limit {
            let message = format!("Array must contain at most {limit} element(s)");
            self.refuse(
                "spec/too-many",
                message,
                format!("there are {}; this limit is ours", items.len()),
                out,
            );
        }
        let field = |(index, node)| Field {
            node,
            path: join(&self.path, &format!("{index}")),
        };
        Some(items.iter().take(limit).enumerate().map(field).collect())
    }

    /// Any text within our limits, the empty one too.
    pub(super) fn text(&self, out: &mut Findings) -> Option<&'t str> {
        let Kind::Text(text) = &self.node.kind else {
            self.refuse_type("string", text_hint(self.name(), &self.node.kind), out);
            return None;
        };
        if text.len() > MAX_TEXT_BYTES {
            let message = format!("String must contain at most {MAX_TEXT_BYTES} byte(s)");
            self.refuse(
                "spec/too-long",
                message,
                format!("it has {}; this limit is ours", text.len()),
                out,
            );
            return None;
        }
        if text.contains('\0') {
            let hint = "remove the \\0: no environment variable and no command line can hold it"
                .to_owned();
            self.refuse(
                "spec/nul",
                "The text holds a NUL character".to_owned(),
                hint,
                out,
            );
            return None;
        }
        Some(text)
    }

    /// A text that is not blank; `blank` is what is said of one with blanks only.
    pub(super) fn words(&self, blank: &str, hint: &str, out: &mut Findings) -> Option<&'t str> {
        let text = self.text(out)?;
        // What JavaScript's trim takes away, of which Rust's leaves the byte-order mark.
        let message = if text.is_empty() {
            "String must contain at least 1 character(s)"
        } else if text
            .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
            .is_empty()
        {
            blank
        } else {
            return Some(text);
        };
        self.refuse("spec/empty", message.to_owned(), hint.to_owned(), out);
        None
    }

    pub(super) fn boolean(&self, out: &mut Findings) -> Option<bool> {
        if let Kind::Bool(value) = self.node.kind {
            return Some(value);
        }
        self.refuse_type(
            "boolean",
            "write true or false, without quotes".to_owned(),
            out,
        );
        None
    }

    pub(super) fn whole_number(
        &self,
        bounds: &RangeInclusive<u32>,
        out: &mut Findings,
    ) -> Option<u32> {
        let Kind::Number(value, _) = self.node.kind else {
            self.refuse_type(
                "number",
                format!(
                    "write a number, without quotes, from {} to {}",
                    bounds.start(),
                    bounds.end()
                ),
                out,
            );
            return None;
        };
        let whole = value.fract() == 0.0;
        let message = if !whole {
            "Expected integer, received float".to_owned()
        } else if value < f64::from(*bounds.start()) {
            format!("Number must be greater than or equal to {}", bounds.start())
        } else if value > f64::from(*bounds.end()) {
            format!("Number must be less than or equal to {}", bounds.end())
        } else {
            return bounds
                .clone()
                .find(|candidate| f64::from(*candidate) == value);
        };
        let hint = format!(
            "`{}` is a whole number from {} to {}",
            self.name(),
            bounds.start(),
            bounds.end()
        );
        self.refuse("spec/range", message, hint, out);
        None
    }
}

impl<'t> Object<'t> {
    pub(super) fn get(&self, key: &str) -> Option<Field<'t>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Field {
            node: &entry.value,
            path: join(&self.path, key),
        })
    }

    /// A property that must be there; `what` says what to write.
    pub(super) fn need(&self, key: &str, what: &str, out: &mut Findings) -> Option<Field<'t>> {
        let field = self.get(key);
        if field.is_none() {
            out.add(
                "spec/required",
                &join(&self.path, key),
                self.place,
                "Required".to_owned(),
                format!("add `{key}`: {what}"),
            );
        }
        field
    }

    /// A property that must be one of a few words.
    pub(super) fn one_of(
        &self,
        key: &str,
        words: &[&'static str],
        out: &mut Findings,
    ) -> Option<&'static str> {
        let field = self.get(key);
        let found = match field.as_ref().map(|field| &field.node.kind) {
            Some(Kind::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if let Some(word) = words.iter().find(|word| Some(**word) == found) {
            return Some(word);
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let message = format!(
            "Invalid discriminator value. Expected {}",
            quoted.join(" | ")
        );
        let hint = match found {
            Some("unknown") => "`unknown` is a placeholder that the official schema lets through, and nothing can run it".to_owned(),
            Some(found) => match suggest::nearest(found, words) {
                Some(word) => format!("did you mean `{word}`?"),
                None => format!("`{}` is none of them", shown(found)),
            },
            None => format!("add `{key}` with one of them"),
        };
        let place = field.map_or(self.place, |field| field.node.place);
        out.add("spec/choice", &join(&self.path, key), place, message, hint);
        None
    }

    /// Refuses each property that is not among the known ones.
    pub(super) fn only(&self, known: &[&'static str], out: &mut Findings) {
        self.others(known, out, |property| suggest::instead(property, known));
    }

    /// Refuses each property that is not among the known ones, with advice for each.
    pub(super) fn others(
        &self,
        known: &[&'static str],
        out: &mut Findings,
        advice: impl Fn(&str) -> String,
    ) {
        for entry in self
            .entries
            .iter()
            .filter(|entry| !known.contains(&entry.key.as_str()))
        {
            let message = format!("Unrecognized key(s) in object: '{}'", shown(&entry.key));
            out.add(
                "spec/unknown-property",
                &self.path,
                entry.key_place,
                message,
                advice(&entry.key),
            );
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Number(value, _) if value.is_nan() => "nan",
        Kind::Number(..) => "number",
        Kind::Text(_) => "string",
        Kind::List(_) => "array",
        Kind::Map(_) => "object",
    }
}

fn text_hint(name: &str, kind: &Kind) -> String {
    match kind {
        Kind::Number(_, text) => format!("put it into quotes: `{name}: \"{}\"`", shown(text)),
        Kind::Bool(value) => format!("put it into quotes: `{name}: \"{value}\"`"),
        Kind::Null => {
            format!("`{name}` is empty: write a text, or remove it where it may be left out")
        }
        _ => format!(
            "`{name}` is one text on its own line; a text with `: ` or that starts with `{{` or `[` needs quotes"
        ),
    }
}

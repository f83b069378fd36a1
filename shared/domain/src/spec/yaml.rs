//! A tree of values in which each knows its place; the only file that knows the YAML parser. The values are those of YAML 1.2's core
//! schema (`yes` is a text, `<<` an ordinary key), as the official parser reads them, and a hostile file costs no more than a large one.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag, options};

use super::finding::{Findings, Place, shown};
use super::scalar;

/// The deepest nesting (ours; connect.yaml needs seven levels).
const MAX_DEPTH: usize = 32;
/// What anchors and aliases may copy in all, in bytes of text plus `NODE_WEIGHT` for each value (ours, against alias bombs).
const MAX_COPIED: usize = 1024 * 1024;
const NODE_WEIGHT: usize = 64;

/// A value and where it starts.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// The value, and how it is written.
    Number(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) value: Node,
}

/// The file's one document; `None` after a finding that leaves no tree to look at.
pub(super) fn tree(text: &str, out: &mut Findings) -> Option<Node> {
    let options = options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        copied: 0,
        out,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((Event::DocumentStart(..), span)) if builder.root.is_some() => {
                builder.refuse(
                    "spec/several-documents",
                    place(&span.start),
                    "The file holds several documents",
                    "keep one, and remove the lines `---` between them",
                );
                return None;
            }
            Ok((event, span)) => builder.take(event, &span)?,
            Err(error) => {
                report_syntax(&error, builder.out);
                return None;
            }
        }
    }
    // An empty file is a null, as the official parser reads it.
    Some(builder.root.unwrap_or(Node {
        place: Place::START,
        kind: Kind::Null,
    }))
}

/// A list or mapping whose end has not come yet.
struct Open {
    place: Place,
    anchor: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    /// The entries, and the key that waits for its value; a key that is no text is `None`, and its entry is left out.
    Map(Vec<Entry>, Option<(Option<String>, Place)>),
}

struct Builder<'o> {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    out: &'o mut Findings,
}

impl Builder<'_> {
    /// Takes one event; `None` once the budget for copies is spent.
    fn take(&mut self, event: Event<'_>, span: &Span) -> Option<()> {
        let place = place(&span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let kind = self.scalar(&text, style == ScalarStyle::Plain, tag.as_deref(), place);
                self.put(Node { place, kind }, anchor, Some(&text))
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_foreign_tag(tag.as_deref(), "seq", place);
                self.open.push(Open {
                    place,
                    anchor,
                    inside: Inside::List(Vec::new()),
                });
                Some(())
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_foreign_tag(tag.as_deref(), "map", place);
                self.open.push(Open {
                    place,
                    anchor,
                    inside: Inside::Map(Vec::new(), None),
                });
                Some(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id, place),
            Event::UnresolvedAlias(name) => {
                let message = format!("The alias *{} has no anchor before it", shown(&name));
                self.refuse(
                    "spec/alias",
                    place,
                    &message,
                    "write the value out, or put it into quotes if the star belongs to it, as in `schedule: \"*/5 * * * *\"`",
                );
                self.put(
                    Node {
                        place,
                        kind: Kind::Null,
                    },
                    0,
                    None,
                )
            }
            _ => Some(()),
        }
    }

    fn scalar(&mut self, text: &str, plain: bool, tag: Option<&Tag>, place: Place) -> Kind {
        match tag.map(|tag| tag.core_suffix()) {
            None if plain => scalar::resolve(text),
            None | Some(Some("str")) => Kind::Text(text.to_owned()),
            Some(Some("int" | "float" | "bool" | "null")) => scalar::resolve(text),
            Some(_) => {
                self.refuse_foreign_tag(tag, "str", place);
                Kind::Text(text.to_owned())
            }
        }
    }

    fn refuse_foreign_tag(&mut self, tag: Option<&Tag>, expected: &str, place: Place) {
        if let Some(tag) = tag
            && !tag.is_yaml_core_schema_tag(expected)
        {
            let message = format!("The tag {} is not supported", shown(&tag.original()));
            self.refuse(
                "spec/tag",
                place,
                &message,
                "remove the tag, or put the text into quotes if the `!` belongs to it",
            );
        }
    }

    fn close(&mut self) -> Option<()> {
        let open = self.open.pop()?;
        let kind = match open.inside {
            Inside::List(items) => Kind::List(items),
            Inside::Map(entries, _) => Kind::Map(self.without_duplicates(entries)),
        };
        self.put(
            Node {
                place: open.place,
                kind,
            },
            open.anchor,
            None,
        )
    }

    fn without_duplicates(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut seen = HashSet::new();
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            if seen.insert(entry.key.clone()) {
                kept.push(entry);
            } else {
                let message = format!(
                    "Map keys must be unique: '{}' stands here a second time",
                    shown(&entry.key)
                );
                self.refuse("spec/duplicate-property", entry.key_place, &message, "merge the two, or remove one; a missing `- ` before an item of a list looks like this too");
            }
        }
        kept
    }

    /// A copy of what the anchor stands for.
    fn alias(&mut self, id: usize, place: Place) -> Option<()> {
        let Some(node) = self.anchors.get(&id) else {
            self.refuse(
                "spec/alias",
                place,
                "The alias stands inside of the value that it names",
                "write the value out",
            );
            return self.put(
                Node {
                    place,
                    kind: Kind::Null,
                },
                0,
                None,
            );
        };
        let mut node = node.clone();
        move_to(&mut node, place);
        let text = match &node.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.spend(&node)?;
        self.put(node, 0, text.as_deref())
    }

    /// Puts a finished value where it belongs; `text` is what it says as a key.
    fn put(&mut self, node: Node, anchor: usize, text: Option<&str>) -> Option<()> {
        if anchor != 0 {
            self.spend(&node)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.inside) {
            None => self.root = Some(node),
            Some(Inside::List(items)) => items.push(node),
            Some(Inside::Map(entries, waiting)) => match waiting.take() {
                Some((Some(key), key_place)) => entries.push(Entry {
                    key,
                    key_place,
                    value: node,
                }),
                Some((None, _)) => {}
                None => {
                    *waiting = Some((text.map(str::to_owned), node.place));
                    if text.is_none() {
                        self.refuse(
                            "spec/property-name",
                            node.place,
                            "The name of a property must be a text",
                            "write `name: value`",
                        );
                    }
                }
            },
        }
        Some(())
    }

    fn spend(&mut self, node: &Node) -> Option<()> {
        self.copied = self.copied.saturating_add(weight(node));
        if self.copied <= MAX_COPIED {
            return Some(());
        }
        self.refuse(
            "spec/alias-bomb",
            node.place,
            "Excessive alias count indicates a resource exhaustion attack",
            "write the values out instead of repeating them with anchors and aliases",
        );
        None
    }

    fn refuse(&mut self, id: &'static str, place: Place, message: &str, hint: &str) {
        self.out
            .add(id, "", place, message.to_owned(), hint.to_owned());
    }
}

/// What an alias repeats stands, for a finding, where the alias is.
fn move_to(node: &mut Node, place: Place) {
    node.place = place;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| move_to(item, place)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_place = place;
            move_to(&mut entry.value, place);
        }),
        Kind::Null | Kind::Bool(_) | Kind::Number(..) | Kind::Text(_) => {}
    }
}

fn weight(node: &Node) -> usize {
    NODE_WEIGHT
        + match &node.kind {
            Kind::Text(text) => text.len(),
            Kind::List(items) => items.iter().map(weight).sum(),
            Kind::Map(entries) => entries
                .iter()
                .map(|entry| entry.key.len() + weight(&entry.value))
                .sum(),
            Kind::Null | Kind::Bool(_) | Kind::Number(..) => 0,
        }
}

fn place(marker: &Marker) -> Place {
    Place {
        line: u32::try_from(marker.line()).unwrap_or(u32::MAX),
        column: u32::try_from(marker.col())
            .unwrap_or(u32::MAX)
            .saturating_add(1),
    }
}

fn report_syntax(error: &ScanError, out: &mut Findings) {
    let hint = match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "indent with spaces; YAML does not allow tabs there",
        ErrorKind::RecursionLimitExceeded => "nest less deeply; connect.yaml has seven levels",
        ErrorKind::DirectiveDisallowed => "remove the line that starts with `%`",
        ErrorKind::MissingAnchorOrAliasName => {
            "put the text into quotes; a schedule needs them, as in `schedule: \"*/5 * * * *\"`"
        }
        ErrorKind::UnexpectedCharacter { .. } => "put the text into quotes",
        ErrorKind::BomInsideDocument => {
            "remove the invisible byte-order mark, which may only be the first character of the file"
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. } => {
            "close the quote or bracket that opens here"
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry => {
            "align this line with its neighbours: the properties of one object start in the same column"
        }
        _ => {
            "look at the indentation, the colons and the quotes of this line and of the one before; a text with `: ` or ` #` in it needs quotes"
        }
    };
    out.add(
        "spec/not-yaml",
        "",
        place(error.marker()),
        format!("The file is not valid YAML: {}", error.info()),
        hint.to_owned(),
    );
}

//! Text of others on a terminal: of logs, repositories, answers and errors. Characters that steer a terminal, change the order in which text
//! is shown, or show nothing are escaped, so that a reader sees what is there.

use std::borrow::Cow;

/// Returns true for a character that is escaped:
/// * control characters (C0, DEL, C1), with the escape sequences of terminals, the line end and the carriage return;
/// * those that change the direction of text (Unicode's Bidi_Control): U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069;
/// * line and paragraph separators;
/// * those that show nothing: soft hyphens, zero-width spaces, word joiners and invisible operators, fillers, byte-order marks, interlinear
///   annotations, tags, grapheme joiners (U+034F), and the beams and slurs of musical notation (U+1D173 to U+1D17A). Joiners (U+200C, U+200D)
///   and variation selectors (U+FE0F) stay: words of several languages, and emoji, are written with them. So does the blank of Braille
///   (U+2800), which is as wide as a letter and part of texts and charts.
pub(crate) fn is_hidden(one: char) -> bool {
    one.is_control()
        || matches!(
            one,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Returns a text for one line of a terminal: `\u{202e}` stands for a right-to-left override. Tabs stay.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |one| one != '\t',
        |one| one.escape_unicode().collect(),
    )
}

/// Returns a text for a terminal whose line ends and tabs stay.
pub(crate) fn paragraph(text: &str) -> Cow<'_, str> {
    let escapes = |one| !matches!(one, '\t' | '\n');
    escaped(text, escapes, |one| one.escape_unicode().collect())
}

/// Returns a JSON text of the same value, with its own escapes. Its line ends and tabs stay: inside of strings, JSON has escaped them.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let escape = |one: char| {
        let mut units = [0; 2];
        let units = one.encode_utf16(&mut units).iter();
        units.map(|unit| format!("\\u{unit:04x}")).collect()
    };
    escaped(text, |one| !matches!(one, '\t' | '\n'), escape)
}

fn escaped(
    text: &str,
    escapes: impl Fn(char) -> bool,
    escape: impl Fn(char) -> String,
) -> Cow<'_, str> {
    let hidden = |one: char| is_hidden(one) && escapes(one);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for one in text.chars() {
        if hidden(one) {
            shown.push_str(&escape(one));
        } else {
            shown.push(one);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_or_hide_is_escaped() {
        assert_eq!(
            line("ok\u{1b}[2J\r\u{7}\u{9b}1m\n"),
            r"ok\u{1b}[2J\u{d}\u{7}\u{9b}1m\u{a}"
        );
        let directions = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        let shown = line(directions);
        assert_eq!(shown.matches(r"\u{").count(), 12, "{shown}");
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(
            line("a\u{200b}b\u{feff}\u{e0041}"),
            r"a\u{200b}b\u{feff}\u{e0041}"
        );
        let joined = line("a\u{34f}b\u{1d173}c\u{1d17a}");
        assert_eq!(joined, r"a\u{34f}b\u{1d173}c\u{1d17a}");
        assert_eq!(paragraph("one\ntwo\u{202e}"), "one\ntwo\\u{202e}");
    }

    #[test]
    fn text_of_any_language_stays() {
        for text in [
            "grün\tweiß",
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "⠓⠊\u{2800}⠓⠊",
            "日本語",
            "שלום",
        ] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"message": "a\u{202e}b\u{7f}\u{e0041}\n"});
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = json(&text);
        assert!(
            shown.chars().all(|one| one == '\n' || !is_hidden(one)),
            "{shown}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}

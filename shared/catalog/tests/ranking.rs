//! Words: which texts they find, and which of these comes first.

use crate::sample::{found, index, listing, text};

#[test]
fn the_name_counts_more_than_the_description_and_an_exact_word_more_than_its_beginning_more_than_a_typing_error()
 {
    let index = index([
        listing(1, "Zeta", "About shippings"),
        listing(2, "Zeta", "About shipping"),
        listing(3, "Zeta", "About shiping"),
        listing(4, "Shiping", ""),
        listing(5, "Shippings", ""),
        listing(6, "Shipping", ""),
        listing(7, "Zeta", "About payments"),
    ]);
    assert_eq!(found(&index, &text("shipping")), [6, 5, 4, 2, 1, 3]);
}

#[test]
fn what_matches_equally_well_comes_newest_first() {
    let index = index([
        listing(
            1,
            "Tax sync",
            "Tax, tax and tax again: a long text about taxes",
        ),
        listing(3, "Tax", ""),
        listing(2, "Sync of tax", ""),
    ]);
    assert_eq!(found(&index, &text("tax")), [3, 2, 1]);
}

#[test]
fn all_words_must_be_there_and_their_ranks_add_up() {
    let index = index([
        listing(1, "Tax sync", ""),
        listing(2, "Tax", "Keeps orders in sync"),
        listing(3, "Orders", "Keeps tax in sync"),
        listing(4, "Tax", ""),
    ]);
    assert_eq!(found(&index, &text("sync tax")), [1, 2, 3]);
    assert_eq!(found(&index, &text("tax nothing")), [0; 0]);
}

#[test]
fn only_the_last_word_may_be_a_beginning() {
    let index = index([listing(1, "Payment gateway", "")]);
    assert_eq!(found(&index, &text("payment ga")), [1]);
    assert_eq!(found(&index, &text("gateway p")), [1]);
    assert_eq!(found(&index, &text("pay gateway")), [0; 0]);
}

#[test]
fn one_typing_error_is_forgiven_in_each_word_of_four_letters_or_more() {
    let index = index([listing(1, "Payment gateway", ""), listing(2, "Tax", "")]);
    for typed in [
        "paymet gateway",   // one letter is missing
        "paymennt gateway", // one too many
        "peyment gateway",  // another one
        "apyment gatweay",  // two in the wrong order, in both words
        "peyment gaetw",    // in the beginning of the last word too
    ] {
        assert_eq!(found(&index, &text(typed)), [1], "{typed}");
    }
    for typed in ["paimant gateway", "tex", "tx"] {
        assert_eq!(found(&index, &text(typed)), [0; 0], "{typed}");
    }
}

#[test]
fn neither_case_nor_accents_nor_punctuation_matter() {
    let index = index([
        listing(1, "Café-Größe", ""),
        listing(2, "Übersicht", "e\u{301}tude"),
        listing(3, "データ", ""),
    ]);
    assert_eq!(found(&index, &text("CAFE")), [1]);
    assert_eq!(found(&index, &text("größe, café")), [1]);
    assert_eq!(found(&index, &text("(übersicht)")), [2]);
    assert_eq!(found(&index, &text("データ")), [3]);
    assert_eq!(found(&index, &text("*")), [3, 2, 1]);
}

#[test]
fn what_no_text_of_a_connector_could_hold_is_found_nowhere() {
    let index = index([listing(1, "Tax", "Keeps tax in step")]);
    assert_eq!(found(&index, &text(&"a".repeat(100_000))), [0; 0]);
    assert_eq!(found(&index, &text("tax AND OR description:tax")), [0; 0]);
    assert_eq!(found(&index, &text("t.*")), [1], "a beginning, no pattern");
}

//! The page shows everything that the document has, and leads nowhere else.

use std::collections::HashSet;

use super::{STYLE, page, policy};
use crate::catalogue::ENDPOINTS;
use crate::openapi;

fn text() -> String {
    page::of(&openapi::document(), STYLE).into_string()
}

fn behind<'a>(text: &'a str, beginning: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(beginning)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_endpoint_error_and_schema_has_an_anchor_and_every_link_leads_to_one() {
    let text = text();
    let anchors: Vec<&str> = behind(&text, " id=\"").collect();
    let known: HashSet<&str> = anchors.iter().copied().collect();
    assert_eq!(anchors.len(), known.len(), "an anchor stands twice");
    for endpoint in ENDPOINTS {
        assert!(known.contains(endpoint.name), "{}", endpoint.name);
    }
    for link in behind(&text, "href=\"") {
        let leads =
            link == "/openapi.json" || link.strip_prefix('#').is_some_and(|to| known.contains(to));
        assert!(leads, "{link}");
    }
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let text = text();
    for other in [
        "<script", "<link", "<img", "@import", "url(", "src=", " style=", "onclick",
    ] {
        assert!(!text.contains(other), "{other}");
    }
}

#[test]
fn what_the_document_says_is_text_and_never_markup() {
    let mut document = openapi::document();
    document["info"]["description"] = "<script>alert(1)</script> and `<b>code</b>`".into();
    let text = page::of(&document, STYLE).into_string();
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script") && !text.contains("<b>"));
}

#[test]
fn the_policy_lets_one_style_in_and_nothing_else() {
    insta::assert_snapshot!(policy("body {}"), @"default-src 'none'; style-src 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

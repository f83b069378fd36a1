//! Names and links that a tree may and may not have.

use super::*;

#[test]
fn ordinary_names_are_fine() {
    for name in [
        "a",
        "package.json",
        ".gitignore",
        "con",
        "a:b",
        "ä",
        "...",
        ".github",
    ] {
        assert_eq!(file_name(name.into(), false), Ok(name));
    }
}

#[test]
fn no_spelling_of_git_and_no_path_is_a_name() {
    let zero_width = ".g\u{200c}it";
    let long = "a".repeat(256);
    for name in [
        "",
        ".",
        "..",
        "a/b",
        "/etc",
        "..\\a",
        ".git",
        ".GIT",
        ".Git",
        "git~1",
        "GIT~1",
        ".git ",
        ".git.",
        ".git::$INDEX_ALLOCATION",
        zero_width,
        "a\nb",
        "\u{1b}[2J",
        &long,
    ] {
        assert!(file_name(name.into(), false).is_err(), "{name:?}");
    }
    assert!(file_name(b"\xff".as_bstr(), false).is_err());
    assert!(file_name(".gitmodules".into(), true).is_err());
}

#[test]
fn a_link_may_climb_as_far_as_the_root() {
    for (depth, target) in [
        (0, "a"),
        (0, "a/b"),
        (0, "./a//b/"),
        (0, "."),
        (1, "../a"),
        (1, ".."),
        (3, "../../.."),
    ] {
        assert!(link_stays_inside(depth, target.into()), "{depth} {target}");
    }
}

#[test]
fn a_link_that_could_lead_out_is_refused() {
    for (depth, target) in [
        (0, ".."),
        (0, "../a"),
        (1, "../../a"),
        (0, "/etc/passwd"),
        (0, ""),
        (5, "a/../../b"),
        (5, "a/.."),
        (0, ".git/config"),
        (0, "a\\b"),
        (0, "a\0b"),
    ] {
        assert!(
            !link_stays_inside(depth, target.into()),
            "{depth} {target:?}"
        );
    }
}

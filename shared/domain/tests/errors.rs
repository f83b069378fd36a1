//! docs/errors.md says what the table of codes says, in its order.

use std::fmt::Write as _;
use std::path::Path;

use domain::error::ErrorCode;

const INTRODUCTION: &str = "\
# Errors

Generated from the table in `shared/domain/src/error.rs`; a test compares the two, and `UPDATE_DOCS=1 cargo test -p domain` writes
this file anew.

Every error of the API has this body. `message` is that of the first error, all errors of one body have its status, and what stands
beside `code` and `message` differs from code to code. Codes marked *(ours)* are additions to the Connect API.

```json
{\"statusCode\":400,\"message\":\"…\",\"errors\":[{\"code\":\"InvalidJsonInput\",\"message\":\"…\",\"detailedErrorMessage\":\"…\"}]}
```

In a message, `{name}` stands for a value.

| Code | Status | When | Message | Fields beside it |
|---|---|---|---|---|
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for code in ErrorCode::ALL {
        let fields: Vec<String> = code
            .fields()
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            code.as_str(),
            code.status(),
            code.when()
                .replace("(ours)", "*(ours)*")
                .replace('|', "\\|"),
            code.template().replace('|', "\\|"),
            fields.join(", ")
        )
        .expect("a String grows");
    }
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the person at the keyboard"
)]
fn the_page_of_errors_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if std::env::var("UPDATE_DOCS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, page()).expect("docs is writable");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/errors.md is not what the table says: run UPDATE_DOCS=1 cargo test -p domain"
    );
}

#[test]
fn a_code_has_one_status_and_a_sentence_that_says_when() {
    for code in ErrorCode::ALL {
        let same = ErrorCode::ALL
            .iter()
            .filter(|one| one.as_str() == code.as_str());
        let mut statuses: Vec<u16> = same.map(|one| one.status()).collect();
        statuses.dedup();
        assert_eq!(statuses.len(), 1, "{code:?}");
        let when = code.when();
        assert!(when.ends_with('.') && when.len() < 120, "{code:?}: {when}");
    }
}

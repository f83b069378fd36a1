//! A file that is not what it seems gets clear findings, and costs neither time nor memory.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use domain::spec;

use crate::findings::told;

const GOOD: &str = "deployAs:\n  - name: api\n    applicationType: service\n    endpoint: /api\n";

#[test]
fn byte_order_mark_and_windows_line_ends_are_fine() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(spec::read(&windows), spec::read(GOOD));
    assert!(spec::read(GOOD).is_ok());
}

#[test]
fn places_count_from_one_behind_a_byte_order_mark_too() {
    insta::assert_snapshot!(told("\u{feff}deployAz: []\r\n"), @r"
    1:1 spec/unknown-property [file content]: Unrecognized key(s) in object: 'deployAz' → did you mean `deployAs`?
    1:1 spec/required [deployAs]: Required → add `deployAs`: a list of applications
    ");
}

#[test]
fn aliases_are_read_and_merge_keys_are_explained() {
    let yaml = "deployAs:\n  - name: one\n    applicationType: service\n    endpoint: &path /api\n  - name: two\n    applicationType: event\n    endpoint: *path\n";
    let read = spec::read(yaml).expect("aliases are YAML");
    assert_eq!(read.applications[1].endpoint.as_deref(), Some("/api"));
    insta::assert_snapshot!(told("deployAs:\n  - &one { name: one, applicationType: assets }\n  - { <<: *one, name: two }\n"), @r"
    3:5 spec/choice [deployAs.1.applicationType]: Invalid discriminator value. Expected 'service' | 'event' | 'job' | 'assets' | 'merchant-center-custom-application' | 'mc-app' | 'merchant-center-custom-view' → add `applicationType` with one of them
    3:7 spec/unknown-property [deployAs.1]: Unrecognized key(s) in object: '<<' → YAML 1.2 has no merge keys; write the properties out
    ");
}

#[test]
fn an_alias_bomb_is_refused_at_once() {
    let mut yaml = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let before = level - 1;
        writeln!(yaml, "a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]").expect("memory");
    }
    let start = Instant::now();
    insta::assert_snapshot!(told(&yaml), @"5:30 spec/alias-bomb [file content]: Excessive alias count indicates a resource exhaustion attack → write the values out instead of repeating them with anchors and aliases");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn an_alias_to_nothing_or_to_itself_is_named() {
    insta::assert_snapshot!(told("deployAs: [*nobody]\n"), @r#"
    1:12 spec/alias [file content]: The alias *nobody has no anchor before it → write the value out, or put it into quotes if the star belongs to it, as in `schedule: "*/5 * * * *"`
    1:12 spec/type [deployAs.0]: Expected object, received null → an item of the list is empty: remove it, or indent its properties below it
    "#);
    insta::assert_snapshot!(told("deployAs: &all [*all]\n"), @r"
    1:17 spec/alias [file content]: The alias stands inside of the value that it names → write the value out
    1:17 spec/type [deployAs.0]: Expected object, received null → an item of the list is empty: remove it, or indent its properties below it
    ");
}

#[test]
fn deep_nesting_is_refused() {
    insta::assert_snapshot!(told(&format!("deployAs: {}", "[".repeat(60_000))), @"1:43 spec/not-yaml [file content]: The file is not valid YAML: recursion limit exceeded → nest less deeply; connect.yaml has seven levels");
    let blocks: String = (0..200)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    insta::assert_snapshot!(told(&blocks), @"33:33 spec/not-yaml [file content]: The file is not valid YAML: recursion limit exceeded → nest less deeply; connect.yaml has seven levels");
}

#[test]
fn a_huge_file_and_a_huge_text_are_refused() {
    insta::assert_snapshot!(told(&format!("# {}\n{GOOD}", "x".repeat(300_000))), @"1:1 spec/file-too-large [file content]: The file has 300075 bytes; at most 65536 are read → describe applications here, and keep data in files of the application");
    let script = format!(
        "{GOOD}    scripts: {{ postDeploy: {} }}\n",
        "x".repeat(9000)
    );
    insta::assert_snapshot!(told(&script), @"5:28 spec/too-long [deployAs.0.scripts.postDeploy]: String must contain at most 8192 byte(s) → it has 9000; this limit is ours");
}

#[test]
fn many_mistakes_are_cut_off_and_counted() {
    let many: String = (0..5_000).map(|number| format!("x{number}: 1\n")).collect();
    let findings = spec::read(&format!("{GOOD}{many}")).expect_err("unknown properties");
    assert_eq!(findings.len(), 201);
    let last = findings.last().expect("one");
    insta::assert_snapshot!(format!("{last}; {}", last.hint), @"[file content]: 4800 more findings are left out; mend the first ones and validate again");
}

#[test]
fn too_many_applications_are_refused() {
    let many: String = (0..101)
        .map(|number| format!("  - {{ name: app-{number}, applicationType: assets }}\n"))
        .collect();
    insta::assert_snapshot!(told(&format!("deployAs:\n{many}")), @"2:3 spec/too-many [deployAs]: Array must contain at most 100 element(s) → there are 101; this limit is ours");
}

#[test]
fn syntax_errors_say_what_to_do() {
    let files = [
        "deployAs:\n\t- name: api\n",
        "deployAs: [\n",
        "deployAs:\n  - name: \"api\n",
        "deployAs:\n  - name: api\n   applicationType: service\n",
        "deployAs:\n  - name: api: two\n",
        "deployAs:\n  - properties: { schedule: */5 * * * * }\n",
        "deployAs:\n  - properties: { schedule: @daily }\n",
        "%YAML 1.1\n---\ndeployAs: []\n",
        "deployAs: []\n---\ndeployAs: []\n",
        "hello\n",
    ];
    insta::assert_snapshot!(files.map(told).join("\n"), @r#"
    2:2 spec/not-yaml [file content]: The file is not valid YAML: tabs disallowed within this context (block indentation) → indent with spaces; YAML does not allow tabs there
    1:11 spec/not-yaml [file content]: The file is not valid YAML: unclosed bracket '[' → close the quote or bracket that opens here
    2:11 spec/not-yaml [file content]: The file is not valid YAML: unclosed quote → close the quote or bracket that opens here
    3:4 spec/not-yaml [file content]: The file is not valid YAML: while parsing a block collection, did not find expected '-' indicator → align this line with its neighbours: the properties of one object start in the same column
    2:14 spec/not-yaml [file content]: The file is not valid YAML: mapping values are not allowed in this context → look at the indentation, the colons and the quotes of this line and of the one before; a text with `: ` or ` #` in it needs quotes
    2:29 spec/alias [file content]: The alias */5 has no anchor before it → write the value out, or put it into quotes if the star belongs to it, as in `schedule: "*/5 * * * *"`
    2:33 spec/not-yaml [file content]: The file is not valid YAML: while scanning an anchor or alias, did not find expected alphabetic or numeric character → put the text into quotes; a schedule needs them, as in `schedule: "*/5 * * * *"`
    2:29 spec/not-yaml [file content]: The file is not valid YAML: unexpected character: `@' → put the text into quotes
    1:1 spec/not-yaml [file content]: The file is not valid YAML: YAML directives are disallowed → remove the line that starts with `%`
    2:1 spec/several-documents [file content]: The file holds several documents → keep one, and remove the lines `---` between them
    1:1 spec/type [file content]: Expected object, received string → the file starts with `deployAs:`
    "#);
}

#[test]
fn yaml_that_is_no_configuration_says_what_to_do() {
    let files = [
        "deployAs: []\ndeployAs: []\n",
        "deployAs: !!python/object []\n",
        "? [a, b]\n: 1\ndeployAs: []\n",
        "deployAs: []\ninheritAs: { apiClient: { scopes: [\"a\\0b\"] } }\n",
        "deployAs: []\n\"\\e[31m\\nred\": 1\n",
    ];
    insta::assert_snapshot!(files.map(told).join("\n"), @r"
    2:1 spec/duplicate-property [file content]: Map keys must be unique: 'deployAs' stands here a second time → merge the two, or remove one; a missing `- ` before an item of a list looks like this too
    1:27 spec/tag [file content]: The tag !!python/object is not supported → remove the tag, or put the text into quotes if the `!` belongs to it
    1:3 spec/property-name [file content]: The name of a property must be a text → write `name: value`
    2:36 spec/nul [inheritAs.apiClient.scopes.0]: The text holds a NUL character → remove the \0: no environment variable and no command line can hold it
    2:1 spec/unknown-property [file content]: Unrecognized key(s) in object: '\u{1b}[31m\nred' → remove it; what may stand here: `deployAs`, `inheritAs`
    ");
}

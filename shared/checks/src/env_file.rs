//! Committed environment files, such as `.env`. A value in one of them is in the repository and in every bundle, and what an application
//! for browsers holds is for everybody.

use std::sync::LazyLock;

use regex::Regex;

use crate::files::MAX_FILE_BYTES;
use crate::finding::{Check, Finding, Place, Severity};

/// The rule, which suppressions and waivers name.
pub const RULE: &str = "env-file";
/// Words in the names of files that show which variables there are, or that only tests read.
const EXAMPLES: [&str; 9] = [
    "example", "examples", "sample", "template", "tpl", "dist", "defaults", "schema", "test",
];
/// Ends of the names of source files, such as `app.env.ts`.
const SOURCES: [&str; 8] = [".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"];
/// The most variables that a message names.
const NAMED: usize = 3;
const REMEDY: &str = "Delete the file from the repository, list it in .gitignore, and take its values from the configuration. Replace every secret that it held: it stays in the history.";

/// One variable, by the expression of the package dotenv: `KEY=value` or `KEY: value`, whose quoted value may begin and end on later lines.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?m)^\s*(?:export\s+)?(?<name>[A-Za-z0-9_.-]+)(?:\s*=\s*?|:\s+?)";
    let value = r#"(?<value>\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\n]+)?"#;
    let end = r"\s*(?:#.*)?$";
    Regex::new(&[name, value, end].concat()).expect("a fixed expression, which the tests compile")
});

/// True for `.env`, `.envrc`, `.env.production`, `prod.env`, `prod.env.bak` and the like, and false for their examples.
#[must_use]
pub(crate) fn is_env_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_source = SOURCES.iter().any(|end| name.ends_with(end));
    let mut parts = name.match_indices(".env");
    let has_part = parts.any(|(at, part)| {
        let rest = &name[at + part.len()..];
        let ends = |rest: &str| !rest.starts_with(|one: char| one.is_ascii_alphabetic());
        (at == 0 || !is_source) && (ends(rest) || rest.strip_prefix("rc").is_some_and(ends))
    });
    let mut words = name.split(|one: char| !one.is_alphanumeric());
    has_part && !words.any(|word| EXAMPLES.contains(&word))
}

/// Returns the text of an environment file in any encoding, with `\n` at the end of every line: a value must not pass because of a byte
/// that a program which reads the file ignores. Without its NUL bytes, ASCII in UTF-16 is ASCII.
pub(crate) fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    text.trim_start_matches(['\u{feff}', char::REPLACEMENT_CHARACTER])
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
}

/// The finding of an environment file that sets a value; none for other files, and for one with comments and empty values alone.
/// `text` is as [`text`] returns it.
pub(crate) fn scan(path: &str, text: &str) -> Option<Finding> {
    if !is_env_file(path) {
        return None;
    }
    let set = variables(text);
    let line = text[..set.first()?.0].matches('\n').count() + 1;
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let lines: Vec<&str> = text.lines().collect();
    let suppressed = crate::suppression::at(&lines, line, RULE).map(|found| found.reason);
    Some(Finding {
        title: "Environment file with values".to_owned(),
        message: format!(
            "The file sets {}. Everybody who can read the repository or the bundle has these values.",
            named(&set)
        ),
        remedy: format!(
            "{REMEDY} If no value is a secret, give the reason in a comment before the first one: `# slipway-ignore env-file: REASON`."
        ),
        waived: suppressed.filter(|reason| !reason.is_empty()),
        ..finding(path, line)
    })
}

/// The finding of an environment file of more than [`MAX_FILE_BYTES`], which is not read.
pub(crate) fn too_large(path: &str, bytes: u64) -> Finding {
    Finding {
        title: "Environment file that is too large to check".to_owned(),
        message: format!(
            "The file has {bytes} bytes, and an environment file is read up to {MAX_FILE_BYTES} bytes, so its values are not known. Everybody who can read the repository or the bundle has them."
        ),
        remedy: REMEDY.to_owned(),
        ..finding(path, 1)
    }
}

fn finding(path: &str, line: u32) -> Finding {
    Finding {
        check: Check::Secrets,
        rule: RULE.to_owned(),
        severity: Severity::High,
        title: String::new(),
        message: String::new(),
        remedy: String::new(),
        cwe: Some("CWE-538".to_owned()),
        place: Place {
            file: path.to_owned(),
            line,
            column: 1,
            end_line: line,
            ..Place::default()
        },
        waived: None,
    }
}

/// Rates a finding in a site, if it is one of this rule.
pub(crate) fn rate_as_site(finding: &mut Finding) {
    if finding.rule == RULE {
        finding.severity = Severity::Critical;
        finding.message.push_str(
            " The application is a site: everybody can read what it holds, without a password.",
        );
    }
}

/// Returns the variables that have a value of their own, each with its place in the text: neither an empty one nor that of another
/// variable alone.
fn variables(text: &str) -> Vec<(usize, &str)> {
    let found = VARIABLE.captures_iter(text).filter_map(|captures| {
        let name = captures.name("name")?;
        let value = unquoted(captures.name("value")?.as_str().trim());
        let is_set = !value.is_empty() && !is_reference(value);
        is_set.then_some((name.start(), name.as_str()))
    });
    found.collect()
}

fn unquoted(value: &str) -> &str {
    let mut quotes = ['"', '\'', '`'].into_iter();
    let inside = quotes.find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    inside.unwrap_or(value)
}

fn is_reference(value: &str) -> bool {
    let name = value.strip_prefix('$').map(|name| {
        name.strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
            .unwrap_or(name)
    });
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || one == '_')
    })
}

fn named(set: &[(usize, &str)]) -> String {
    let names: Vec<String> = set
        .iter()
        .take(NAMED)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    match set.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_no_environment_files() {
        for path in [
            ".env",
            "site/.env",
            "site/.ENV",
            "site/.env.production",
            "site/.env.local",
            "site/.env-staging",
            "site/prod.env",
            ".envrc",
            ".envrc.bak",
            ".env~",
            ".env (copy)",
            ".env1",
            "site/prod.env.local",
            "site/prod.env.bak",
            "site/prod.env~",
            "site/vendor/prod.env.svg",
        ] {
            assert!(is_env_file(path), "{path}");
        }
        for path in [
            "site/.env.example",
            "site/.env.sample",
            "site/.env.production.template",
            "site/.env-example",
            "site/example.env",
            "site/.env.test",
            "site/.env.example~",
            "site/prod.env.sample",
            "site/env.example",
            "site/.environment",
            "site/.environments.env.d.ts",
            "site/app.environment",
            "site/environment.ts",
            "site/env.js",
            "site/env.d.ts",
            "site/app.env.ts",
            "site/env",
            "site/vite-env.d.ts",
            "site/.env/readme.md",
        ] {
            assert!(!is_env_file(path), "{path}");
        }
    }

    #[test]
    fn only_a_value_counts() {
        for line in [
            "",
            "# TOKEN=secret",
            "TOKEN=",
            "TOKEN = ",
            "TOKEN=\"\"",
            "TOKEN='' # none",
            "TOKEN= # to be filled in",
            "TOKEN=${OTHER}",
            "TOKEN=$OTHER",
            "no assignment",
            "if [ a = b ]",
            "=x",
            "TOKEN=\nnext line",
            "https://example.com",
        ] {
            assert_eq!(variables(line), [], "{line}");
        }
        for line in [
            "TOKEN=x",
            "  TOKEN = x",
            "export TOKEN='x y'",
            "TOKEN=\"x",
            "TOKEN=$5.00",
            "TOKEN=a=b",
            "TOKEN=ß",
            "TOKEN: x",
            "TOKEN:\nx",
            "TOKEN\n=x",
            "TOKEN=\n'x'",
            "TOKEN='\nx\n'",
            "TOKEN=\"\nx\n\" # a key",
            "TOKEN=\"\nx",
            "export\tTOKEN=x",
            "export\nTOKEN=x",
        ] {
            let names: Vec<&str> = variables(line).into_iter().map(|(_, name)| name).collect();
            assert_eq!(names, ["TOKEN"], "{line}");
        }
    }

    #[test]
    fn a_finding_names_the_variables_and_none_of_their_values() {
        let file = "\u{feff}# values\r\nA=\nB=hidden1\nC=hidden2\nD=hidden3\nE=hidden4\n";
        let finding = scan("site/.env", &text(file.as_bytes())).unwrap();
        assert_eq!((finding.place.line, finding.waived.as_deref()), (3, None));
        insta::assert_snapshot!(finding.message, @"The file sets `B`, `C`, `D` and 1 more. Everybody who can read the repository or the bundle has these values.");
        assert!(!format!("{finding:?}").contains("hidden"));
    }

    #[test]
    fn every_encoding_and_every_line_end_is_read() {
        let wide = |order: fn(u16) -> [u8; 2]| {
            let units = "\u{feff}#\r\nTOKEN=x\r\n".encode_utf16();
            units.flat_map(order).collect::<Vec<u8>>()
        };
        for file in [
            b"#\nTOKEN=x\n".to_vec(),
            b"#\rTOKEN=x\r".to_vec(),
            b"#\0\nTOKEN=x\0".to_vec(),
            b"# gr\xfcn\nTOKEN=x".to_vec(),
            "#\u{2028}TOKEN=x".into(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            let finding = scan(".env", &text(&file)).unwrap_or_else(|| panic!("{file:?}"));
            assert_eq!(finding.place.line, 2, "{file:?}");
            assert!(finding.message.contains("`TOKEN`"), "{file:?}");
        }
    }

    #[test]
    fn a_reason_before_the_first_value_waives_it() {
        let text = "# slipway-ignore env-file: the public name of the shop\nSHOP=north\n";
        let finding = scan("site/.env", text).unwrap();
        assert_eq!(
            finding.waived.as_deref(),
            Some("the public name of the shop")
        );
    }
}

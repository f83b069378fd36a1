//! Committed environment files, such as `.env`. A value in one of them is in the repository and in every bundle, and what an application
//! for browsers holds is for everybody.

use crate::finding::{Check, Finding, Place, Severity};

/// The rule, which suppressions and waivers name.
pub const RULE: &str = "env-file";
/// Words in the names of files that show which variables there are, or that only tests read.
const EXAMPLES: [&str; 9] = [
    "example", "examples", "sample", "template", "tpl", "dist", "defaults", "schema", "test",
];
/// The most variables that a message names.
const NAMED: usize = 3;

/// True for `.env`, `.env.production`, `prod.env` and the like, and false for their examples.
#[must_use]
pub(crate) fn is_env_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let starts = name
        .strip_prefix(".env")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    let mut words = name.split(['.', '-', '_']);
    (starts || name.ends_with(".env")) && !words.any(|word| EXAMPLES.contains(&word))
}

/// The finding of an environment file that sets a value; none for other files, and for one with comments and empty values alone.
pub(crate) fn scan(path: &str, text: &str) -> Option<Finding> {
    if !is_env_file(path) {
        return None;
    }
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let set: Vec<(usize, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index + 1, variable(line)?)))
        .collect();
    let line = u32::try_from(set.first()?.0).unwrap_or(u32::MAX);
    let suppressed = crate::suppression::at(&lines, line, RULE).map(|found| found.reason);
    Some(Finding {
        check: Check::Secrets,
        rule: RULE.to_owned(),
        severity: Severity::High,
        title: "Environment file with values".to_owned(),
        message: format!(
            "The file sets {}. Everybody who can read the repository or the bundle has these values.",
            named(&set)
        ),
        remedy: "Delete the file from the repository, list it in .gitignore, and take its values from the configuration. Replace every secret that it held: it stays in the history. If no value is a secret, give the reason in a comment before the first one: `# slipway-ignore env-file: REASON`.".to_owned(),
        cwe: Some("CWE-538".to_owned()),
        place: Place {
            file: path.to_owned(),
            line,
            column: 1,
            end_line: line,
            ..Place::default()
        },
        waived: suppressed.filter(|reason| !reason.is_empty()),
    })
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

/// The variable that a line sets to a value of its own: not to nothing, and not to that of another variable alone.
fn variable(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '.' | '-');
    let is_name = name.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_')
        && name.chars().all(plain);
    let value = value.trim();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => value[1..].split(quote).next().unwrap_or_default(),
        Some('#') | None => "",
        Some(_) => value,
    };
    (is_name && !value.is_empty() && !is_reference(value)).then_some(name)
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
            "site/.environment",
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
        ] {
            assert_eq!(variable(line), None, "{line}");
        }
        for line in [
            "TOKEN=x",
            "  TOKEN = x",
            "export TOKEN='x y'",
            "TOKEN=\"x",
            "TOKEN=$5.00",
            "TOKEN=a=b",
            "TOKEN=ß",
        ] {
            assert_eq!(variable(line), Some("TOKEN"), "{line}");
        }
    }

    #[test]
    fn a_finding_names_the_variables_and_none_of_their_values() {
        let text = "\u{feff}# values\nA=\nB=hidden1\nC=hidden2\nD=hidden3\nE=hidden4\n";
        let finding = scan("site/.env", text).unwrap();
        assert_eq!((finding.place.line, finding.waived.as_deref()), (3, None));
        insta::assert_snapshot!(finding.message, @"The file sets `B`, `C`, `D` and 1 more. Everybody who can read the repository or the bundle has these values.");
        assert!(!format!("{finding:?}").contains("hidden"));
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

//! A repository may say that a finding does not count, for one line and with a reason; without one the finding stands.
//!
//! `// slipway-ignore js-weak-hash: only a cache key` stands on the line of the finding or on the line before it.

const WORD: &str = "slipway-ignore";

/// What a line says about findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppression {
    pub(crate) rules: Vec<String>,
    pub(crate) reason: String,
}

/// Reads one line; none where it suppresses nothing.
pub(crate) fn of(line: &str) -> Option<Suppression> {
    let (before, after) = line.split_once(WORD)?;
    let comment = ["//", "/*", "*", "<!--", "#"]
        .iter()
        .any(|mark| before.trim_end().ends_with(mark));
    if !comment {
        return None;
    }
    let after = after
        .trim_end()
        .trim_end_matches("*/")
        .trim_end_matches("-->");
    let (rules, reason) = after.split_once(':').unwrap_or((after, ""));
    Some(Suppression {
        rules: rules
            .split([',', ' '])
            .filter(|rule| !rule.is_empty())
            .map(str::to_owned)
            .collect(),
        reason: reason.trim().to_owned(),
    })
}

/// The suppression of a rule at a line (from 1) of a file.
pub(crate) fn at(lines: &[&str], line: u32, rule: &str) -> Option<Suppression> {
    let line = usize::try_from(line).ok()?;
    let candidates = [line.checked_sub(1), line.checked_sub(2)];
    candidates
        .into_iter()
        .flatten()
        .filter_map(|index| of(lines.get(index)?))
        .find(|found| found.rules.iter().any(|one| one == rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_the_rules_and_the_reason() {
        let found =
            of("  md5(key) // slipway-ignore js-weak-hash, js-other: a cache key: no secret")
                .unwrap();
        assert_eq!(found.rules, ["js-weak-hash", "js-other"]);
        assert_eq!(found.reason, "a cache key: no secret");
        let found = of("/* slipway-ignore js-weak-hash */").unwrap();
        assert_eq!((found.rules.len(), found.reason.as_str()), (1, ""));
    }

    #[test]
    fn a_text_that_only_mentions_the_word_suppresses_nothing() {
        assert_eq!(
            of(r#"const help = "slipway-ignore js-weak-hash: no";"#),
            None
        );
    }
}

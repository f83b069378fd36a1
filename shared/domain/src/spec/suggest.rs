//! What somebody who wrote an unknown word probably meant.

/// The most typing mistakes in a word that is still taken for another one.
const MAX_DISTANCE: usize = 3;

/// Properties that stand in a wrong place, and what to do.
const MISPLACED: [(&str, &str); 7] = [
    (
        "schedule",
        "`schedule` belongs into `properties`, and only in an application of type job",
    ),
    (
        "standardConfiguration",
        "`standardConfiguration` belongs into `configuration`",
    ),
    (
        "securedConfiguration",
        "`securedConfiguration` belongs into `configuration`",
    ),
    ("postDeploy", "`postDeploy` belongs into `scripts`"),
    ("preUndeploy", "`preUndeploy` belongs into `scripts`"),
    (
        "scopes",
        "`scopes` belongs into `apiClient`, and that into `inheritAs`",
    ),
    ("<<", "YAML 1.2 has no merge keys; write the properties out"),
];

/// The word of the list that is nearest to `word`, if one is near.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let lower = word.to_lowercase();
    let distance = |candidate: &str| strsim::osa_distance(&lower, &candidate.to_lowercase());
    let near = words
        .iter()
        .map(|candidate| (distance(candidate), *candidate))
        .min()?;
    let most = MAX_DISTANCE.min(lower.chars().count() / 2);
    (word.len() <= 64 && near.0 <= most).then_some(near.1)
}

/// What to write instead of an unknown property.
pub(super) fn instead(word: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(word, known) {
        return format!("did you mean `{near}`?");
    }
    if let Some((_, advice)) = MISPLACED.iter().find(|(name, _)| *name == word) {
        return (*advice).to_owned();
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!("remove it; what may stand here: {}", known.join(", "))
}

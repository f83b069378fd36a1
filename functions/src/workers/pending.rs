//! The builds that a run waits for, in the report of a run that goes on.

use builder::{BuildStage, BuildUnderWay, Step};
use domain::names::ApplicationName;
use domain::report::{EntryType, ReportEntry};
use domain::run::Run;
use domain::time::Timestamp;

use crate::platform::Platform;

/// The title of the entry for a build of a preview or publication that has not ended.
const IMAGE_BUILD: &str = "Connector image build started";
/// The same for a static application that is built for its Deployment.
const SITE_BUILD: &str = "Application build with its values started";

/// Returns the entry for a build that a preview or publication waits for.
pub(crate) fn image_build(application: &ApplicationName, now: Timestamp) -> ReportEntry {
    ReportEntry::new(EntryType::Information, IMAGE_BUILD, now).application(application)
}

/// Returns the entry for a build that a deploy run waits for.
pub(crate) fn site_build(application: &ApplicationName, now: Timestamp) -> ReportEntry {
    ReportEntry::new(EntryType::Information, SITE_BUILD, now).application(application)
}

/// Returns the entries of a run. While it goes on, those of its builds say how far each build is at this moment, if the engine knows it.
pub(crate) fn entries(platform: &Platform, run: Run) -> Vec<ReportEntry> {
    if !run.is_open() {
        return run.entries;
    }
    with_stages(run.entries, &platform.builds.under_way(run.id))
}

fn with_stages(entries: Vec<ReportEntry>, under_way: &[BuildUnderWay]) -> Vec<ReportEntry> {
    let with_stage = |entry: ReportEntry| {
        let is_build = [IMAGE_BUILD, SITE_BUILD].contains(&entry.title.as_str());
        let mut builds = under_way.iter();
        let build = builds.find(|build| entry.application.as_ref() == Some(&build.application));
        match build.filter(|_| is_build) {
            Some(build) => entry.message(in_words(build)),
            None => entry,
        }
    };
    entries.into_iter().map(with_stage).collect()
}

fn in_words(build: &BuildUnderWay) -> String {
    match build.stage {
        BuildStage::Queued { position } => {
            let position = ordinal(position);
            format!(
                "The build of `{}` is {position} in the queue.",
                build.application
            )
        }
        BuildStage::Running { step, elapsed } => format!(
            "The build of `{}` is {}, for {} s.",
            build.application,
            doing(step),
            elapsed.as_secs()
        ),
    }
}

fn ordinal(position: usize) -> String {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    let word = position.checked_sub(1).and_then(|index| WORDS.get(index));
    word.map_or_else(|| format!("number {position}"), |word| (*word).to_owned())
}

fn doing(step: Step) -> &'static str {
    match step {
        Step::Tools => "getting Node.js and the package manager",
        Step::Install => "installing the dependencies",
        Step::Test => "running the unit tests",
        Step::Build => "running the build script",
        Step::Prune => "removing the dependencies of development",
        Step::Pack => "packing the result",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn name(name: &str) -> ApplicationName {
        ApplicationName::parse(name).unwrap()
    }

    #[test]
    fn each_build_is_shown_where_it_is_and_nothing_else_changes() {
        let now: Timestamp = serde_json::from_str("\"2026-01-02T03:04:05.000Z\"").unwrap();
        let check = ReportEntry::new(EntryType::Information, "A check succeeded", now);
        let entries = vec![
            check.application(&name("app-a")),
            image_build(&name("app-a"), now),
            site_build(&name("app-b"), now),
            image_build(&name("app-c"), now),
            image_build(&name("app-d"), now),
        ];
        let build = |application, stage| BuildUnderWay {
            application: name(application),
            stage,
        };
        let step = Step::Install;
        let elapsed = Duration::from_millis(42_999);
        let under_way = [
            build("app-a", BuildStage::Queued { position: 2 }),
            build("app-b", BuildStage::Running { step, elapsed }),
            build("app-c", BuildStage::Queued { position: 11 }),
        ];
        let shown = with_stages(entries, &under_way);
        let messages: Vec<Option<&str>> =
            shown.iter().map(|entry| entry.message.as_deref()).collect();
        assert_eq!(
            messages,
            [
                None,
                Some("The build of `app-a` is second in the queue."),
                Some("The build of `app-b` is installing the dependencies, for 42 s."),
                Some("The build of `app-c` is number 11 in the queue."),
                None,
            ]
        );
    }
}

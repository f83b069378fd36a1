//! The check of dependencies: each package that an advisory is about is told once, and where nothing is known the check says so instead
//! of passing.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::Path;

use crate::check::{CheckResult, Ended, Judge, Judged};
use crate::finding::{Check, Finding};
use crate::policy;
use crate::sca::{self, Advisories, Ecosystem, Inventory, Source};
use crate::worst::{More, Rank, Worst};

/// What the check of dependencies keeps beside its result.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    /// What each application depends on, by its name.
    pub(crate) inventories: Vec<(String, Inventory)>,
    /// Where the advisories came from.
    pub(crate) sources: Vec<Source>,
}

const HOW: &str = "The operator loads them with `slipway up --advisories PATH`.";

impl Judge<'_> {
    pub(crate) fn sca(&self, root: &Path, dependencies: &mut Dependencies) -> CheckResult {
        let mut notes = Vec::new();
        self.inventories(root, &mut dependencies.inventories, &mut notes);
        let inventories = &dependencies.inventories;
        let packages = distinct(inventories);
        if self.spec.applications.is_empty() {
            let why = "There is no application whose dependencies could be looked up.".to_owned();
            return skipped(why, packages, Vec::new());
        }
        let registry = self.ask_the_registry(inventories);
        let files = self.terms.advisories.iter().map(AsRef::as_ref);
        let files = files.filter(|loaded: &&Advisories| loaded.source.advisories > 0);
        let answered = registry.iter().flatten();
        let known: Vec<&Advisories> = files.clone().chain(answered).collect();
        let silent = registry.as_ref().and_then(|answer| answer.as_ref().err());
        if known.is_empty() {
            let but = silent.map_or_else(String::new, |why| format!(" and {why},"));
            let why = format!(
                "No advisories are loaded,{but} so nothing is known about the dependencies. {HOW}"
            );
            return skipped(why, packages, notes);
        }
        if let Some(why) = silent {
            notes.push(format!(
                "What the npm registry knows of the dependencies is missing here, as {why}."
            ));
        }
        let of_maven = |one: &sca::Package| one.ecosystem == Ecosystem::Maven;
        let maven = inventories
            .iter()
            .any(|(_, one)| one.packages.iter().any(of_maven));
        if maven && files.count() == 0 {
            notes.push(format!("The packages of pom.xml were not looked up, as the npm registry knows nothing of them and no advisories are loaded. {HOW}"));
        }
        dependencies.sources = known.iter().map(|loaded| loaded.source.clone()).collect();
        let (findings, more) = self.vulnerable(&dependencies.inventories, &known);
        let told: Vec<String> = dependencies
            .sources
            .iter()
            .map(ToString::to_string)
            .collect();
        let scope = format!("Packages: {packages}; advisories: {}.", told.join(" and "));
        CheckResult::done(Check::Sca, scope, findings, notes).with_more(more)
    }

    fn inventories(
        &self,
        root: &Path,
        inventories: &mut Vec<(String, Inventory)>,
        notes: &mut Vec<String>,
    ) {
        let mut bytes = 0;
        for application in &self.spec.applications {
            if bytes > sca::MAX_INVENTORY_BYTES {
                notes.push(format!(
                    "The dependencies of {} were not looked up: the lockfiles of the applications before it take more than {} MiB of memory. Divide the repository.",
                    application.name,
                    sca::MAX_INVENTORY_BYTES >> 20
                ));
                continue;
            }
            match sca::inventory(root, application.name.as_str()) {
                Ok(Some(inventory)) => {
                    notes.extend(inventory.notes.iter().cloned());
                    bytes += inventory.bytes();
                    inventories.push((application.name.to_string(), inventory));
                }
                // That a folder is not there is told by the check of the tree.
                Ok(None) if !root.join(application.name.as_str()).is_dir() => {}
                Ok(None) => notes.push(format!(
                    "{} has no lockfile, so its dependencies were not looked up: commit the lockfile of its package manager.",
                    application.name
                )),
                Err(error) => notes.push(error.to_string()),
            }
        }
    }

    /// None where there is no registry to ask, or nothing to ask it about.
    fn ask_the_registry(
        &self,
        inventories: &[(String, Inventory)],
    ) -> Option<Result<Advisories, String>> {
        let ask = self.terms.registry?;
        let asked = sca::asked(inventories.iter().map(|(_, inventory)| inventory));
        (!asked.is_empty()).then(|| ask(&asked))
    }

    fn vulnerable<'a>(
        &self,
        inventories: &'a [(String, Inventory)],
        known: &[&'a Advisories],
    ) -> (Vec<Judged>, More) {
        // A lockfile at the root is the lockfile of several applications, of which one may run what another only tests with; and two
        // sources may know of the same advisory. Of each finding only a hash is kept, its number, and whether any of them fails.
        let mut seen = HashMap::<u64, (usize, bool), BuildHasherDefault<DefaultHasher>>::default();
        let hasher = seen.hasher().clone();
        let hash = |finding: &Finding| {
            let place = &finding.place;
            hasher.hash_one((&finding.rule, &place.file, &place.excerpt))
        };
        let mut worst = Worst::default();
        let found = inventories.iter().flat_map(|(_, inventory)| {
            let of = |advisories: &&'a Advisories| sca::vulnerable(inventory, advisories);
            known.iter().flat_map(of)
        });
        for mut found in found {
            policy::waive(
                std::slice::from_mut(&mut found.finding),
                &self.waivers,
                self.terms.today,
            );
            let fails = self.terms.policy.fails_by(&found) && self.counts(&found.finding);
            let number = seen.len();
            match seen.entry(hash(&found.finding)) {
                Entry::Vacant(new) => {
                    new.insert((number, fails));
                }
                Entry::Occupied(mut before) if fails && !before.get().1 => {
                    before.get_mut().1 = true
                }
                Entry::Occupied(_) => continue,
            }
            let rank = Rank {
                fails,
                not_waived: found.finding.waived.is_none(),
                severity: found.finding.severity,
            };
            worst.push(rank, found.finding);
        }
        let (findings, mut more) = worst.into_findings();
        // By its number, so one that failed only by a later application and was pushed twice is listed once, in the order of the lockfiles.
        let numbered = findings.into_iter().map(|finding| {
            let (number, fails) = seen.get(&hash(&finding)).copied().unwrap_or_default();
            (number, self.at_its_application(finding, fails))
        });
        let listed: Vec<Judged> = numbered.collect::<BTreeMap<_, _>>().into_values().collect();
        if !more.is_none() {
            let failing = listed.iter().filter(|one| one.fails).count();
            more.findings = seen.len() - listed.len();
            more.failing = seen.values().filter(|(_, fails)| *fails).count() - failing;
        }
        (listed, more)
    }
}

fn skipped(why: String, packages: usize, notes: Vec<String>) -> CheckResult {
    let scope = format!("Packages: {packages}.");
    CheckResult {
        ended: Ended::Skipped(why),
        ..CheckResult::done(Check::Sca, scope, Vec::new(), notes)
    }
}

/// How many packages there are, each counted once for each lockfile that lists it.
fn distinct(inventories: &[(String, Inventory)]) -> usize {
    let all = inventories.iter().flat_map(|(_, inventory)| {
        let of = |package: &sca::Package| {
            (
                inventory.file.clone(),
                package.name.clone(),
                package.version.clone(),
            )
        };
        inventory.packages.iter().map(of).collect::<Vec<_>>()
    });
    all.collect::<BTreeSet<_>>().len()
}

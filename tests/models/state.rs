//! The model of a Project: its drafts and Deployments, and what the last request was answered with.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use serde_json::{Value, json};

use super::actions::{Action, Tag};
use super::connector_staged::{Draft, Refusal, Run, of_fields};
use super::deployment::{Deployment, Given, Target, Values};
use super::steps::{At, By, Kind, List, Step, steps};

/// A Project.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// In the order of their creation; what is gone keeps its place.
    pub(super) drafts: Vec<Draft>,
    pub(super) deployments: Vec<Deployment>,
    steps: usize,
    pub(super) last: Option<Outcome>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The resource as it is answered with, before its run ends.
    Done(u16, Value),
    /// A page of a list.
    Page(Vec<Value>, usize),
    Refused(Refusal),
}

type Answered = Result<Outcome, Refusal>;

impl ReferenceStateMachine for State {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        steps(state)
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.steps += 1;
        let answered = state.answer(step);
        state.last = Some(answered.unwrap_or_else(Outcome::Refused));
        state
    }
}

impl At {
    /// The version that a client sends.
    pub(super) fn of(self, current: u64) -> u64 {
        match self {
            Self::Current => current,
            Self::Old => current - 1,
            Self::New => current + 1,
        }
    }

    /// Refuses a version that is not the current one.
    pub(super) fn check(self) -> Result<(), Refusal> {
        if self == Self::Current {
            Ok(())
        } else {
            Err("ConcurrentModification")
        }
    }
}

impl State {
    pub(super) fn live_drafts(&self) -> impl Iterator<Item = usize> {
        let live = |slot: &usize| !self.drafts[*slot].gone;
        (0..self.drafts.len()).filter(live)
    }

    /// Drafts that are a certifier's.
    pub(super) fn waiting(&self) -> impl Iterator<Item = usize> {
        self.live_drafts().filter(|slot| self.drafts[*slot].waits())
    }

    pub(super) fn live_deployments(&self) -> impl Iterator<Item = usize> {
        let live = |slot: &usize| !self.deployments[*slot].gone;
        (0..self.deployments.len()).filter(live)
    }

    /// Drafts that can be deployed, as they are (true) or as published.
    pub(super) fn deployable(&self) -> impl Iterator<Item = (usize, bool)> {
        self.live_drafts().flat_map(|slot| {
            let draft = &self.drafts[slot];
            let staged = (draft.previewable == "true").then_some((slot, true));
            let published = draft.connector.as_ref().map(|_| (slot, false));
            staged.into_iter().chain(published)
        })
    }

    /// Which draft a name means: a key may have passed on to another.
    pub(super) fn draft(&self, slot: usize, by: By) -> Option<usize> {
        let named = self.drafts.get(slot)?;
        let key = named.key.filter(|_| by == By::Key);
        self.live_drafts()
            .find(|one| key.map_or(*one == slot, |key| self.drafts[*one].key == Some(key)))
    }

    /// Which Deployment a name means.
    pub(super) fn deployment(&self, slot: usize, by: By) -> Option<usize> {
        let named = self.deployments.get(slot)?;
        let key = named.key.filter(|_| by == By::Key);
        self.live_deployments()
            .find(|one| key.map_or(*one == slot, |key| self.deployments[*one].key == Some(key)))
    }

    fn answer(&mut self, step: &Step) -> Answered {
        match step {
            Step::Register { key, name, tag } => self.register(*key, *name, *tag),
            Step::Update {
                draft,
                by,
                at,
                actions,
            } => self.update(*draft, *by, *at, actions),
            Step::Delete { draft, by } => self.delete(*draft, *by),
            Step::Certify {
                draft,
                by,
                at,
                verdicts,
            } => {
                let slot = self.draft(*draft, *by).ok_or("ResourceNotFound")?;
                self.drafts[slot].certify(*at, verdicts, self.steps)?;
                Ok(Outcome::Done(201, self.drafts[slot].shown()))
            }
            Step::Deploy {
                draft,
                by,
                at,
                kind,
                key,
                given,
            } => self.deploy((*draft, *by, *at), *kind, *key, *given),
            Step::Redeploy {
                deployment,
                by,
                at,
                update,
                given,
            } => {
                let slot = self.deployment_at(*deployment, *by, *at)?;
                self.redeploy(slot, *update, given)
            }
            Step::Rollback {
                deployment,
                at,
                revision,
            } => self.rollback(*deployment, *at, *revision),
            Step::Undeploy { deployment, by, at } => {
                let slot = self.deployment_at(*deployment, *by, at.unwrap_or(At::Current))?;
                Ok(self.run(slot, 202, |one| {
                    one.version += 1;
                    one.status = "Undeploying";
                }))
            }
            Step::Query {
                list,
                limit,
                offset,
                ascending,
            } => Ok(self.page(*list, *limit, *offset, *ascending)),
        }
    }

    fn register(&mut self, key: Option<u8>, name: u8, tag: Tag) -> Answered {
        tag.unreadable().map_or(Ok(()), Err)?;
        if key.is_some() && self.live_drafts().any(|slot| self.drafts[slot].key == key) {
            return Err("DuplicateField");
        }
        let draft = Draft::new(key, name, tag);
        let shown = draft.shown();
        self.drafts.push(draft);
        Ok(Outcome::Done(201, shown))
    }

    fn update(&mut self, slot: usize, by: By, at: At, actions: &[Action]) -> Answered {
        if actions.iter().any(|one| matches!(one, Action::Bad)) {
            return Err("InvalidJsonInput");
        }
        let slot = self.draft(slot, by).ok_or("ResourceNotFound")?;
        at.check()?;
        let draft = &mut self.drafts[slot];
        let run: Option<Run> = draft.update(actions)?;
        let shown = draft.shown();
        if let Some(run) = run {
            draft.settle(run, self.steps);
        }
        Ok(Outcome::Done(201, shown))
    }

    fn delete(&mut self, slot: usize, by: By) -> Answered {
        let slot = self.draft(slot, by).ok_or("ResourceNotFound")?;
        if self
            .live_deployments()
            .any(|one| self.deployments[one].draft == slot)
        {
            return Err("ConnectorStagedInUse");
        }
        self.drafts[slot].gone = true;
        Ok(Outcome::Done(200, self.drafts[slot].shown()))
    }

    fn deploy(
        &mut self,
        (slot, by, at): (usize, By, Option<At>),
        kind: Kind,
        key: Option<u8>,
        given: Given,
    ) -> Answered {
        let slot = self.draft(slot, by).ok_or("ConnectorReferenceNotFound")?;
        // A draft keeps no earlier versions, and takes the name of one for its own.
        let known = match at {
            None | Some(At::Current) => true,
            Some(At::Old) => kind.staged,
            Some(At::New) => false,
        };
        if !known || !kind.staged && self.drafts[slot].connector.is_none() {
            return Err("ConnectorReferenceNotFound");
        }
        let default = if kind.staged { "preview" } else { "sandbox" };
        let asked = kind.asked.unwrap_or(default);
        if (asked == "preview") != kind.staged {
            return Err("DeploymentInvalidType");
        }
        let mut target = self.newest(slot, kind.staged)?;
        let regions = target.connector["supportedRegions"].as_array().unwrap();
        if !regions.is_empty() && !regions.contains(&json!("europe-west1.gcp")) {
            return Err("DeploymentUnsupportedRegion");
        }
        target.values = Values::default().lay(given)?;
        let taken = |one: usize| self.deployments[one].key == key;
        if key.is_some() && self.live_deployments().any(taken) {
            return Err("DuplicateField");
        }
        self.deployments
            .push(Deployment::new(key, asked, slot, target));
        Ok(self.run(self.deployments.len() - 1, 201, |_| {}))
    }

    /// What a draft, or its Connector, is deployed as.
    fn newest(&self, slot: usize, staged: bool) -> Result<Target, Refusal> {
        let draft = &self.drafts[slot];
        let (fields, version, certified) = if staged {
            if draft.previewable != "true" {
                return Err("ConnectorStagedNotPreviewable");
            }
            (&draft.fields, draft.version, false)
        } else {
            let connector = draft
                .connector
                .as_ref()
                .ok_or("ConnectorReferenceNotFound")?;
            (&connector.fields, connector.version, connector.certified)
        };
        let mut connector = of_fields(fields, draft.key, version);
        connector["certified"] = json!(certified);
        Ok(Target {
            connector,
            tag: fields.tag,
            values: Values::default(),
        })
    }

    /// What a redeploy runs.
    fn next(
        &self,
        slot: usize,
        before: Target,
        update: bool,
        given: Given,
    ) -> Result<Target, Refusal> {
        let deployment = &self.deployments[slot];
        let staged = deployment.kind == "preview";
        let failed = |cause| {
            if update {
                "DeploymentConnectorUpdateFailure"
            } else {
                cause
            }
        };
        let values = before.values.clone();
        let mut target = before;
        if update {
            target = self.newest(deployment.draft, staged).map_err(failed)?;
        }
        if given == Given::NoApplication {
            return Err("DeploymentApplicationRequired");
        }
        target.values = values.lay(given).map_err(failed)?;
        Ok(target)
    }

    fn redeploy(&mut self, slot: usize, update: bool, given: &[Given]) -> Answered {
        if given.is_empty() {
            return Ok(Outcome::Done(201, self.deployments[slot].shown()));
        }
        let mut target = self.deployments[slot].target.clone();
        for given in given {
            target = self.next(slot, target, update, *given)?;
        }
        Ok(self.run(slot, 201, |one| one.restart(target, None)))
    }

    fn page(&self, list: List, limit: usize, offset: usize, ascending: bool) -> Outcome {
        let mut all = self.listed(list);
        if ascending {
            all.reverse();
        }
        let total = all.len();
        let page = all.into_iter().skip(offset).take(limit);
        Outcome::Page(page.collect(), total)
    }

    fn rollback(&mut self, slot: usize, at: At, revision: u64) -> Answered {
        let slot = self.deployment_at(slot, By::Id, at)?;
        let deployment = &self.deployments[slot];
        let found = deployment
            .revisions
            .iter()
            .find(|(one, _)| *one == revision);
        let (_, target) = found.ok_or("ResourceNotFound")?.clone();
        if deployment.serving == Some(revision) {
            return Err("DeploymentRollbackNotAllowed");
        }
        Ok(self.run(slot, 201, |one| one.restart(target, Some(revision))))
    }

    fn deployment_at(&self, slot: usize, by: By, at: At) -> Result<usize, Refusal> {
        let slot = self.deployment(slot, by).ok_or("ResourceNotFound")?;
        at.check()?;
        Ok(slot)
    }

    fn run(&mut self, slot: usize, status: u16, begin: impl FnOnce(&mut Deployment)) -> Outcome {
        let deployment = &mut self.deployments[slot];
        begin(deployment);
        let shown = deployment.shown();
        deployment.settle();
        Outcome::Done(status, shown)
    }

    /// Everything that a list shows, newest first.
    pub(super) fn listed(&self, list: List) -> Vec<Value> {
        let drafts = || self.live_drafts().map(|slot| &self.drafts[slot]);
        let mut all: Vec<Value> = match list {
            List::Drafts => drafts().map(Draft::shown).collect(),
            List::Connectors => return self.found(),
            List::Deployments => {
                let live = self.live_deployments();
                live.map(|slot| self.deployments[slot].shown()).collect()
            }
        };
        all.reverse();
        all
    }

    // Connectors are as old as their first publication.
    fn found(&self) -> Vec<Value> {
        let drafts = self.live_drafts().map(|slot| &self.drafts[slot]);
        let listed = drafts.filter_map(|draft| {
            let connector = draft.connector.as_ref().filter(|one| one.listed)?;
            Some((connector.since, draft.shown_connector()?))
        });
        let mut listed: Vec<_> = listed.collect();
        listed.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
        listed.into_iter().map(|(_, shown)| shown).collect()
    }
}

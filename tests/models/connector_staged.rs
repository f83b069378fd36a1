//! The model of a draft and its Connector: everything that the wire shows of them, and nothing of how it comes about.

use serde_json::{Value, json};

use super::actions::{Action, CERTIFIER, MARK, TEXTS, Tag, Verdict, friend, text};
use super::steps::At;

/// What a publication copies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fields {
    /// As the wire shows them.
    pub(super) shown: Value,
    pub(super) tag: Tag,
}

/// A published Connector.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    pub(super) version: u64,
    pub(super) fields: Fields,
    pub(super) private: bool,
    pub(super) certified: bool,
    pub(super) listed: bool,
    /// Which step published it first.
    pub(super) since: usize,
    projects: Vec<u8>,
}

/// A draft.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) key: Option<u8>,
    pub(super) gone: bool,
    pub(super) version: u64,
    pub(super) fields: Fields,
    projects: Vec<u8>,
    pub(super) status: &'static str,
    pub(super) previewable: &'static str,
    published_report: bool,
    previewed_report: bool,
    private: bool,
    listed: bool,
    /// Who said what: the Project, or a certifier.
    comments: Vec<(&'static str, u8)>,
    /// Whether a certification was ever asked for.
    asked: bool,
    pub(super) connector: Option<Connector>,
}

/// A run that an update started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    Preview,
    Publish(bool),
}

/// The code of a refusal.
pub(super) type Refusal = &'static str;

impl Draft {
    pub(super) fn new(key: Option<u8>, name: u8, tag: Tag) -> Self {
        let shown = json!({
            "name": text("name", name),
            "integrationTypes": ["other"],
            "creator": {"email": text("email", 0)},
            "supportedRegions": [],
        });
        Self {
            key,
            gone: false,
            version: 1,
            fields: Fields { shown, tag },
            projects: Vec::new(),
            status: "Draft",
            previewable: "none",
            published_report: false,
            previewed_report: false,
            private: true,
            listed: false,
            comments: Vec::new(),
            asked: false,
            connector: None,
        }
    }

    fn has_changes(&self) -> bool {
        let published = self.connector.as_ref();
        published.is_none_or(|connector| connector.fields != self.fields)
    }

    /// All actions or none; the run that follows.
    pub(super) fn update(&mut self, actions: &[Action]) -> Result<Option<Run>, Refusal> {
        if actions.is_empty() {
            return Ok(None);
        }
        let mut next = self.clone();
        next.read_repositories(actions)?;
        let mut run = None;
        for action in actions {
            next.act(action, &mut run)?;
        }
        let certified = next.connector.as_ref().is_some_and(|one| one.certified);
        if run == Some(Run::Publish(false)) && certified {
            return Err("ConnectorCertificationRequired");
        }
        if run == Some(Run::Publish(true)) && certified && next.listed && !next.has_changes() {
            return Err("ConnectorAlreadyCertified");
        }
        next.version += 1;
        next.follow();
        *self = next;
        Ok(run)
    }

    fn read_repositories(&self, actions: &[Action]) -> Result<(), Refusal> {
        let mut at = self.fields.tag;
        for action in actions {
            if let Action::Repository(tag) = action
                && *tag != at
            {
                at = *tag;
                tag.unreadable().map_or(Ok(()), Err)?;
            }
        }
        Ok(())
    }

    fn act(&mut self, action: &Action, run: &mut Option<Run>) -> Result<(), Refusal> {
        if self.status == "Processing" {
            return Err("ConnectorStagedPublishRequestUnderProcess");
        }
        if self.waits() && !matches!(action, Action::Comment(_)) {
            return Err("ConnectorStagedInCertification");
        }
        match action {
            Action::Preview => {
                if self.previewable == "pending" {
                    return Err("ConnectorStagedPreviewRequestUnderProcess");
                }
                (self.previewable, self.previewed_report) = ("pending", false);
                *run = Some(Run::Preview);
            }
            Action::Publish(certification) => {
                if self.previewable == "pending" {
                    return Err("ConnectorStagedPublishRequestUnderProcess");
                }
                (self.status, self.published_report) = ("Processing", false);
                *run = Some(Run::Publish(*certification));
            }
            Action::Repository(tag) if *tag != self.fields.tag => {
                self.fields.tag = *tag;
                (self.previewable, self.previewed_report) = ("none", false);
                *run = None;
            }
            Action::AddProject(_) | Action::RemoveProject(_) if !self.private => {
                return Err("ConnectorStagedNotPrivate");
            }
            Action::AddProject(number) if !self.projects.contains(number) => {
                self.projects.push(*number);
            }
            Action::RemoveProject(number) => self.projects.retain(|one| one != number),
            Action::Comment(number) => self.comments.push((MARK, *number)),
            Action::Unlist if !self.listed => return Err("ConnectorNotListed"),
            Action::Unlist => self.listed = false,
            edit => self.edit(edit),
        }
        Ok(())
    }

    fn edit(&mut self, action: &Action) {
        let shown = &mut self.fields.shown;
        match action {
            Action::Text(which, number) => {
                let (_, field, place) = TEXTS[*which];
                *at(shown, place) = json!(text(field, *number));
            }
            Action::Contributors(number) => *at(shown, "creator.noOfContributors") = json!(number),
            Action::Regions(regions) => *at(shown, "supportedRegions") = json!(regions),
            Action::Types(types) if types.is_empty() => {
                *at(shown, "integrationTypes") = json!(["other"]);
            }
            Action::Types(types) => *at(shown, "integrationTypes") = json!(types),
            _ => {}
        }
    }

    // Who may see it, and whether search shows it, holds for the Connector at once.
    fn follow(&mut self) {
        if let Some(connector) = &mut self.connector
            && (connector.projects != self.projects || connector.listed != self.listed)
        {
            connector.version += 1;
            connector.projects.clone_from(&self.projects);
            connector.listed = self.listed;
        }
    }

    /// What the draft is when its run has ended.
    pub(super) fn settle(&mut self, run: Run, now: usize) {
        self.version += 1;
        let builds = self.fields.tag != Tag::Broken;
        match run {
            // Another repository was set meanwhile, of which this run says nothing.
            Run::Preview if self.previewable != "pending" => {}
            Run::Preview => {
                self.previewable = if builds { "true" } else { "false" };
                self.previewed_report = true;
            }
            Run::Publish(certification) => {
                self.published_report = true;
                self.asked = self.asked || builds && certification;
                self.status = match (builds, certification) {
                    (false, _) => "Failed",
                    (true, true) => "ReadyForCertification",
                    (true, false) => "Published",
                };
                if self.status == "Published" {
                    self.publish(false, now);
                }
            }
        }
    }

    /// All that a certifier does, or nothing.
    pub(super) fn certify(
        &mut self,
        at: At,
        verdicts: &[Verdict],
        now: usize,
    ) -> Result<(), Refusal> {
        if !self.asked {
            return Err("ResourceNotFound");
        }
        at.check()?;
        let mut next = self.clone();
        if !next.waits() {
            return Err("ConnectorStagedNotInCertification");
        }
        for verdict in verdicts {
            next.decide(*verdict, now)?;
        }
        next.version += u64::from(!verdicts.is_empty());
        *self = next;
        Ok(())
    }

    fn decide(&mut self, verdict: Verdict, now: usize) -> Result<(), Refusal> {
        match (verdict, self.status) {
            (Verdict::Start, "ReadyForCertification") => self.status = "InCertification",
            (Verdict::Start, "InCertification") => return Err("ConnectorStagedInCertification"),
            (Verdict::Comment(_), _) if self.waits() => {}
            (Verdict::Approve, "InCertification") => self.publish(true, now),
            (Verdict::Reject, "InCertification") => self.status = "Failed",
            _ => return Err("ConnectorStagedNotInCertification"),
        }
        if let Some(number) = verdict.comment() {
            self.comments.push((CERTIFIER, number));
        }
        Ok(())
    }

    /// Whether it is a certifier's.
    pub(super) fn waits(&self) -> bool {
        ["ReadyForCertification", "InCertification"].contains(&self.status)
    }

    fn publish(&mut self, certified: bool, now: usize) {
        self.status = "Published";
        self.listed = true;
        self.private = self.private && !certified;
        self.connector = Some(Connector {
            version: self.connector.as_ref().map_or(1, |one| one.version + 1),
            since: self.connector.as_ref().map_or(now, |one| one.since),
            fields: self.fields.clone(),
            private: self.private,
            certified,
            listed: true,
            projects: self.projects.clone(),
        });
    }

    /// The draft as the wire shows it, as far as it does not differ from run to run.
    pub(super) fn shown(&self) -> Value {
        let mut shown = of_fields(&self.fields, self.key, self.version);
        if shown.get("description").is_none() {
            shown["description"] = json!("");
        }
        let projects: Vec<String> = self.projects.iter().map(|one| friend(*one)).collect();
        let comments = self.comments.iter();
        let comments: Vec<Value> = comments
            .map(|one| json!({"userId": one.0, "comment": text("comment", one.1)}))
            .collect();
        shown["private"] = json!(self.private);
        shown["privateProjects"] = json!(projects);
        shown["status"] = json!(self.status);
        shown["alreadyListed"] = json!(self.listed);
        shown["hasChanges"] = json!(self.has_changes());
        shown["isPreviewable"] = json!(self.previewable);
        shown["publishingReport"] = json!(self.published_report);
        shown["previewableReport"] = json!(self.previewed_report);
        if !comments.is_empty() {
            shown["certificationInfo"] = json!({ "comments": comments });
        }
        shown
    }

    /// The Connector as the wire shows it.
    pub(super) fn shown_connector(&self) -> Option<Value> {
        let connector = self.connector.as_ref().filter(|_| !self.gone)?;
        let mut shown = of_fields(&connector.fields, self.key, connector.version);
        shown["private"] = json!(connector.private);
        shown["certified"] = json!(connector.certified);
        Some(shown)
    }
}

fn at<'a>(shown: &'a mut Value, place: &str) -> &'a mut Value {
    place.split('.').fold(shown, |inner, name| &mut inner[name])
}

/// What a draft, a Connector and a Deployment's copy of it have in common.
pub(super) fn of_fields(fields: &Fields, key: Option<u8>, version: u64) -> Value {
    let mut shown = fields.shown.clone();
    if let Some(key) = key {
        shown["key"] = json!(super::wire::key(key));
    }
    shown["version"] = json!(version);
    shown["repository"] = json!({
        "url": format!("https://github.com/tests/{MARK}/minimal.git"),
        "tag": fields.tag.name(),
    });
    shown["configurations"] = json!(fields.tag.greeting());
    shown
}

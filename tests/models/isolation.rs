//! What one Project is answered holds nothing of another's, and what is another's is answered like what is not there.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use regex::Regex;
use reqwest::header::HeaderMap;

use super::check;
use super::foreign::{Name, Probe, of_deployment, of_draft};
use super::state::State;
use super::steps::Step;
use super::tenant::Tenant;
use super::wire::NOBODY;
use crate::house::{Answer, House, Project, in_a_house_of_its_own};

const CASES: u32 = 2;
/// A Project that is not there, as long as those that are.
const NO_PROJECT: &str = "shop-9999";

static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap());

type Histories = Vec<(
    State,
    Vec<Step>,
    Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>,
)>;

fn histories() -> impl Strategy<Value = (Histories, Vec<bool>)> {
    let two = prop::collection::vec(State::sequential_strategy(10..16), 2);
    (two, prop::collection::vec(any::<bool>(), 40))
}

/// The ids in an answer that were not in its request.
fn ids(tenant: &Tenant) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for exchange in tenant.exchanges.borrow().iter() {
        let text = whole(&exchange.answer);
        let told = ID.find_iter(&text).map(|id| id.as_str().to_owned());
        ids.extend(told.filter(|id| !exchange.request.contains(id.as_str())));
    }
    ids
}

/// Status line, headers and body as one text.
fn whole(answer: &Answer) -> String {
    format!("{} {:?} {}", answer.status, answer.headers, answer.text)
}

/// No answer to `one` holds the mark or an id of `other`.
fn nothing_leaks(one: &Tenant, other: &Tenant) {
    let theirs = ids(other);
    let own = one.exchanges.borrow();
    let own = own
        .iter()
        .filter(|one_of| one_of.answer.text.contains(&one.project.key));
    assert!(
        own.count() > 0,
        "what would leak is in answers to its own Project"
    );
    for exchange in one.exchanges.borrow().iter() {
        let text = whole(&exchange.answer);
        let told = |secret: &str| text.contains(secret) && !exchange.request.contains(secret);
        assert!(!told(&other.project.key), "{}: {text}", exchange.request);
        for id in ID.find_iter(&text).map(|id| id.as_str()) {
            assert!(
                !theirs.contains(id) || !told(id),
                "{}: {text}",
                exchange.request
            );
        }
    }
}

/// The headers, without what is each answer's own.
fn headers(answer: &Answer) -> HeaderMap {
    let mut headers = answer.headers.clone();
    for own in ["date", "x-correlation-id"] {
        headers.remove(own);
    }
    headers
}

async fn ask(project: &Project, probe: Probe) -> (String, Answer) {
    let mut request = project.request(probe.method.clone(), &probe.path);
    let mut text = format!("{} {}", probe.method, probe.path);
    if let Some(body) = probe.body {
        text += &format!(" {body}");
        request = request.body(body);
    }
    (text, project.send(request).await)
}

/// What is there and what is not are answered alike, but for the name that was asked for.
async fn is_nothing(stranger: &Project, name: &Name, probes: impl Fn(&Name) -> Vec<Probe>) {
    let (there, absent, unknown) = match name {
        Name::Id(id) => (id.clone(), NOBODY.to_owned(), Name::Id(NOBODY.to_owned())),
        Name::Key(key) => {
            let absent = NO_PROJECT.to_owned() + &key[NO_PROJECT.len()..];
            (key.clone(), absent.clone(), Name::Key(absent))
        }
    };
    for (foreign, nothing) in probes(name).into_iter().zip(probes(&unknown)) {
        let (asked, foreign) = ask(stranger, foreign).await;
        let (_, nothing) = ask(stranger, nothing).await;
        assert_eq!(foreign.status, nothing.status, "{asked}: {}", foreign.text);
        assert_eq!(
            foreign.text.replace(&there, &absent),
            nothing.text,
            "{asked}"
        );
        assert_eq!(headers(&foreign), headers(&nothing), "{asked}");
        assert_ne!(foreign.status / 100, 5, "{asked}: {}", foreign.text);
    }
}

/// Everything that `owner` has, asked for by `stranger`.
async fn is_hidden(owner: &Tenant, state: &State, stranger: &Project) {
    let mark = |number: Option<u8>| {
        let key = number.map(super::wire::key)?;
        Some(key.replace(super::actions::MARK, &owner.project.key))
    };
    for slot in state.live_drafts() {
        // What is certified is everybody's.
        if state.drafts[slot]
            .connector
            .as_ref()
            .is_some_and(|one| one.certified)
        {
            continue;
        }
        let key = mark(state.drafts[slot].key).map(Name::Key);
        let id = Name::Id(owner.ids.drafts[slot].clone());
        for name in std::iter::once(id).chain(key) {
            is_nothing(stranger, &name, |name| of_draft(name, &stranger.key)).await;
        }
    }
    for slot in state.live_deployments() {
        let key = mark(state.deployments[slot].key).map(Name::Key);
        let id = Name::Id(owner.ids.deployments[slot].clone());
        for name in std::iter::once(id).chain(key) {
            for project in [stranger, &owner.project] {
                is_nothing(stranger, &name, |name| of_deployment(name, &project.key)).await;
            }
        }
    }
}

/// Calls what is deployed, and reads what it logs.
async fn use_deployments(tenant: &Tenant, state: &State) {
    for slot in state.live_deployments() {
        let path = format!(
            "/{}/deployments/{}",
            super::actions::MARK,
            tenant.ids.deployments[slot]
        );
        let (_, shown) = tenant.get(&path).await;
        let url = shown["applications"][0]["url"].as_str().unwrap();
        if shown["status"] == "Deployed" {
            let secret = format!("/{}-secret", tenant.project.key);
            let path = url.split_once("/apps/").unwrap().1;
            let request = tenant
                .project
                .anonymous(reqwest::Method::GET, &format!("/apps/{path}{secret}"));
            assert_eq!(tenant.project.send(request).await.status, 200);
        }
        let (status, _) = tenant.get(&format!("{path}/logs")).await;
        assert_eq!(status, 200);
    }
}

#[test]
fn two_projects_know_nothing_of_each_other() {
    in_a_house_of_its_own(async |house: &mut House| {
        let house = &*house;
        check(CASES, &histories(), async |(histories, turns)| {
            let mut projects = Vec::new();
            for (state, steps, _) in histories {
                let tenant = Tenant::new(house).await;
                projects.push((tenant, state, steps.into_iter()));
            }
            for turn in turns {
                let (tenant, state, steps) = &mut projects[usize::from(turn)];
                if let Some(step) = steps.next() {
                    let after = State::apply(state.clone(), &step);
                    tenant.step(state, &after, &step).await;
                    *state = after;
                }
            }
            for (tenant, state, _) in &projects {
                use_deployments(tenant, state).await;
            }
            let [(one, had, _), (other, has, _)] = &projects[..] else {
                unreachable!("there are two");
            };
            nothing_leaks(one, other);
            nothing_leaks(other, one);
            is_hidden(one, had, &other.project).await;
            is_hidden(other, has, &one.project).await;
            // Nothing of what was asked for has changed anything.
            for (tenant, state, _) in &projects {
                tenant.compare(state).await;
            }
        });
    });
}

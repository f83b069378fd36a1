//! What a client can ask of drafts, Connectors and Deployments, and how such a history is made up.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

use super::actions::{Action, Tag, Verdict, actions, verdicts};
use super::deployment::Given;
use super::state::State;

/// How a resource is named; one without a key is named by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Id,
    Key,
}

/// Which version a client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Current,
    Old,
    New,
}

/// Which list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Drafts,
    Connectors,
    Deployments,
}

/// One request. Drafts and Deployments are counted in the order of their creation; a number beyond is unknown.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Register {
        key: Option<u8>,
        name: u8,
        tag: Tag,
    },
    Update {
        draft: usize,
        by: By,
        at: At,
        actions: Vec<Action>,
    },
    Delete {
        draft: usize,
        by: By,
    },
    Certify {
        draft: usize,
        by: By,
        at: At,
        verdicts: Vec<Verdict>,
    },
    Deploy {
        draft: usize,
        by: By,
        at: Option<At>,
        kind: Kind,
        key: Option<u8>,
        given: Given,
    },
    /// One action for each of what is given.
    Redeploy {
        deployment: usize,
        by: By,
        at: At,
        update: bool,
        given: Vec<Given>,
    },
    Rollback {
        deployment: usize,
        at: At,
        revision: u64,
    },
    Undeploy {
        deployment: usize,
        by: By,
        at: Option<At>,
    },
    Query {
        list: List,
        limit: usize,
        offset: usize,
        ascending: bool,
    },
}

/// What a Deployment is to be of, and the type that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) staged: bool,
    pub(super) asked: Option<&'static str>,
}

const DRAFTS: usize = 3;
// Each is a process.
const DEPLOYMENTS: usize = 2;

/// Any request that this state makes interesting.
pub(super) fn steps(state: &State) -> BoxedStrategy<Step> {
    let drafts: Vec<usize> = state.live_drafts().collect();
    let deployments: Vec<usize> = state.live_deployments().collect();
    let mut steps: Vec<(u32, BoxedStrategy<Step>)> = vec![(1, query().boxed())];
    if drafts.len() < DRAFTS {
        steps.push((3, register().boxed()));
    }
    if !drafts.is_empty() {
        let any = one_of(&drafts, state.drafts.len());
        steps.push((12, update(any.clone()).boxed()));
        let delete = (any, by()).prop_map(|(draft, by)| Step::Delete { draft, by });
        steps.push((1, delete.boxed()));
    }
    let waiting: Vec<usize> = state.waiting().collect();
    if !waiting.is_empty() {
        steps.push((8, certify(one_of(&waiting, state.drafts.len())).boxed()));
    }
    let ready: Vec<(usize, bool)> = state.deployable().collect();
    if deployments.len() < DEPLOYMENTS {
        if !ready.is_empty() {
            steps.push((6, deploy(select(ready).boxed()).boxed()));
        }
        if !drafts.is_empty() {
            let any = (one_of(&drafts, state.drafts.len()), any::<bool>());
            steps.push((1, deploy(any.boxed()).boxed()));
        }
    }
    if !deployments.is_empty() {
        let any = one_of(&deployments, state.deployments.len());
        steps.push((7, change(any).boxed()));
    }
    Union::new_weighted(steps).boxed()
}

fn one_of(live: &[usize], count: usize) -> BoxedStrategy<usize> {
    prop_oneof![12 => select(live.to_vec()), 1 => 0..=count].boxed()
}

fn by() -> impl Strategy<Value = By> {
    select(vec![By::Id, By::Key])
}

fn at() -> impl Strategy<Value = At> {
    prop_oneof![10 => Just(At::Current), 1 => Just(At::Old), 1 => Just(At::New)]
}

fn key() -> impl Strategy<Value = Option<u8>> {
    prop::option::weighted(0.7, 0..3_u8)
}

fn register() -> impl Strategy<Value = Step> {
    let tags = [
        Tag::Good,
        Tag::Good,
        Tag::Good,
        Tag::Better,
        Tag::Crashing,
        Tag::Invalid,
        Tag::Missing,
    ];
    (key(), 0..3_u8, select(tags.to_vec())).prop_map(|(key, name, tag)| Step::Register {
        key,
        name,
        tag,
    })
}

fn update(draft: BoxedStrategy<usize>) -> impl Strategy<Value = Step> {
    (draft, by(), at(), actions()).prop_map(|(draft, by, at, actions)| Step::Update {
        draft,
        by,
        at,
        actions,
    })
}

fn certify(draft: BoxedStrategy<usize>) -> impl Strategy<Value = Step> {
    (draft, by(), at(), verdicts()).prop_map(|(draft, by, at, verdicts)| Step::Certify {
        draft,
        by,
        at,
        verdicts,
    })
}

fn deploy(what: BoxedStrategy<(usize, bool)>) -> impl Strategy<Value = Step> {
    let asked = prop::option::weighted(0.3, select(vec!["preview", "sandbox", "production"]));
    let at = prop::option::weighted(0.3, at());
    (what, by(), at, asked, key(), given()).prop_map(
        |((draft, staged), by, at, asked, key, given)| Step::Deploy {
            draft,
            by,
            at,
            kind: Kind { staged, asked },
            key,
            given,
        },
    )
}

fn given() -> impl Strategy<Value = Given> {
    select(Given::ALL.to_vec())
}

fn change(deployment: BoxedStrategy<usize>) -> impl Strategy<Value = Step> {
    let given = prop::collection::vec(given(), 0..3);
    let redeploy = (deployment.clone(), by(), at(), any::<bool>(), given);
    let redeploy = redeploy.prop_map(|(deployment, by, at, update, given)| Step::Redeploy {
        deployment,
        by,
        at,
        update,
        given,
    });
    let rollback = (deployment.clone(), at(), 1..4_u64).prop_map(|(deployment, at, revision)| {
        Step::Rollback {
            deployment,
            at,
            revision,
        }
    });
    let undeploy = (deployment, by(), prop::option::of(at()))
        .prop_map(|(deployment, by, at)| Step::Undeploy { deployment, by, at });
    prop_oneof![4 => redeploy, 3 => rollback, 2 => undeploy]
}

fn query() -> impl Strategy<Value = Step> {
    let list = select(vec![List::Drafts, List::Connectors, List::Deployments]);
    (list, 0..3_usize, 0..3_usize, any::<bool>()).prop_map(|(list, limit, offset, ascending)| {
        Step::Query {
            list,
            limit,
            offset,
            ascending,
        }
    })
}

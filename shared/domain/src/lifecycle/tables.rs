//! Each lifecycle as one table, every state by every event, so that a change of an arrow is seen as one changed line.

use std::fmt::Debug;
use std::fmt::Write as _;

use super::connector_staged::State;
use super::events::{
    DEPLOYMENT, DEPLOYMENT_STATUSES, PREVIEWABLES, RUN, RUN_STATES, STAGED, STATUSES,
};

/// `-> Processing + StartPublish { certification: true }`, or the error.
fn outcome<S: Debug, E: Debug>(to: &S, effects: &[E]) -> String {
    effects.iter().fold(format!("-> {to:?}"), |line, effect| {
        format!("{line} + {effect:?}")
    })
}

/// One line for each outcome, after the values of isPreviewable that share it.
#[test]
fn a_draft_by_status_and_event() {
    let mut table = String::new();
    for status in STATUSES {
        for event in STAGED {
            let mut outcomes: Vec<(String, Vec<String>)> = Vec::new();
            for previewable in PREVIEWABLES {
                let text = match (State {
                    status,
                    previewable,
                })
                .on(event)
                {
                    Ok((to, effects)) => {
                        let kept = to.previewable == previewable;
                        let moved = format!(", previewable {:?}", to.previewable);
                        let moved = if kept { "" } else { &moved };
                        format!("{}{moved}", outcome(&to.status, &effects))
                    }
                    Err(code) => format!("refused: {}", code.as_str()),
                };
                match outcomes.iter_mut().find(|(one, _)| *one == text) {
                    Some((_, from)) => from.push(format!("{previewable:?}")),
                    None => outcomes.push((text, vec![format!("{previewable:?}")])),
                }
            }
            for (text, from) in &outcomes {
                let from = match from.len() {
                    4 => "any".to_owned(),
                    _ => from.join("|"),
                };
                writeln!(table, "{status:?} ({from}), {event:?} {text}").expect("a String grows");
            }
        }
        table.push('\n');
    }
    insta::assert_snapshot!("connector_staged", table);
}

#[test]
fn a_deployment_by_status_and_event() {
    let mut table = String::new();
    for status in DEPLOYMENT_STATUSES {
        for event in DEPLOYMENT {
            let text = match status.on(event) {
                Ok((to, effects)) => outcome(&to, &effects),
                Err(illegal) => format!("refused: {illegal}"),
            };
            writeln!(table, "{status:?}, {event:?} {text}").expect("a String grows");
        }
        table.push('\n');
    }
    insta::assert_snapshot!("deployment", table);
}

#[test]
fn a_run_by_state_and_event() {
    let mut table = String::new();
    for state in RUN_STATES {
        for event in RUN {
            let text = match state.on(event) {
                Ok((to, effects)) => outcome(&to, &effects),
                Err(ended) => format!("refused: {ended}"),
            };
            writeln!(table, "{state:?}, {event:?} {text}").expect("a String grows");
        }
        table.push('\n');
    }
    insta::assert_snapshot!("run", table);
}

//! What the wire shows, without what differs from run to run: comparable with the model as it is.

use serde_json::{Value, json};

/// Takes a field away, which has to be there.
fn take(shown: &mut Value, field: &str) -> Value {
    let object = shown.as_object_mut().expect("an object");
    let taken = object.remove(field);
    taken.unwrap_or_else(|| panic!("no {field} in {shown}"))
}

/// A draft: reports only as far as there is one, and of the configuration the default that tells the releases apart.
pub(super) fn draft(mut shown: Value) -> Value {
    take(&mut shown, "id");
    for report in ["publishingReport", "previewableReport"] {
        shown[report] = json!(!shown[report].is_null());
    }
    if let Some(info) = shown.get_mut("certificationInfo") {
        for comment in info["comments"].as_array_mut().unwrap() {
            take(comment, "datetime");
        }
    }
    greeting(shown)
}

/// A Connector.
pub(super) fn connector(mut shown: Value) -> Value {
    take(&mut shown, "id");
    greeting(shown)
}

fn greeting(mut shown: Value) -> Value {
    let configurations = take(&mut shown, "configurations");
    shown["configurations"] = configurations[0]["standardConfiguration"][0]["default"].clone();
    shown
}

/// A Deployment; its details hold the build that every run leaves.
pub(super) fn deployment(mut shown: Value) -> Value {
    take(&mut shown, "id");
    let details = take(&mut shown, "details");
    assert!(details["build"]["id"].is_string(), "{details}");
    shown["connector"] = connector(shown["connector"].take());
    applications(&mut shown);
    shown
}

/// A revision.
pub(super) fn revision(mut shown: Value) -> Value {
    take(&mut shown, "createdAt");
    take(&mut shown["connector"], "id");
    applications(&mut shown);
    shown
}

fn applications(shown: &mut Value) {
    for application in shown["applications"].as_array_mut().unwrap() {
        take(application, "id");
        take(application, "url");
    }
}

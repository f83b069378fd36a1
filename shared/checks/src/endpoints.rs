//! Endpoints that several applications share: the reference accepts them, and nothing clashes, but people mix them up.

use std::collections::BTreeMap;

use domain::spec::Spec;

/// A sentence for each endpoint that more than one application has. A slash at its end makes no other endpoint.
pub(crate) fn shared_endpoints(spec: &Spec) -> Vec<String> {
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for application in &spec.applications {
        if let Some(endpoint) = &application.endpoint {
            let endpoint = endpoint.trim_matches('/');
            owners
                .entry(endpoint)
                .or_default()
                .push(application.name.as_str());
        }
    }
    let shared = owners.into_iter().filter(|(_, names)| names.len() > 1);
    let sentence = |(endpoint, names): (&str, Vec<&str>)| {
        format!(
            "The applications {} share the endpoint /{endpoint}. Each has an address of its own, but whoever reads a log or an API Extension takes one for the other: name each endpoint after its application, as in /{}.",
            names.join(", "),
            names[0]
        )
    };
    shared.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications_that_share_an_endpoint_are_named_together() {
        let text = "deployAs:
  - { name: api, applicationType: service, endpoint: /hook }
  - { name: orders, applicationType: event, endpoint: hook/ }
  - { name: other, applicationType: service, endpoint: /other }
  - { name: site, applicationType: assets }
  - { name: panel, applicationType: assets }
";
        let spec = domain::spec::read(text).expect("a valid connect.yaml");
        insta::assert_snapshot!(shared_endpoints(&spec).join("\n"), @"The applications api, orders share the endpoint /hook. Each has an address of its own, but whoever reads a log or an API Extension takes one for the other: name each endpoint after its application, as in /api.");
    }
}

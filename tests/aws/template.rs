//! template.yaml and docs/openapi.json have the catalogue's functions, and no others, with its routes, handlers and times.

use std::collections::BTreeMap;

use functions::catalogue::{ENDPOINT_TIMEOUT, ENDPOINTS, OPERATED, SCHEDULED, WORKERS};
use functions::routes;
use serde_json::Value;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// A resource: its type, and the first value of each property that it names.
type Resource = BTreeMap<&'static str, &'static str>;

/// The resources by their logical ids. The template is plain enough to be read by its lines, which cfn-lint has seen to be YAML.
fn resources() -> BTreeMap<&'static str, Resource> {
    let (_, resources) = TEMPLATE.split_once("\nResources:\n").unwrap();
    let (resources, _) = resources.split_once("\nOutputs:\n").unwrap();
    let (mut all, mut id) = (BTreeMap::<&str, Resource>::new(), "");
    for line in resources
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let Some((name, value)) = line.trim().trim_start_matches("- ").split_once(':') else {
            continue;
        };
        if line.starts_with("  ") && !line.starts_with("   ") {
            id = name;
        } else {
            let value = value.trim().trim_matches('"');
            all.entry(id).or_default().entry(name).or_insert(value);
        }
    }
    all
}

fn of_type(kind: &str) -> BTreeMap<&'static str, Resource> {
    let all = resources().into_iter();
    all.filter(|(_, resource)| resource["Type"] == kind)
        .collect()
}

fn seconds(time: std::time::Duration) -> String {
    time.as_secs().to_string()
}

#[test]
fn every_function_of_the_catalogue_is_a_function_with_its_time_and_nothing_else_is() {
    let endpoints = ENDPOINTS
        .iter()
        .map(|one| (one.name, seconds(ENDPOINT_TIMEOUT)));
    let workers = WORKERS
        .iter()
        .map(|one| (one.name, seconds(one.timeout_on_aws())));
    let scheduled = SCHEDULED.iter().map(|one| (one.name, seconds(one.timeout)));
    let operated = OPERATED
        .iter()
        .map(|one| (one.name, seconds(ENDPOINT_TIMEOUT)));
    let default = [(routes::NAME, seconds(ENDPOINT_TIMEOUT))];
    let catalogue = endpoints
        .chain(workers)
        .chain(scheduled)
        .chain(operated)
        .chain(default);
    let catalogue: BTreeMap<&str, String> = catalogue.collect();
    let functions = of_type("AWS::Serverless::Function").into_values();
    let template = functions.map(|one| (one["Handler"], one["Timeout"].to_owned()));
    assert_eq!(template.collect::<BTreeMap<_, _>>(), catalogue);
}

#[test]
fn each_function_has_its_name_its_role_and_its_log() {
    for (id, function) in of_type("AWS::Serverless::Function") {
        let base = id.strip_suffix("Function").unwrap();
        let handler = function["Handler"];
        assert_eq!(
            function["FunctionName"],
            format!("!Sub ${{AWS::StackName}}-{handler}")
        );
        assert_eq!(function["Role"], format!("!GetAtt {base}Role.Arn"));
        assert_eq!(function["LogGroup"], format!("!Ref {base}Logs"));
        let logs = &resources()[format!("{base}Logs").as_str()];
        assert_eq!(
            logs["LogGroupName"],
            format!("!Sub /${{AWS::StackName}}/functions/{handler}")
        );
    }
}

#[test]
fn every_endpoint_is_a_route_to_its_own_function_and_all_else_goes_to_default() {
    let functions = of_type("AWS::Serverless::Function");
    let integrations = of_type("AWS::ApiGatewayV2::Integration");
    let leads_to = |route: &Resource| {
        let integration = route["Target"]
            .strip_prefix("!Sub integrations/${")
            .unwrap();
        let integration = &integrations[integration.strip_suffix('}').unwrap()];
        let function = integration["IntegrationUri"]
            .strip_prefix("!GetAtt ")
            .unwrap();
        functions[function.strip_suffix(".Arn").unwrap()]["Handler"]
    };
    let routes = of_type("AWS::ApiGatewayV2::Route");
    let template: BTreeMap<String, &str> = routes
        .values()
        .map(|route| (route["RouteKey"].to_owned(), leads_to(route)))
        .collect();
    let endpoints = ENDPOINTS.iter();
    let mut catalogue: BTreeMap<String, &str> = endpoints
        .map(|one| (format!("{} {}", one.method, one.path), one.name))
        .collect();
    catalogue.insert("$default".to_owned(), routes::NAME);
    assert_eq!(template, catalogue);
}

#[test]
fn every_queue_waits_six_times_as_long_as_its_worker_may_take() {
    let queues = of_type("AWS::SQS::Queue");
    for worker in WORKERS {
        let name = format!("!Sub ${{AWS::StackName}}-{}", worker.name);
        let queue = queues
            .values()
            .find(|queue| queue["QueueName"] == name)
            .unwrap();
        let six = seconds(worker.timeout_on_aws() * 6);
        assert_eq!(queue["VisibilityTimeout"], six, "{}", worker.name);
    }
    assert_eq!(
        queues.len(),
        2 * WORKERS.len(),
        "each has its dead letters, and there are no others"
    );
}

#[test]
fn the_openapi_document_has_the_same_endpoints() {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let mut described = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                described.push((id.to_owned(), method.to_uppercase(), path.clone()));
            }
        }
    }
    described.sort();
    let endpoints = ENDPOINTS.iter();
    let mut catalogue: Vec<_> = endpoints
        .map(|one| {
            (
                one.name.to_owned(),
                one.method.to_owned(),
                one.path.to_owned(),
            )
        })
        .collect();
    catalogue.sort();
    assert_eq!(described, catalogue);
}

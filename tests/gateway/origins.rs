//! What a browser and a stranger reach of an application: services at an origin of their own or confined to their path, events and jobs
//! not at all.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{
    Answer, Deployment, House, Operator, Project, in_a_house, in_a_project, redacted,
};

/// A service that sets what it can for more than itself, and answers with the path that it was asked for.
const GREEDY: &str = "require('http').createServer((req, res) => {
  res.setHeader('service-worker-allowed', '/');
  res.setHeader('clear-site-data', '\"*\"');
  res.setHeader('strict-transport-security', 'max-age=0');
  res.setHeader('set-cookie', ['a=1; Path=/; HttpOnly', 'b=2; Domain=example.com', '__Host-c=3; Secure; Path=/', 'd=4']);
  res.end(req.url);
}).listen(8080)";

/// What of an answer holds for more than its path, one line each.
fn set(answer: &Answer) -> String {
    let names = [
        "service-worker-allowed",
        "clear-site-data",
        "strict-transport-security",
        "set-cookie",
    ];
    let lines = names.iter().flat_map(|name| {
        let values = answer.headers.get_all(*name).iter();
        values.map(move |value| format!("{name}: {}", value.to_str().unwrap()))
    });
    redacted(lines.collect::<Vec<_>>().join("\n"))
}

async fn at_host(shop: &Project, host: &str, method: Method, path: &str) -> Answer {
    shop.send(shop.anonymous(method, path).header("host", host))
        .await
}

/// The id of the one application of a Deployment.
async fn id_of(deployment: &Deployment) -> String {
    let shown = deployment.read().await;
    let id = shown["applications"][0]["id"].as_str();
    id.unwrap().to_owned()
}

#[test]
fn a_service_by_its_path_sets_nothing_for_the_others_at_the_same_origin() {
    in_a_project(async |shop| {
        let deployment = shop.draft_of(GREEDY).await.deployed(json!([])).await;
        let answer = deployment.call("/apps/x/y?z").await;
        assert_eq!(answer.text, "/apps/x/y?z");
        insta::assert_snapshot!(set(&answer), @"
        set-cookie: a=1; HttpOnly; Path=/apps/{id}
        set-cookie: b=2
        set-cookie: d=4
        ");
        // A browser takes `/apps` for the folder of this address.
        let answer = deployment.call("").await;
        insta::assert_snapshot!(set(&answer), @"
        set-cookie: a=1; HttpOnly; Path=/apps/{id}
        set-cookie: b=2; Path=/apps/{id}
        set-cookie: d=4; Path=/apps/{id}
        ");
        let script = async |path: &str| {
            let path = format!("/apps/{}{path}", id_of(&deployment).await);
            let request = shop.anonymous(Method::GET, &path);
            shop.send(request.header("service-worker", "script")).await
        };
        assert_eq!(script("").await.status, 404);
        assert_eq!(script("/worker.js").await.status, 200);
    });
}

#[test]
fn a_service_has_a_host_of_its_own_where_it_may_set_what_it_wants() {
    in_a_project(async |shop| {
        let deployment = shop.draft_of(GREEDY).await.deployed(json!([])).await;
        let host = format!("{}.localhost:8787", id_of(&deployment).await);
        let answer = at_host(&shop, &host, Method::GET, "/apps/x/y?z").await;
        assert_eq!(answer.text, "/apps/x/y?z");
        insta::assert_snapshot!(set(&answer), @r#"
        service-worker-allowed: /
        clear-site-data: "*"
        strict-transport-security: max-age=0
        set-cookie: a=1; HttpOnly; Path=/
        set-cookie: b=2
        set-cookie: __Host-c=3; Secure; Path=/
        set-cookie: d=4
        "#);
        // The API is not at the host of an application, and an application not at the API's.
        let answer = at_host(&shop, &host, Method::GET, "/health").await;
        assert_eq!(answer.text, "/health");
        let api = shop.send(shop.anonymous(Method::GET, "/health")).await;
        assert_eq!(api.of_status(200), json!({"status": "ok"}));
    });
}

#[test]
fn events_and_jobs_are_reached_by_nobody_but_the_platform() {
    in_a_project(async |shop| {
        for (fixture, path) in [("minimal-event", "/event"), ("minimal-job", "/job")] {
            let draft = shop.draft(fixture).await.previewed().await;
            let deployment = draft.deployed(json!([])).await;
            let id = id_of(&deployment).await;
            assert_eq!(
                deployment.read().await["applications"][0]["url"],
                Value::Null
            );
            let mut refused = Vec::new();
            for method in [Method::GET, Method::POST] {
                let by_path = shop.anonymous(method.clone(), &format!("/apps/{id}{path}"));
                refused.push(shop.send(by_path).await);
                let host = format!("{id}.localhost");
                refused.push(at_host(&shop, &host, method, path).await);
            }
            for answer in &refused {
                assert_eq!(
                    answer.errors(),
                    "404\nResourceNotFound: Event and job applications have no public address. Publish events to the application's topic, and run a job by an execution.",
                );
            }
            // The platform calls it, and it has seen none of the requests before.
            if fixture == "minimal-event" {
                let event = deployment.publish_event(&json!({"n": 1})).await;
                event.of_status(200);
            } else {
                let executions = deployment.path("/applications/job/executions");
                shop.post(&executions, &json!({})).await.of_status(201);
            }
            assert_eq!(deployment.logged("HTTP_REQUEST", 1).await.len(), 1);
        }
    });
}

#[test]
fn with_a_domain_for_applications_each_has_its_host_there_and_is_told_so() {
    let operator = Operator {
        application_domain: Some("apps.example.com".to_owned()),
        ..Operator::default()
    };
    in_a_house(House::of(operator), async |house| {
        let shop = house.project().await;
        let service = "require('http').createServer((req, res) => res.end(process.env.CONNECT_SERVICE_URL)).listen(8080)";
        let deployment = shop.draft_of(service).await.deployed(json!([])).await;
        let url = deployment.application("service").await["url"].clone();
        let url = url.as_str().unwrap().to_owned();
        let (name, _port) = url.rsplit_once(':').unwrap();
        insta::assert_snapshot!(redacted(name), @"http://{id}.apps.example.com");
        let host = url.trim_start_matches("http://");
        let told = format!("{url}/service");
        assert_eq!(at_host(&shop, host, Method::GET, "/").await.text, told);
        let path = format!("/apps/{}/", id_of(&deployment).await);
        let by_path = shop.send(shop.anonymous(Method::GET, &path)).await;
        assert_eq!(by_path.text, told, "programs may go on to use the path");
    });
}

//! Every package manager installs what its lockfile says, and what was built once is not built again.

use serde_json::json;

use crate::house::{Deployment, Project, in_a_project, in_the_house};

async fn builds_and_serves(shop: &Project, fixture: &str) {
    let deployment = shop
        .draft(fixture)
        .await
        .previewed()
        .await
        .deployed(json!([]))
        .await;
    assert_eq!(deployment.call("/service").await.status, 200);
}

#[test]
fn pnpm_installs_and_the_service_runs() {
    in_a_project(async |shop| builds_and_serves(&shop, "pnpm-service").await);
}

#[test]
fn yarn_installs_and_the_service_runs() {
    in_a_project(async |shop| builds_and_serves(&shop, "yarn-service").await);
}

#[test]
fn what_was_built_once_is_built_for_no_preview_no_publication_and_no_project_again() {
    in_the_house(async |house| {
        let (one, two) = (house.project().await, house.project().await);
        let package = r#"{"name": "once", "private": true, "scripts": {"build": "node build.js", "start": "node index.js"}}"#;
        let build = "require('fs').writeFileSync('built.txt', String(Math.random()))";
        let serve = "require('http').createServer((_, answer) => answer.end(require('fs').readFileSync('built.txt'))).listen(8080)";
        let files = [
            ("service/package.json", package),
            (
                "service/package-lock.json",
                r#"{"name": "once", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "once"}}}"#,
            ),
            ("service/build.js", build),
            ("service/index.js", serve),
        ];
        let mut built = Vec::new();
        for shop in [one, two] {
            shop.repository("minimal");
            shop.commit("minimal", &files, "v1");
            let draft = shop
                .draft("minimal")
                .await
                .previewed()
                .await
                .published()
                .await;
            for connector in [
                json!({"id": draft.id, "staged": true}),
                json!({"id": draft.id}),
            ] {
                let body = json!({"connector": connector, "region": "europe-west1.gcp", "configurations": []});
                let deployment = Deployment::create(&shop, &body).await;
                assert_eq!(deployment.settled().await["status"], "Deployed");
                built.push(deployment.call("/service").await.text);
            }
        }
        assert!(
            built.iter().all(|number| *number == built[0]),
            "each build makes another number: {built:?}"
        );
    });
}

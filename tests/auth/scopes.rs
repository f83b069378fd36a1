//! A token does what its scopes say, in its Project only (contract, sections 1 and 15.10).

use reqwest::Method;
use serde_json::json;

use crate::house::{in_a_project, in_the_house};

#[test]
fn a_token_that_only_reads_is_told_the_scope_that_it_lacks() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let reader = shop
            .with_scopes(&["view_connectors", "view_connectors_deployments"])
            .await;
        reader.get(&draft.path()).await.of_status(200);
        reader.get("/connectors/search").await.of_status(200);
        reader.get(&reader.deployments("")).await.of_status(200);
        let told = [
            reader.post("/connectors/drafts", &json!({})).await.errors(),
            reader.post(&draft.path(), &json!({})).await.errors(),
            reader.delete(&draft.path()).await.errors(),
            reader
                .post(&reader.deployments(""), &json!({}))
                .await
                .errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        403
        AuthorizationError: Access denied: the token lacks the scope manage_connectors:{shop}
        403
        AuthorizationError: Access denied: the token lacks the scope manage_connectors:{shop}
        403
        AuthorizationError: Access denied: the token lacks the scope manage_connectors:{shop}
        403
        AuthorizationError: Access denied: the token lacks the scope manage_connectors_deployments:{shop}
        ");
    });
}

#[test]
fn a_scope_for_connectors_gives_nothing_of_deployments_and_the_other_way_round() {
    in_a_project(async |shop| {
        let connectors = shop.with_scopes(&["manage_connectors"]).await;
        connectors.get("/connectors/drafts").await.of_status(200);
        insta::assert_snapshot!(connectors.get(&shop.deployments("")).await.errors(), @"
        403
        AuthorizationError: Access denied: the token lacks the scope view_connectors_deployments:{shop}
        ");
        let deployments = shop.with_scopes(&["manage_connectors_deployments"]).await;
        deployments.get(&shop.deployments("")).await.of_status(200);
        insta::assert_snapshot!(deployments.get("/connectors/drafts").await.errors(), @"
        403
        AuthorizationError: Access denied: the token lacks the scope view_connectors:{shop}
        ");
    });
}

#[test]
fn a_path_of_another_project_is_refused_whatever_it_names() {
    in_the_house(async |house| {
        let (owner, other) = (house.project().await, house.project().await);
        let draft = owner.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        insta::assert_snapshot!(other.get(&deployment.path("")).await.errors(), @"
        403
        AuthorizationError: Access denied: the token lacks the scope view_connectors_deployments:{shop}
        ");
        for (method, rest) in [
            (Method::GET, ""),
            (Method::POST, ""),
            (Method::DELETE, ""),
            (Method::GET, "/logs"),
            (Method::GET, "/revisions"),
            (Method::GET, "/revisions/1"),
            (Method::POST, "/revisions/1/rollback"),
            (Method::POST, "/applications/service/executions"),
            (Method::GET, "/applications/service/executions"),
        ] {
            let request = other
                .request(method.clone(), &deployment.path(rest))
                .json(&json!({"version": 1, "actions": []}));
            assert_eq!(other.send(request).await.status, 403, "{method} {rest}");
        }
        let own_path = other.deployments(&format!("/{}", deployment.id));
        other.get(&own_path).await.of_status(404);
        other.delete(&own_path).await.of_status(404);
    });
}

#[test]
fn automatic_credentials_need_the_right_to_make_api_clients() {
    in_a_project(async |shop| {
        let yaml = crate::house::fixture("minimal/connect.yaml")
            + "inheritAs:\n  apiClient:\n    scopes: [manage_orders]\n";
        shop.repository("minimal");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v1");
        let draft = shop.draft("minimal").await.previewed().await;
        let body = draft.deployment(json!([]));
        let deployer = shop.with_scopes(&["manage_connectors_deployments"]).await;
        insta::assert_snapshot!(deployer.post(&shop.deployments(""), &body).await.errors(), @"
        403
        AuthorizationError: Access denied: the token lacks the scope manage_api_clients:{shop}
        ");
        let both = shop
            .with_scopes(&["manage_connectors_deployments", "manage_api_clients"])
            .await;
        let deployment = crate::house::Deployment::create(&both, &body).await;
        let shown = deployment.settled().await;
        assert_eq!(shown["status"], "Deployed");
        assert_eq!(
            shown["apiClient"]["scopes"],
            json!([format!("manage_orders:{}", shop.key)])
        );
    });
}

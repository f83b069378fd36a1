//! DELETE /{projectKey}/deployments/{id}: everything of the Deployment goes (contract, sections 5.4 and 15.8).

use serde_json::json;

use crate::house::in_a_project;

#[test]
fn what_is_undeployed_is_gone_with_its_key_address_and_topic() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let mut body = draft.deployment(json!([]));
        body["key"] = json!("tax");
        let deployment = crate::house::Deployment::create(&shop, &body).await;
        let url = deployment.settled().await["applications"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = url.split_once("/apps/").unwrap().1.to_owned();
        assert_eq!(deployment.undeploy("").await, None);
        shop.get(&shop.deployments("/key=tax")).await.of_status(404);
        shop.get(&deployment.path("/logs")).await.of_status(404);
        shop.delete(&deployment.path("")).await.of_status(404);
        insta::assert_snapshot!(shop.get(&format!("/apps/{path}/service")).await.errors(), @"
        404
        ResourceNotFound: No application with this id is deployed. Its URL is in `applications` of its Deployment.
        ");
        let again = shop.post(&shop.deployments(""), &body).await.of_status(201);
        assert_ne!(again["id"], deployment.id);
    });
}

#[test]
fn a_version_that_was_passed_is_refused_and_the_current_one_is_taken() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        insta::assert_snapshot!(shop.delete(&deployment.path("?version=1")).await.errors(), @"
        409
        ConcurrentModification: Version mismatch. Concurrent modification: expected version 1, the current version is 2.
          expectedVersion: 1
          currentVersion: 2
        ");
        insta::assert_snapshot!(shop.delete(&deployment.path("?force=yes")).await.errors(), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: force: 'yes' was given; it takes true or false
        ");
        assert_eq!(deployment.undeploy("?version=2").await, None);
    });
}

#[test]
fn a_deployment_that_never_served_is_undeployed_like_any() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("crashes-at-start")
            .await
            .previewed()
            .await
            .deploy(json!([]))
            .await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        assert_eq!(deployment.undeploy("").await, None);
    });
}

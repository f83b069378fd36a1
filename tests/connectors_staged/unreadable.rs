//! A repository that cannot be read, or whose connect.yaml is wrong, is refused at once: by create and by setRepository alike.

use serde_json::json;

use crate::house::{in_a_project, report};

#[test]
fn a_repository_that_does_not_exist_is_told() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        body["repository"]["url"] = json!("https://github.com/tests/nobody/nothing.git");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @"
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://github.com/tests/nobody/nothing.git cannot be reached: there is no git repository. Check the spelling of the URL.
        ");
    });
}

#[test]
fn a_tag_that_does_not_exist_is_told() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        body["repository"]["tag"] = json!("v2");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @"
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://github.com/tests/{shop}/minimal.git has no tag v2. Push the tag with `git push origin v2`, or name one that exists.
        ");
        body["repository"]["tag"] = json!("main");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @"
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://github.com/tests/{shop}/minimal.git has no tag main; a branch of that name is not a tag. Tag a commit, as in `git tag v1.0.0`, and push the tag.
        ");
    });
}

#[test]
fn an_address_within_our_own_network_is_not_called() {
    in_a_project(async |shop| {
        let mut told = Vec::new();
        for url in [
            "https://127.0.0.1/x.git",
            "https://169.254.169.254/latest/meta-data/x.git",
            "https://localhost/x.git",
        ] {
            let mut body = shop.registration("minimal");
            body["repository"]["url"] = json!(url);
            told.push(shop.post("/connectors/drafts", &body).await.errors());
        }
        insta::assert_snapshot!(told.join("\n"), @"
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://127.0.0.1/x.git is refused: 127.0.0.1 does not have a public address. Use a repository on a public host; the operator can map a local one with `--map-repository`.
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://169.254.169.254/latest/meta-data/x.git is refused: 169.254.169.254 does not have a public address. Use a repository on a public host; the operator can map a local one with `--map-repository`.
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://localhost/x.git is refused: localhost does not have a public address. Use a repository on a public host; the operator can map a local one with `--map-repository`.
        ");
    });
}

#[test]
fn a_path_that_climbs_out_of_a_mapped_folder_is_refused() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        body["repository"]["url"] = json!("https://github.com/tests/../../etc/x.git");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @"
        400
        GitRepositoryNotReachable: Repository with the tag is not reachable
          detailedErrorMessage: Repository https://github.com/tests/../../etc/x.git is refused: its path has a part that is '.', '..' or starts with '-'. Give the plain path of the repository.
        ");
    });
}

#[test]
fn a_repository_without_connect_yaml_is_told() {
    in_a_project(async |shop| {
        let body = shop.registration("missing-connect-yaml");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @"
        400
        ConnectorSpecificationFileNotFound: The file connect.yaml at https://github.com/tests/{shop}/missing-connect-yaml.git with the tag v1 was not found
        ");
    });
}

#[test]
fn every_mistake_in_connect_yaml_is_told_with_its_place_and_remedy() {
    in_a_project(async |shop| {
        let body = shop.registration("invalid-connect-yaml");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &body).await.errors(), @r#"
400
ConnectorSpecificationFileNotValid: The file connect.yaml at https://github.com/tests/{shop}/invalid-connect-yaml.git with the tag v1 is not valid
  detailedErrorMessage: [deployAs.0.endpoint]: Double slashes are not allowed (line 4, column 15); write `/service`
    [deployAs.0.configuration.standardConfiguration.0.key]: Key "PORT" is a reserved word (line 7, column 16); the platform sets this variable itself; choose another name
    [deployAs.0.configuration.standardConfiguration.1.description]: Description cannot be only whitespace (line 10, column 24); write a sentence for the person who fills the value in
    [deployAs.0.configuration]: Duplicate key found TWICE (line 14, column 16); it stands in line 11 already, in the standard or the secured list: remove one
    [deployAs.0.configuration.securedConfiguration.1.key]: Invalid configuration key: "not-a-key" (line 16, column 16); a key has 2 to 256 letters, digits or '_', as in `NOT_A_KEY`
    [deployAs.1.properties]: Required (line 18, column 5); add `properties`: the job's schedule, as in `properties: { schedule: "0 2 * * *" }`
    [file content]: Duplicate application name found: service (line 18, column 11); the name stands in line 2 already; it is the application's folder, so each needs its own
    [deployAs.2.properties.schedule]: A schedule has five fields (minute, hour, day of month, month, day of week), as in "0 2 * * *"; this one has 2 (line 25, column 17); for example `"*/15 * * * *"` (every quarter of an hour), `"0 2 * * *"` (at 2:00 UTC) or `@daily`
    [deployAs.3.retryPolicy.minBackoffSeconds]: minBackoffSeconds must be less than or equal to maxBackoffSeconds (line 31, column 26); 60 is more than 10: swap them
    [deployAs.3.retryPolicy.maxAttempts]: Number must be less than or equal to 100 (line 33, column 20); `maxAttempts` is a whole number from 5 to 100
    [deployAs.4]: Unrecognized key(s) in object: 'endpoint' (line 36, column 5); an application of type assets has no `endpoint`: remove it
    [file content]: Duplicate global key found LOG_LEVEL (line 40, column 14); an application has it in line 9; every application gets the global one, so remove one of the two
"#);
    });
}

#[test]
fn a_draft_does_not_move_to_a_repository_that_cannot_be_read() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let before = draft.read().await;
        let invalid = shop.repository("invalid-connect-yaml");
        let missing = shop.repository("missing-connect-yaml");
        let mut told = Vec::new();
        for action in [
            json!({"action": "setRepository", "tag": "v2"}),
            json!({"action": "setRepository", "url": missing, "tag": "v1"}),
            json!({"action": "setRepository", "url": invalid, "tag": "v1"}),
        ] {
            let rename = json!({"action": "setName", "name": "another"});
            let errors = draft.act(json!([rename, action])).await.errors();
            told.extend(errors.lines().nth(1).map(str::to_owned));
        }
        insta::assert_snapshot!(told.join("\n"), @"
        GitRepositoryNotReachable: Repository with the tag is not reachable
        ConnectorSpecificationFileNotFound: The file connect.yaml at https://github.com/tests/{shop}/missing-connect-yaml.git with the tag v1 was not found
        ConnectorSpecificationFileNotValid: The file connect.yaml at https://github.com/tests/{shop}/invalid-connect-yaml.git with the tag v1 is not valid
        ");
        assert_eq!(draft.read().await, before, "all actions or none");
    });
}

#[test]
fn a_tag_that_went_away_fails_the_preview() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        shop.remove_tag("minimal", "v1");
        let draft = draft.preview().await;
        assert_eq!(draft["isPreviewable"], "false");
        insta::assert_snapshot!(report(&draft["previewableReport"]), @"
        Error: Connector repository not reachable
          Repository https://github.com/tests/{shop}/minimal.git has no tag v1. Push the tag with `git push origin v1`, or name one that exists.
        ");
    });
}

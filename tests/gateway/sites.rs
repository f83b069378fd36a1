//! A static application is a site of its own, and shows its files and nothing else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{
    Answer, Deployment, Project, eventually, in_a_house_of_its_own, in_a_project, redacted, report,
};

const SCRIPT: &str = "console.log('a script that is long enough to be worth its compression');";
const YAML: &str = "deployAs:\n  - name: site\n    applicationType: assets\n";

async fn site(shop: &Project) -> Deployment {
    shop.repository("minimal");
    let files = [
        ("connect.yaml", YAML),
        ("site/index.html", "<p>hello</p>"),
        ("site/style/a.css", "p { color: red }"),
        ("site/main-BX3kLm9a.js", SCRIPT),
    ];
    shop.commit("minimal", &files, "v1");
    shop.draft("minimal")
        .await
        .previewed()
        .await
        .deployed(json!([]))
        .await
}

async fn open(deployment: &Deployment, method: Method, path: &str) -> Answer {
    let url = deployment.application("site").await["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let host = url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    // What a browser resolves and this machine perhaps does not.
    let request = deployment
        .project
        .anonymous(method, path)
        .header("host", host);
    deployment.project.send(request).await
}

#[test]
fn a_site_shows_its_files_at_the_root_of_a_host_of_its_own() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        let url = deployment.application("site").await["url"]
            .as_str()
            .unwrap()
            .to_owned();
        insta::assert_snapshot!(redacted(url), @"http://{id}.localhost:{port}/");
        let page = open(&deployment, Method::GET, "/").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>hello</p>"));
        assert_eq!(page.header("content-type"), "text/html");
        let style = open(&deployment, Method::GET, "/style/a.css").await;
        assert_eq!(
            (style.header("content-type"), style.text.as_str()),
            ("text/css", "p { color: red }")
        );
    });
}

/// A Merchant Center application whose build writes its values into its page.
const BUILT: &str = r#"
deployAs:
  - name: site
    applicationType: merchant-center-custom-application
    scripts:
      postDeploy: npm run tell
    configuration:
      standardConfiguration:
        - key: CUSTOM_APPLICATION_ID
          description: Its id
          required: true
        - key: ENTRY_POINT_URI_PATH
          description: Its path
          required: true
          default: orders
        - key: CLOUD_IDENTIFIER
          description: The region
          default: gcp-eu
inheritAs:
  configuration:
    standardConfiguration:
      - key: SHOP
        description: The name of the shop
        default: nobody
    securedConfiguration:
      - key: SHOP_TOKEN
        description: For the applications that run
"#;
const PACKAGE: &str = r#"{"name": "site", "private": true, "scripts": {"build": "node build.js"}}"#;
const BUILD: &str = r"
const { CUSTOM_APPLICATION_ID, ENTRY_POINT_URI_PATH, APPLICATION_URL, SHOP, SHOP_TOKEN } = process.env;
if (SHOP === 'unbuildable') { console.error('there is no such shop'); process.exit(1) }
require('fs').mkdirSync('public', { recursive: true });
require('fs').writeFileSync('public/index.html', [CUSTOM_APPLICATION_ID, ENTRY_POINT_URI_PATH, APPLICATION_URL, SHOP, SHOP_TOKEN].join(' '));
";

fn given(id: &str, shop: &str) -> Value {
    json!({
        "configurations": [{
            "applicationName": "site",
            "standardConfiguration": [{"key": "CUSTOM_APPLICATION_ID", "value": id}],
            "securedConfiguration": [],
        }],
        "globalConfiguration": {
            "standardConfiguration": [{"key": "SHOP", "value": shop}],
            "securedConfiguration": [{"key": "SHOP_TOKEN", "value": "browsers-must-not-see-this"}],
        },
    })
}

async fn built(shop: &Project) -> Deployment {
    shop.repository("minimal");
    let files = [
        ("connect.yaml", BUILT),
        ("site/package.json", PACKAGE),
        ("site/build.js", BUILD),
    ];
    shop.commit("minimal", &files, "v1");
    let draft = shop.draft("minimal").await.previewed().await;
    let mut body = given("app-1", "north");
    body["connector"] = json!({"id": draft.id, "staged": true});
    body["region"] = json!("europe-west1.gcp");
    let deployment = Deployment::create(shop, &body).await;
    assert_eq!(deployment.settled().await["status"], "Deployed");
    deployment
}

#[test]
fn a_site_is_built_with_the_values_and_the_address_of_its_deployment_and_without_secrets() {
    in_a_project(async |shop| {
        let deployment = built(&shop).await;
        let url = deployment.application("site").await["url"].clone();
        let page = async || open(&deployment, Method::GET, "/orders/1").await.text;
        assert_eq!(
            page().await,
            format!("app-1 orders {} north ", url.as_str().unwrap())
        );
        insta::assert_snapshot!(redacted(deployment.report().await), @"
        Information [site]: Application built with its values
        Information [site]: Application started
        Warning [site]: Skipped the 'postDeploy' script
          This application is files that are served: nothing of it runs, also no script. Move the script to a service, event or job of the same connect.yaml.
        ");
        deployment
            .redeploy(rename(given("app-1", "south")))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert!(page().await.ends_with(" south "));
        let path = deployment.path("/revisions/1/rollback");
        let version = deployment.read().await["version"].clone();
        shop.post(&path, &json!({"version": version}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert!(page().await.ends_with(" north "));
    });
}

/// The values as a redeploy takes them.
fn rename(mut values: Value) -> Value {
    let fields = values.as_object_mut().unwrap();
    let configurations = fields.remove("configurations").unwrap();
    fields.insert("configurationValues".to_owned(), configurations);
    values
}

#[test]
fn a_build_that_fails_with_the_values_of_a_deployment_is_told_and_the_revision_before_goes_on() {
    in_a_project(async |shop| {
        let deployment = built(&shop).await;
        let values = rename(given("app-1", "unbuildable"));
        deployment.redeploy(values).await.of_status(201);
        insta::assert_snapshot!(redacted(deployment.report().await), @"
        Error [site]: Application could not be built with its values
          The build of `site` failed in the step build: `npm run build` ended with exit code 1.
          
          The end of its output:
            > build
            > node build.js
            there is no such shop
          
          Run the build in the folder `site` and correct what it reports. It has no network: what it downloads belongs into the dependencies.
        ");
        let page = open(&deployment, Method::GET, "/").await.text;
        assert!(page.ends_with(" north "), "{page}");
    });
}

#[test]
fn a_site_is_the_same_after_a_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let deployment = built(&shop).await;
        let before = open(&deployment, Method::GET, "/").await.text;
        house.restart().await;
        let after = eventually("the site is back", async || {
            let page = open(&deployment, Method::GET, "/").await;
            (page.status == 200).then_some(page.text)
        })
        .await;
        assert_eq!(after, before);
    });
}

#[test]
fn a_browser_gets_it_compressed_and_keeps_what_its_name_says_will_not_change() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        let url = deployment.application("site").await["url"].clone();
        let host = url.as_str().unwrap().trim_start_matches("http://");
        let host = host.trim_end_matches('/').to_owned();
        let get = async |path: &str, name: &str, value: &str| {
            let request = shop.anonymous(Method::GET, path);
            let request = request.header("host", &host).header(name, value);
            shop.send(request).await
        };
        let script = get("/main-BX3kLm9a.js", "accept-encoding", "br, gzip").await;
        assert_eq!(script.header("content-encoding"), "gzip");
        assert_eq!(script.header("vary"), "accept-encoding");
        let kept = "public, max-age=31536000, immutable";
        assert_eq!(script.header("cache-control"), kept);
        let tag = script.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let same = get("/main-BX3kLm9a.js", "if-none-match", &tag).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
        let plain = get("/main-BX3kLm9a.js", "accept-encoding", "identity").await;
        assert_eq!(plain.text, SCRIPT);
        let page = get("/", "accept-encoding", "gzip").await;
        assert_eq!(page.header("cache-control"), "no-cache");
        let part = get("/main-BX3kLm9a.js", "range", "bytes=0-6").await;
        assert_eq!((part.status, part.text.as_str()), (206, "console"));
    });
}

#[test]
fn what_only_tools_read_is_not_shown() {
    in_a_project(async |shop| {
        shop.repository("minimal");
        let hidden = "not-for-visitors";
        let package = r#"{"name": "not-for-visitors", "private": true}"#;
        let lock = r#"{"name": "not-for-visitors", "lockfileVersion": 3, "packages": {"": {"name": "not-for-visitors"}}}"#;
        let files = [
            ("connect.yaml", YAML),
            ("site/index.html", "<p>hello</p>"),
            ("site/.well-known/security.txt", "Contact: x"),
            ("site/.env", "# not-for-visitors\n"),
            ("site/.git-credentials", hidden),
            ("site/docs/.htpasswd", hidden),
            ("site/package.json", package),
            ("site/package-lock.json", lock),
            ("site/notes.txt", "for visitors"),
        ];
        shop.commit("minimal", &files, "v1");
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        for path in ["/.well-known/security.txt", "/notes.txt"] {
            let answer = open(&deployment, Method::GET, path).await;
            assert_eq!(answer.status, 200, "{path}");
        }
        for path in [
            "/.env",
            "/%2eenv",
            "//.env",
            "/.ENV",
            "/.git-credentials",
            "/docs/.htpasswd",
            "/package.json",
            "/Package.json",
            "/%70ackage.json",
            "/package-lock.json",
        ] {
            let answer = open(&deployment, Method::GET, path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.text.contains(hidden), "{path}");
        }
    });
}

#[test]
fn a_site_with_committed_values_is_refused_in_words_that_say_who_reads_them() {
    in_a_project(async |shop| {
        shop.repository("minimal");
        let files = [
            ("connect.yaml", YAML),
            ("site/index.html", "<p>hello</p>"),
            ("site/.env", "TOKEN=not-for-visitors\n"),
        ];
        shop.commit("minimal", &files, "v1");
        let draft = shop.draft("minimal").await.preview().await;
        assert_eq!(draft["isPreviewable"], "false");
        let told = report(&draft["previewableReport"]);
        assert!(!told.contains("not-for-visitors"), "{told}");
        let entry = told
            .split_once("Secret detection check failed\n")
            .map(|(_, rest)| rest.lines().next().unwrap().trim());
        let (found, _remedy) = entry.unwrap().split_once(" Delete ").unwrap();
        insta::assert_snapshot!(found, @"site/.env:1:1 env-file (critical, CWE-538): The file sets `TOKEN`. Everybody who can read the repository or the bundle has these values. The application is a site: everybody can read what it holds, without a password.");
    });
}

#[test]
fn what_is_not_in_the_site_is_not_shown() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        for path in [
            "/nothing.html",
            "/../connect.yaml",
            "/%2e%2e/connect.yaml",
            "/..%2fconnect.yaml",
            "/style%00",
        ] {
            let answer = open(&deployment, Method::GET, path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        }
        insta::assert_snapshot!(open(&deployment, Method::GET, "/nothing.html").await.errors(), @"
        404
        ResourceNotFound: This application has no such file.
        ");
        insta::assert_snapshot!(open(&deployment, Method::POST, "/").await.errors(), @"
        405
        MethodNotAllowed: A static application answers GET and HEAD only.
        ");
    });
}

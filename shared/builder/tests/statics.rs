//! Static applications: only what is to be served is packed.

use builder::BuildKind;

use crate::fixture::{LOCK, Repository, package};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_a_package_json_is_served_as_it_is() {
    let repository = Repository::salted(&[("app/index.html", "<p>"), ("app/img/a.svg", "<svg>")]);
    let (built, artifact) = repository.built(BuildKind::Static).await;
    assert_eq!(artifact.text("index.html"), "<p>");
    assert!(artifact.has("img/a.svg"));
    assert_eq!(built.manifest.manager, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_built_application_is_what_its_build_made_with_the_values_compiled_in() {
    let build = r#""build": "mkdir dist && echo $SHOP > dist/index.html""#;
    let repository = Repository::salted(&[
        ("app/package.json", &package(build, "")),
        ("app/package-lock.json", LOCK),
        ("app/public/template.html", "source, not result"),
    ])
    .with_environment("SHOP", "my-shop");
    let (_, artifact) = repository.built(BuildKind::Static).await;
    assert_eq!(artifact.text("index.html"), "my-shop\n");
    assert!(!artifact.has("package.json") && !artifact.has("template.html"));
}

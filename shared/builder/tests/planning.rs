//! A plan follows from the files alone, and says everything that is wrong with them at once.

use builder::{BuildKind, Plan};

use crate::fixture::{LOCK, Repository};

const START: &str = r#""scripts": { "start": "node index.js" }"#;

fn planned(files: &[(&str, &str)]) -> Plan {
    Repository::new(files).plan().unwrap()
}

fn manager(files: &[(&str, &str)]) -> String {
    planned(files).manager.unwrap().to_string()
}

#[test]
fn the_package_manager_follows_from_the_field_and_then_from_the_lockfile() {
    let plain = &format!("{{ {START} }}");
    let of = |field: &str| format!(r#"{{ {START}, "packageManager": "{field}" }}"#);
    let berry = "__metadata:\n  version: 8\n";
    for (expected, files) in [
        ("npm@11.19.1", vec![]),
        ("npm@11.19.1", vec![("app/package-lock.json", "{}")]),
        (
            "yarn@1.22.22",
            vec![("app/yarn.lock", "# yarn lockfile v1\n")],
        ),
        ("yarn@4.5.3", vec![("app/yarn.lock", berry)]),
        (
            "pnpm@8.15.9",
            vec![("app/pnpm-lock.yaml", "lockfileVersion: '6.0'\n")],
        ),
        (
            "pnpm@10.34.9",
            vec![("app/pnpm-lock.yaml", "lockfileVersion: '9.0'\n")],
        ),
        ("yarn@1.22.22", vec![("yarn.lock", "# yarn lockfile v1\n")]),
        (
            "npm@11.19.1",
            vec![("app/package-lock.json", "{}"), ("yarn.lock", "")],
        ),
        (
            "pnpm@9.1.0",
            vec![
                ("app/package.json", &of("pnpm@9.1.0+sha512.abc")),
                ("app/package-lock.json", "{}"),
            ],
        ),
        ("yarn@3.6.4", vec![("package.json", &of("yarn@3.6.4"))]),
    ] {
        let mut all = vec![("app/package.json", plain.as_str())];
        all.extend(files.iter().copied());
        assert_eq!(manager(&all), expected, "{files:?}");
    }
}

#[test]
fn node_is_the_newest_offered_release_in_the_range_and_npm_the_one_that_comes_with_it() {
    let plan = planned(&[(
        "app/package.json",
        &format!(r#"{{ {START}, "engines": {{ "node": "^22" }} }}"#),
    )]);
    assert!(plan.node.as_str().starts_with("22."), "{}", plan.node);
    assert_eq!(plan.manager.unwrap().to_string(), "npm@10.9.9");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let repository = Repository::new(&[(
        "app/package.json",
        "{\n  \"engines\": {\n    \"node\": \">=16 <20\"\n  },\n  \"packageManager\": \"bun@1.1.0\",\n  \"dependencies\": {\n    \"common\": \"file:../../common\",\n    \"gone\": \"link:../gone\"\n  }\n}",
    )]);
    insta::assert_snapshot!(repository.findings(), @r#"
    app/package.json: The script `start` is missing. Add it to `scripts`: the command that starts the application's server on port 8080, such as "node build/index.js".
    app/package.json: The shared module `gone` does not exist in the repository. Commit the folder, or correct the dependency that names it.
    app/package.json:3: `engines.node` is ">=16 <20", and only Node.js 24.22.3 and 22.23.5 are offered. Set it to a range that allows Node.js 22 or 24, such as ">=22", and test the application with that.
    app/package.json:5: `packageManager` names "bun", which is not offered here. Write npm@, yarn@ or pnpm@ and an exact version, as in "npm@10.9.9", or leave the field out.
    app/package.json:7: The dependency "common" is "file:../../common", which is not a folder within the repository. Move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common.
    "#);
}

#[test]
fn an_application_without_a_folder_or_a_readable_package_json_is_refused() {
    insta::assert_snapshot!(Repository::new(&[]).findings(), @"app: This folder does not exist, or is a link. An application lives in a folder at the root of the repository whose name is the application's name in connect.yaml.");
    insta::assert_snapshot!(Repository::new(&[("app/index.js", "")]).findings(), @"app/package.json: This file is missing. Add a package.json with a `start` script to the application's folder.");
    insta::assert_snapshot!(Repository::new(&[("app/pom.xml", "")]).findings(), @"app/pom.xml: This is a Java application, and this version builds Node.js applications only. Port the application to Node.js 22 or 24, or leave it out of connect.yaml.");
    insta::assert_snapshot!(
        Repository::new(&[("app/package.json", "{\n  \"name\": \"x\",\n}")]).findings(), @"app/package.json:3: This is not valid JSON: trailing comma at line 3 column 1. Correct the file; `npm pkg get` shows whether it can be read.");
}

#[test]
fn links_out_of_the_repository_are_refused() {
    let repository = Repository::new(&[("app/package.json", &format!("{{ {START} }}"))]);
    repository.link("app/secrets", "/etc");
    insta::assert_snapshot!(repository.findings(), @"app/secrets: This link leads out of the repository. Replace it by the file or folder itself.");

    let repository = Repository::new(&[("app/index.js", "")]);
    repository.link("app/package.json", "/etc/passwd");
    insta::assert_snapshot!(repository.findings(), @"app/package.json: This is not a plain file. Replace the link or folder by the file itself.");
}

#[test]
fn a_missing_lockfile_is_noted() {
    let plan = planned(&[(
        "app/package.json",
        &format!(r#"{{ {START}, "dependencies": {{ "a": "1" }} }}"#),
    )]);
    insta::assert_snapshot!(plan.notes[0], @"app/package.json: There is no lockfile, so another build can get other versions of the dependencies. Run `npm install` and commit package-lock.json.");
}

#[test]
fn the_hash_covers_what_the_build_sees_and_nothing_else() {
    let package = format!(r#"{{ {START}, "dependencies": {{ "common": "file:../common" }} }}"#);
    let base: Vec<(&str, &str)> = vec![
        ("app/package.json", &package),
        ("app/index.js", "1"),
        ("common/package.json", "{}"),
        ("common/index.js", "1"),
        ("other/index.js", "1"),
    ];
    let hash = |more: &[(&str, &str)]| {
        let mut files = base.clone();
        files.extend(more);
        planned(&files).hash
    };
    let unchanged = hash(&[]);
    for same in [
        ("other/index.js", "2"),
        ("app/node_modules/x/index.js", "2"),
        ("README.md", "2"),
    ] {
        assert_eq!(hash(&[same]), unchanged, "{same:?}");
    }
    for changed in [
        ("app/index.js", "2"),
        ("common/index.js", "2"),
        ("app/package-lock.json", LOCK),
        ("app/new", ""),
    ] {
        assert_ne!(hash(&[changed]), unchanged, "{changed:?}");
    }
}

#[test]
fn values_are_part_of_the_hash_where_they_are_compiled_in() {
    let hash = |scripts: &str, value: &str, kind| {
        let package = format!(r#"{{ "scripts": {{ {scripts} }} }}"#);
        let repository =
            Repository::new(&[("app/package.json", &package)]).with_environment("SHOP", value);
        builder::plan(&repository.request(kind)).unwrap().hash
    };
    let scripts = r#""start": "node .", "build": "node build""#;
    let built = |value| hash(scripts, value, BuildKind::Static);
    assert_ne!(built("a"), built("b"));
    let runs = |value| hash(scripts, value, BuildKind::Dynamic);
    assert_eq!(runs("a"), runs("b"));
    let as_it_is = |value| hash(r#""start": "node .""#, value, BuildKind::Static);
    assert_eq!(as_it_is("a"), as_it_is("b"));
    // Who has the address of the files alone needs no files.
    let values = [("SHOP".to_owned(), "a".to_owned())];
    let package = format!(r#"{{ "scripts": {{ {scripts} }} }}"#);
    let repository = Repository::new(&[("app/package.json", &package)]);
    let files = builder::plan(&repository.request(BuildKind::Static))
        .unwrap()
        .hash;
    assert_eq!(builder::address_with(&files, &values), built("a"));
}

#[test]
fn the_start_command_is_what_npm_start_would_run() {
    let start = |json: &str| {
        planned(&[("app/package.json", json), ("app/server.js", "")])
            .start
            .unwrap()
    };
    assert_eq!(
        start(r#"{ "scripts": { "start": "node a", "prestart": "echo" } }"#),
        "echo && node a"
    );
    assert_eq!(start("{}"), "node server.js");
}

//! What a creator reads who commits the values of an application: in a site, that everybody can read them.

use std::path::Path;

use checks::image::{ImageFacts, NodeRelease, gather};
use checks::{Bundle, Judged, Policy, Severity, SourceChecks, Terms, check, check_image, sentence};
use domain::names::ApplicationName;
use domain::spec;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::write;

const THREE: &str = "deployAs:
  - { name: api, applicationType: service, endpoint: /api }
  - { name: site, applicationType: assets }
  - name: mc
    applicationType: merchant-center-custom-application
    configuration:
      standardConfiguration:
        - { key: CUSTOM_APPLICATION_ID, description: Its id, required: true }
        - { key: ENTRY_POINT_URI_PATH, description: Its path, required: true }
        - { key: CLOUD_IDENTIFIER, description: The region, default: gcp-eu }
";

fn terms(policy: &Policy) -> Terms<'_> {
    Terms {
        policy,
        advisories: &[],
        registry: None,
        today: jiff::civil::date(2026, 11, 22),
        certification: false,
    }
}

fn source(files: &[(&str, impl AsRef<[u8]>)]) -> SourceChecks {
    let root = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(root.path(), path, text.as_ref());
    }
    let spec = spec::read(THREE).expect("a valid connect.yaml");
    check(root.path(), &spec, terms(&Policy::default())).expect("a readable tree")
}

fn of_env_files(checks: &SourceChecks) -> Vec<&Judged> {
    let all = checks.results.iter().flat_map(|result| &result.findings);
    all.filter(|one| one.finding.rule == checks::ENV_FILE)
        .collect()
}

/// The bundle of an application with these files.
fn bundle(files: &[(&str, impl AsRef<[u8]>)]) -> ImageFacts {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let text = text.as_ref();
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        let appended = archive.append_data(&mut header, Path::new(path), text);
        appended.expect("a file of the archive");
    }
    let archive = archive.into_inner().and_then(GzEncoder::finish);
    gather(archive.expect("an archive").as_slice()).expect("a readable archive")
}

fn judged(name: &str, node: Option<&str>, facts: &ImageFacts) -> Vec<Judged> {
    let bundle = Bundle {
        application: &ApplicationName::parse(name).expect("a name"),
        facts,
        node: node.map(|release| NodeRelease {
            release,
            offered: Some(release),
        }),
        limit: u64::MAX,
        waivers: &[],
    };
    check_image(&bundle, terms(&Policy::default())).findings
}

#[test]
fn a_committed_env_file_fails_and_in_a_site_the_creator_reads_that_everybody_can_read_it() {
    let checks = source(&[
        (".env", "TOKEN=hidden\n"),
        (
            "api/.env.production",
            "# of production\nA=1\nB=2\nC=3\nD=4\n",
        ),
        ("mc/.env", "export TOKEN='hidden'\n"),
        ("site/.env", "SHOP=\nTOKEN=hidden\n"),
    ]);
    let found = of_env_files(&checks);
    assert!(found.iter().all(|one| one.fails));
    let told = found.iter().map(|one| {
        let finding = &one.finding;
        let (file, line, severity) = (&finding.place.file, finding.place.line, finding.severity);
        format!("{severity:?} {file}:{line} {}", finding.message)
    });
    let told: Vec<String> = told.collect();
    insta::assert_snapshot!(told.join("\n"), @"
    High .env:1 The file sets `TOKEN`. Everybody who can read the repository or the bundle has these values.
    High api/.env.production:2 The file sets `A`, `B`, `C` and 1 more. Everybody who can read the repository or the bundle has these values.
    Critical mc/.env:1 The file sets `TOKEN`. Everybody who can read the repository or the bundle has these values. The application is a site: everybody can read what it holds, without a password.
    Critical site/.env:2 The file sets `TOKEN`. Everybody who can read the repository or the bundle has these values. The application is a site: everybody can read what it holds, without a password.
    ");
}

/// Environment files whose value no text with a line for each variable shows.
fn disguised() -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = "TOKEN=hidden\n".encode_utf16();
    vec![
        ("site/.env.comments", "# none\n".repeat(1 << 19).into()),
        ("site/.env.latin", b"# gr\xfcn\nTOKEN=hidden\n".to_vec()),
        (
            "site/.env.long",
            ["TOKEN=", &"x".repeat(30_000)].concat().into(),
        ),
        ("site/.env.nul", b"# \0\nTOKEN=hidden\n".to_vec()),
        (
            "site/.env.utf16",
            utf16.flat_map(u16::to_le_bytes).collect(),
        ),
        ("site/.env.yaml", "TOKEN: hidden\n".into()),
        ("site/.envrc", "export\tTOKEN=hidden\n".into()),
        ("site/prod.env.bak", "KEY=\"\n-----BEGIN\n\"\n".into()),
    ]
}

#[test]
fn no_encoding_length_or_notation_of_an_env_file_hides_its_values() {
    let files = disguised();
    let found = |of: &[&Judged]| -> Vec<String> {
        assert!(of.iter().all(|one| one.fails), "{of:?}");
        let places = of.iter().map(|one| one.finding.place.file.clone());
        places.collect()
    };
    let expected: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let checks = source(&files);
    assert_eq!(found(&of_env_files(&checks)), expected);
    let at_top = files
        .iter()
        .map(|(path, text)| (&path["site/".len()..], text));
    let facts = bundle(&at_top.collect::<Vec<_>>());
    let judged = judged("site", None, &facts);
    let of_env_files = judged
        .iter()
        .filter(|one| one.finding.rule == checks::ENV_FILE);
    assert_eq!(found(&of_env_files.collect::<Vec<_>>()), expected);
    let large = &of_env_files_at(&checks, "site/.env.comments").finding;
    insta::assert_snapshot!(large.message, @"The file has 3670016 bytes, and an environment file is read up to 1048576 bytes, so its values are not known. Everybody who can read the repository or the bundle has them. The application is a site: everybody can read what it holds, without a password.");
}

fn of_env_files_at<'a>(checks: &'a SourceChecks, path: &str) -> &'a Judged {
    let found = of_env_files(checks).into_iter();
    let mut found = found.filter(|one| one.finding.place.file == path);
    found.next().expect("a finding of this file")
}

#[test]
fn an_env_file_is_found_in_folders_that_tools_write_but_not_in_those_of_dependencies() {
    let found = source(&[
        ("site/vendor/.env", "TOKEN=x\n"),
        ("site/build/prod.env", "TOKEN=x\n"),
        ("site/dist/a/.env", "TOKEN=x\n"),
        ("site/dist/a/key.js", "const key = 'not read';\n"),
        ("site/coverage/.env", "TOKEN=x\n"),
        ("api/target/build/.env", "TOKEN=x\n"),
        ("api/.next/.env", "TOKEN=x\n"),
        // No site serves this folder.
        ("site/node_modules/x/test/.env", "TOKEN=x\n"),
    ]);
    let places = of_env_files(&found).into_iter().map(|one| {
        assert!(one.fails);
        one.finding.place.file.as_str()
    });
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "api/.next/.env",
            "api/target/build/.env",
            "site/build/prod.env",
            "site/coverage/.env",
            "site/dist/a/.env",
            "site/vendor/.env",
        ]
    );
}

#[test]
fn an_example_and_a_file_without_values_are_meant_to_be_committed() {
    let checks = source(&[
        ("site/.env", "# the token of the shop\nTOKEN=\nOTHER=\"\"\n"),
        ("site/.env.example", "TOKEN=your-token\n"),
        ("api/.env.sample", "TOKEN=your-token\n"),
        ("api/index.js", "const env = 'A=b';\n"),
    ]);
    assert!(of_env_files(&checks).is_empty());
    assert!(checks.results.iter().all(checks::CheckResult::passed));
}

#[test]
fn a_credential_in_an_example_is_found_as_everywhere() {
    // Split, so that no scanner takes this file for a leak.
    let token = ["TOKEN=glpat-", "x7Kq2mVzR9tLw4NbYc8s\n"].concat();
    let checks = source(&[("site/.env.example", &token)]);
    assert!(!checks.results.iter().all(checks::CheckResult::passed));
}

#[test]
fn a_file_that_holds_no_secret_is_waived_with_a_reason() {
    let values = "# slipway-ignore env-file: the name of the shop is on its page\nSHOP=north\n";
    let waivers = "waivers:
  - { rule: env-file, file: api/.env, reason: it holds the defaults of development, expires: 2027-01-31 }
";
    let checks = source(&[
        ("site/.env", values),
        ("api/.env", "PORT=3000\n"),
        (".slipway.yml", waivers),
    ]);
    let found = of_env_files(&checks);
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|one| one.finding.waived.is_some() && !one.fails)
    );
}

#[test]
fn an_env_file_that_a_build_wrote_into_a_site_fails_at_its_bundle() {
    let facts = bundle(&[("index.html", "<p>"), (".env", "TOKEN=hidden\n")]);
    let found = judged("site", None, &facts);
    let told: Vec<String> = found.iter().map(sentence).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    site/.env image-unwanted-file (medium): The file is part of a site, whose files are for everybody. Delete it from the repository, take its values from the configuration, and list it in .gitignore.
    site/.env:1:1 env-file (critical, CWE-538): The file sets `TOKEN`. Everybody who can read the repository or the bundle has these values. The application is a site: everybody can read what it holds, without a password. Delete the file from the repository, list it in .gitignore, and take its values from the configuration. Replace every secret that it held: it stays in the history. If no value is a secret, give the reason in a comment before the first one: `# slipway-ignore env-file: REASON`.
    ");
    let worst = found.iter().find(|one| one.fails).expect("one that fails");
    assert_eq!(worst.finding.severity, Severity::Critical);
}

#[test]
fn what_the_source_has_shown_is_the_same_finding_in_the_bundle() {
    let checks = source(&[("site/.env", "TOKEN=x\n"), ("api/.env", "TOKEN=x\n")]);
    let of_site = judged("site", None, &bundle(&[(".env", "TOKEN=x\n")]));
    let of_api = judged("api", Some("24.0.0"), &bundle(&[("api/.env", "TOKEN=x\n")]));
    let bundles = of_site.iter().chain(&of_api).map(|one| &one.finding);
    let of_env_files: Vec<_> = bundles.filter(|one| one.rule == checks::ENV_FILE).collect();
    assert_eq!(of_env_files.len(), 2);
    assert!(of_env_files.into_iter().all(|one| checks.has(one)));
}

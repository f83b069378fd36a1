//! How mappings are read and which of them applies.

use super::*;

fn mapped(mappings: &[&str], url: &str) -> Option<Remote> {
    let map = RepositoryMap::parse(mappings).expect("good mappings");
    map.apply(&RepositoryUrl::parse(url).expect("a repository URL"))
        .expect("not refused")
}

fn local(path: &str) -> Option<Remote> {
    Some(Remote::Local(path.into()))
}

#[test]
fn the_longest_prefix_wins() {
    let mappings = [
        "https://github.com/=file:///all/",
        "https://github.com/acme/=file:///srv/repos/",
        "https://github.com/acme/y.git=/elsewhere/y",
    ];
    let place = |url| mapped(&mappings, url);
    assert!(place("https://github.com/acme/x.git") == local("/srv/repos/x.git"));
    assert!(place("https://github.com/acme/y.git") == local("/elsewhere/y"));
    assert!(place("https://github.com/other/z.git") == local("/all/other/z.git"));
    assert!(place("https://gitlab.com/acme/x.git").is_none());
}

#[test]
fn a_prefix_ends_where_a_part_of_the_url_ends() {
    let mappings = ["https://github.com/acme=file:///srv/repos"];
    let place = |url| mapped(&mappings, url);
    assert!(place("https://github.com/acme/x.git") == local("/srv/repos/x.git"));
    assert!(place("https://github.com/acme-evil/x.git").is_none());
    let mappings = ["https://github.com=file:///srv/repos/"];
    assert!(mapped(&mappings, "https://github.com.example.org/x.git").is_none());
}

#[test]
fn a_whole_url_maps_with_and_without_its_suffix() {
    let mappings = ["https://github.com/acme/x=/srv/x"];
    assert!(mapped(&mappings, "https://github.com/acme/x") == local("/srv/x"));
    assert!(mapped(&mappings, "https://github.com/acme/x.git") == local("/srv/x.git"));
}

#[test]
fn an_ssh_form_maps_to_https_with_a_token() {
    let mappings = ["git@github.com:acme/=https://x:token@github.com/acme"];
    let Some(Remote::Http { url, .. }) = mapped(&mappings, "git@github.com:acme/x.git") else {
        panic!("not mapped to HTTPS");
    };
    assert_eq!(url.as_str(), "https://x:token@github.com/acme/x.git");
}

#[test]
fn a_user_does_not_climb_out_of_the_mapped_folder() {
    let map = RepositoryMap::parse(&["https://github.com/acme/=file:///srv/repos/"]).expect("good");
    for url in [
        "https://github.com/acme/../../etc",
        "https://github.com/acme/x/../y",
        "https://github.com/acme/.",
    ] {
        let url = RepositoryUrl::parse(url).expect("a repository URL");
        assert_eq!(map.apply(&url).err(), Some(Refusal::UrlPath), "{url}");
    }
}

#[test]
fn a_bad_mapping_says_how_to_write_it() {
    let message = |mapping: &str| {
        RepositoryMap::parse(&[mapping])
            .expect_err("bad")
            .to_string()
    };
    insta::assert_snapshot!(message("https://github.com/acme/"), @"a mapping of repositories is written PREFIX=GIT_URL, as in https://github.com/acme/=file:///srv/repos/");
    insta::assert_snapshot!(message("acme=file:///srv"), @"a mapping starts with a repository URL or its beginning (https://…, git@… or ssh://git@…), and this with acme");
    insta::assert_snapshot!(message("https://github.com/=ext::secret"), @"what https://github.com/ is mapped to must be a git URL (https, http, ssh or file) or an absolute path, without query; a password needs https");
}

#[test]
fn debug_output_does_not_tell_the_token() {
    let map =
        RepositoryMap::parse(&["https://github.com/=https://x:token@github.com/"]).expect("good");
    assert_eq!(format!("{map:?}"), r#"["https://github.com/"]"#);
}

//! Which paths of a site a visitor may read. An application without a build script is served as it lies in its repository, so its folder
//! also holds files for tools, such as `.env` and package.json. These are refused by their names, before any file is looked at.

use percent_encoding::percent_decode_str;

/// The one hidden folder that is meant for visitors (RFC 8615); only at the top of a site.
const WELL_KNOWN: &str = ".well-known";
/// Files and folders of package managers and compilers, in lower case.
const OF_TOOLS: [&str; 15] = [
    "node_modules",
    "package.json",
    "package.json5",
    "package.yaml",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lockb",
    "bunfig.toml",
    "jsconfig.json",
    "connect.yaml",
    "connect.yml",
    "yarn-debug.log",
    "yarn-error.log",
];
/// Ends of the names of copies, which editors and people make of a file beside it.
const OF_COPIES: [&str; 10] = [
    "~", ".bak", ".old", ".orig", ".save", ".tmp", ".swp", ".txt", ".", " ",
];
/// Ends of the names of scripts and their maps, such as `app.env.js`, which pages load.
const SCRIPTS: [&str; 4] = [".js", ".mjs", ".js.map", ".mjs.map"];

/// Returns the names of folders and file that the path of a URL leads to; none if the path is not valid or names what no visitor may read.
pub(crate) fn names_of(path: &str) -> Option<Vec<String>> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let names: Vec<String> = path
        .split('/')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let is_name = |name: &String| !name.contains(['\0', '\\']);
    (names.iter().all(is_name) && is_public(names.iter().map(String::as_str))).then_some(names)
}

/// True if a visitor may read the file that these names lead to, from the top of the site.
pub(crate) fn is_public<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    names
        .enumerate()
        .all(|(depth, name)| (depth == 0 && name == WELL_KNOWN) || !is_for_tools(name))
}

/// True for hidden names (`.` and `..` among them), and for those of files that only tools read, and of their copies.
fn is_for_tools(name: &str) -> bool {
    let name = folded(name);
    if name.starts_with('.') {
        return true;
    }
    let name = original(&name);
    let ends = |end: &str| name.ends_with(end);
    OF_TOOLS.contains(&name)
        || has_part_env(name)
        || ends(".lock")
        || name.starts_with("npm-debug.log")
        || (name.starts_with("tsconfig") && ends(".json"))
}

/// Returns the name of the file that a file with this name may be a copy of.
fn original(name: &str) -> &str {
    let mut original = name;
    while let Some(rest) = OF_COPIES.iter().find_map(|end| original.strip_suffix(end)) {
        original = rest;
    }
    original
}

/// True for environment files: `prod.env`, `prod.env.local`, `prod.env-old`.
fn has_part_env(name: &str) -> bool {
    let mut parts = name.match_indices(".env");
    let is_part = parts.any(|(at, part)| {
        let rest = &name[at + part.len()..];
        !rest.starts_with(|one: char| one.is_ascii_alphabetic())
    });
    is_part && !SCRIPTS.iter().any(|end| name.ends_with(end))
}

/// Returns the name in the form that is equal for names that a file system may take for the same: some ignore case, some invisible
/// characters.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|one| !is_invisible(*one))
        // By way of the upper case, as the long s (U+017F) is a lower case letter with the upper case of `s`.
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_invisible(one: char) -> bool {
    matches!(
        one,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tools_read_is_refused_in_every_spelling() {
        for path in [
            "/.env",
            "//.env",
            "/./.env",
            "/%2eenv",
            "/%2Eenv",
            "/.ENV",
            "/.env.production",
            "/prod.env",
            "/.git/config",
            "/docs/.npmrc",
            "/docs/.htpasswd",
            "/.DS_Store",
            "/.",
            "/..",
            "/...",
            "/a/..%2f.env",
            "/.well-known/.env",
            "/docs/.well-known/x",
            "/.Well-Known/x",
            "/package.json",
            "/Package.json",
            "/PACKAGE.JSON",
            "/%70ackage.json",
            "/package.json.",
            "/package.json%20",
            "/pac%E2%84%AAage.json",
            "/pa\u{200c}ckage.json",
            "/a/b/package-lock.json",
            "/npm-shrinkwrap.json",
            "/yarn.lock",
            "/pnpm-lock.yaml",
            "/pnpm-workspace.yaml",
            "/bun.lock",
            "/bun.lockb",
            "/deno.lock",
            "/node_modules/x/index.js",
            "/Node_Modules",
            "/node_module\u{17f}/x",
            "/tsconfig.json",
            "/tsconfig.build.json",
            "/connect.yaml",
            "/prod.env.bak",
            "/prod.env.local",
            "/prod.env~",
            "/prod.env-old",
            "/prod.env.txt.",
            "/package.json.bak",
            "/package.json.old~",
            "/Package.JSON.TXT",
            "/package.yaml",
            "/package.json5",
            "/package-lock.json.orig",
            "/yarn.lock.txt",
            "/tsconfig.json.save",
            "/connect.yaml.swp",
            "/npm-debug.log",
            "/npm-debug.log.1234",
            "/yarn-error.log",
            "/yarn-debug.log.tmp",
            "/node_modules.old/x",
        ] {
            assert_eq!(names_of(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_meant_for_visitors_is_not_refused() {
        for (path, names) in [
            ("/", ""),
            ("/index.html", "index.html"),
            ("//a%20b.js", "a b.js"),
            ("/docs/v1.2/", "docs|v1.2"),
            ("/.well-known/security.txt", ".well-known|security.txt"),
            ("/manifest.json", "manifest.json"),
            ("/asset-manifest.json", "asset-manifest.json"),
            ("/mypackage.json", "mypackage.json"),
            ("/environment.js", "environment.js"),
            ("/env.js", "env.js"),
            ("/app.env.js", "app.env.js"),
            ("/app.environment.json", "app.environment.json"),
            ("/robots.txt", "robots.txt"),
            ("/notes.txt.bak", "notes.txt.bak"),
            ("/catalog.log", "catalog.log"),
            ("/main.js.map", "main.js.map"),
            ("/%252eenv", "%2eenv"),
            ("/grüße/ß.png", "grüße|ß.png"),
        ] {
            assert_eq!(names_of(path).unwrap().join("|"), names, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_no_name_of_files_is_refused() {
        for path in ["/a\\b", "/a%5cb", "/index.html%00.js", "/%ff"] {
            assert_eq!(names_of(path), None, "{path}");
        }
    }
}

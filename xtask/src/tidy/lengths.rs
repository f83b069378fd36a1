//! Files and functions stay short enough to be read in one go.

use std::str::FromStr;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use super::{File, Rule, Tree, Violation};

/// Lines of one Rust file, tests included.
const FILE_LINES: usize = 400;
/// Lines of one function, from `fn` to its closing brace.
const FUNCTION_LINES: usize = 70;

static FILE: Rule = Rule {
    why: "one reader's question, one file: no file over 400 lines",
    remedy: "find the second question that the file answers, and give it a file of its own",
};
static FUNCTION: Rule = Rule {
    why: "a function that does not fit a screen hides its steps: none over 70 lines",
    remedy: "name its steps, and let it call them in order",
};
static SYNTAX: Rule = Rule {
    why: "every Rust file is measured, and this one cannot be read",
    remedy: "mend the syntax error, or name the file otherwise if it is not Rust",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.rust().flat_map(file).collect()
}

fn file(file: &File) -> Vec<Violation> {
    let at = |line, what, rule| Violation {
        path: file.path.clone(),
        line,
        what,
        rule,
    };
    let lines = file.text.lines().count();
    let mut violations = Vec::new();
    if lines > FILE_LINES {
        violations.push(at(
            FILE_LINES + 1,
            format!("the file has {lines} lines"),
            &FILE,
        ));
    }
    match syn::parse_file(&file.text) {
        Ok(syntax) => {
            let mut functions = Functions {
                found: Vec::new(),
                texts: TokenStream::from_str(&file.text)
                    .map(texts)
                    .unwrap_or_default(),
            };
            functions.visit_file(&syntax);
            let long = functions
                .found
                .into_iter()
                .filter(|function| function.lines > FUNCTION_LINES);
            violations.extend(long.map(|Function { name, line, lines }| {
                at(
                    line,
                    format!("the function `{name}` has {lines} lines"),
                    &FUNCTION,
                )
            }));
        }
        Err(error) => violations.push(at(error.span().start().line, error.to_string(), &SYNTAX)),
    }
    violations
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Every function with a body, those inside others too.
struct Functions {
    found: Vec<Function>,
    /// First and last lines of the literals that span several.
    texts: Vec<(usize, usize)>,
}

impl Functions {
    fn measure(&mut self, signature: &Signature, body: &Block) {
        let first = first(signature).start().line;
        let last = body.brace_token.span.close().end().line;
        // A text, such as a snapshot, is data: it counts as one line.
        let within = |text: &&(usize, usize)| first <= text.0 && text.1 <= last;
        let text: usize = self
            .texts
            .iter()
            .filter(within)
            .map(|(first, last)| last - first)
            .sum();
        self.found.push(Function {
            name: signature.ident.to_string(),
            line: first,
            lines: last - first + 1 - text,
        });
    }
}

fn texts(tokens: TokenStream) -> Vec<(usize, usize)> {
    let of = |token| match token {
        TokenTree::Group(group) => texts(group.stream()),
        TokenTree::Literal(literal) => {
            let span = literal.span();
            vec![(span.start().line, span.end().line)]
        }
        _ => Vec::new(),
    };
    tokens
        .into_iter()
        .flat_map(of)
        .filter(|(first, last)| first < last)
        .collect()
}

fn first(signature: &Signature) -> Span {
    signature.fn_token.span
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(text: &str) -> String {
        let tree = Tree::of_files(&[("a.rs", text)]);
        let all: Vec<String> = check(&tree).iter().map(Violation::to_string).collect();
        all.join("\n")
    }

    /// A function of that many lines, its braces included.
    fn function(name: &str, lines: usize) -> String {
        let body = "    step();\n".repeat(lines - 2);
        format!("fn {name}() {{\n{body}}}\n")
    }

    #[test]
    fn a_function_of_70_lines_is_taken_and_one_of_71_is_not() {
        assert_eq!(violations(&function("short", 70)), "");
        insta::assert_snapshot!(violations(&format!("//! A.\n\n{}", function("long", 71))), @"
        a.rs:3: the function `long` has 71 lines
          why: a function that does not fit a screen hides its steps: none over 70 lines
          do:  name its steps, and let it call them in order
        ");
    }

    #[test]
    fn a_text_of_many_lines_counts_as_one() {
        let text = format!("fn a() {{\n    see(\"{}\");\n}}\n", "line\n".repeat(100));
        assert_eq!(violations(&text), "");
    }

    #[test]
    fn methods_defaults_of_traits_and_inner_functions_are_measured() {
        for (open, close) in [("impl A {", "}"), ("trait A {", "}"), ("mod a {", "}")] {
            let text = format!("{open}\n{}{close}\n", function("long", 71));
            assert!(
                violations(&text).contains("`long` has 71 lines"),
                "in {open}"
            );
        }
    }

    #[test]
    fn a_file_of_400_lines_is_taken_and_one_of_401_is_not() {
        let lines = |count| tree_of(&[count; 1]);
        assert!(file(&lines(400).files[0]).is_empty());
        insta::assert_snapshot!(file(&lines(401).files[0])[0], @"
        a.rs:401: the file has 401 lines
          why: one reader's question, one file: no file over 400 lines
          do:  find the second question that the file answers, and give it a file of its own
        ");
    }

    #[test]
    fn a_file_that_is_not_rust_is_named_with_its_line() {
        insta::assert_snapshot!(violations("//! A.\nfn {\n"), @"
        a.rs:2: cannot parse string into token stream
          why: every Rust file is measured, and this one cannot be read
          do:  mend the syntax error, or name the file otherwise if it is not Rust
        ");
    }

    fn tree_of(lengths: &[usize]) -> Tree {
        let texts: Vec<String> = lengths
            .iter()
            .map(|lines| "// line\n".repeat(*lines))
            .collect();
        let files: Vec<(&str, &str)> = texts.iter().map(|text| ("a.rs", text.as_str())).collect();
        Tree::of_files(&files)
    }
}

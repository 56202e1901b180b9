//! The circles that must be found in small crates, and what is none.

use std::collections::BTreeMap;

use crate::circles::{knots, tell};
use crate::uses::{lost, uses};

/// The shortest circle of each knot in a crate of these files.
fn circles(files: &[(&str, &str)]) -> String {
    let sources: BTreeMap<String, String> =
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    let uses = uses(&sources);
    knots(&uses).iter().map(|knot| tell(&uses, knot)).collect()
}

const LIB: (&str, &str) = ("lib.rs", "mod a; mod b;");
const PARENT: (&str, &str) = ("lib.rs", "mod a;");
const A: (&str, &str) = ("b.rs", "use crate::a::A; pub struct B(A);");

#[test]
fn a_circle_of_two_is_told_with_its_names() {
    let told = circles(&[LIB, ("a.rs", "use crate::b::{B, other as o}; pub struct A; fn f() { o() }"), A]);
    assert_eq!(
        told, "2 files are in this: a.rs b.rs\n  a.rs uses b.rs (B)\n  b.rs uses a.rs (A)\n",
        "`other` is nowhere"
    );
}

#[test]
fn the_shortest_circle_is_told() {
    let told = circles(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "use crate::a::A; use crate::d::D; pub struct C;"),
        ("d.rs", "use crate::c::C; pub struct D;"),
    ]);
    assert_eq!(
        told,
        "4 files are in this: a.rs b.rs c.rs d.rs\n  c.rs uses d.rs (D)\n  d.rs uses c.rs (C)\n"
    );
}

#[test]
fn every_way_of_naming_makes_a_circle() {
    for (way, text) in [
        ("an import", "use crate::b::B; pub struct A;"),
        ("an import by another name", "use crate::b::B as Other; pub struct A;"),
        ("an import of a group", "use {std::fs, crate::{b::{self, B}}}; pub struct A;"),
        ("an import of a module", "use crate::b; pub struct A(b::B);"),
        ("an import of a module by another name", "use crate::b as c; pub struct A(c::B);"),
        ("an import of everything", "use super::b::*; pub struct A(B);"),
        ("an import in a function", "pub struct A; fn f() { use crate::b::B; }"),
        ("an export of a neighbour's name", "pub use super::b::B; pub struct A;"),
        ("a path in a type", "pub struct A(Vec<crate::b::B>);"),
        ("a path in code", "pub struct A; fn f() { let _ = super::b::B::new(); }"),
        ("a path in a pattern", "pub struct A; fn f(x: u8) { match x { crate::b::B => {} _ => {} } }"),
        ("a path in `impl`", "pub struct A; impl crate::b::B { fn f() {} }"),
        ("a path in a macro's call", "pub struct A; fn f() { println!(\"{}\", crate::b::B); }"),
        ("a path in a macro", "pub struct A; macro_rules! m { () => { $crate::b::B }; }"),
        ("an attribute", "pub struct A(#[serde(with = \"crate::b::B\")] u8);"),
        ("an inner module", "pub struct A; mod inner { use super::super::b::B; }"),
    ] {
        let told = circles(&[LIB, ("a.rs", text), A]);
        assert!(told.contains("a.rs uses b.rs (B)"), "{way}: {told:?}");
    }
}

#[test]
fn what_a_macro_makes_is_of_the_file_that_calls_it() {
    for text in
        ["m! { pub struct Made; }", "macro_rules! m { ($x:ident) => { pub enum Made { $x } }; } m! { One }"]
    {
        let text = format!("use crate::b::B; {text}");
        let told = circles(&[LIB, ("a.rs", &text), ("b.rs", "use crate::a::Made; pub struct B(Made);")]);
        assert!(told.contains("b.rs uses a.rs (Made)"), "{text}: {told:?}");
    }
}

#[test]
fn a_path_that_cannot_be_followed_is_told() {
    let sources = [
        ("lib.rs", "mod a;"),
        ("a.rs", "use crate::b::B; pub use self::Nobody as C; struct A(super::a::A);"),
    ];
    let sources = sources.map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert_eq!(lost(&sources.into()), ["a.rs: crate::b::B", "a.rs: self::Nobody"]);
}

#[test]
fn an_export_is_looked_through_to_the_file_that_defines_the_name() {
    let child = ("a/child.rs", "use super::A; pub struct Child(A);");
    for (way, exported) in [
        ("a name", "pub use child::Child;"),
        ("another name", "pub use child::Child as Renamed;"),
        ("everything", "pub use child::*;"),
        ("twice", "pub use inner::Child; mod inner { pub use super::child::*; }"),
    ] {
        let parent = format!("mod child; {exported} use crate::b::B; pub struct A(B);");
        let user = "use crate::a::{Child, Renamed}; pub struct B;";
        let told = circles(&[LIB, ("a/mod.rs", &parent), child, ("b.rs", user)]);
        assert_eq!(
            told,
            "3 files are in this: a/child.rs a/mod.rs b.rs\n  a/child.rs uses a/mod.rs (A)\n  \
             a/mod.rs uses b.rs (B)\n  b.rs uses a/child.rs (Child)\n",
            "{way}"
        );
    }
}

#[test]
fn a_parent_that_uses_its_child_is_in_a_circle_with_it() {
    let child = ("a/child.rs", "use super::A; pub fn run(_: A) {} pub struct Child;");
    for (way, text) in [
        ("calls it", "mod child; pub struct A; fn f() { child::run(A) }"),
        ("imports it", "mod child; use child::run; pub struct A; fn f() { run(A) }"),
        ("exports and uses it", "mod child; pub use child::Child; pub struct A; fn f(_: Child) {}"),
        (
            "exports everything and uses it",
            "mod child; pub(crate) use child::*; pub struct A; fn f() { vec![run(A)]; }",
        ),
        (
            "hands it to a macro",
            "mod child; pub struct A; macro_rules! m { ($($x:ident)+) => { $(use $x::run;)+ }; } m! { child }",
        ),
    ] {
        let told = circles(&[PARENT, ("a/mod.rs", text), child]);
        assert!(
            told.contains("a/child.rs uses a/mod.rs (A)\n  a/mod.rs uses a/child.rs ("),
            "{way}: {told:?}"
        );
    }
}

#[test]
fn a_method_that_is_not_where_its_type_is_is_used_by_whoever_calls_it() {
    let apart = ("b.rs", "use crate::a::A; impl A { pub fn more(&self) {} }");
    let told = circles(&[LIB, ("a.rs", "pub struct A; impl A { fn f(&self) { self.more() } }"), apart]);
    assert!(told.contains("a.rs uses b.rs (.more())"), "{told:?}");
    let another = "pub struct A; struct C; impl C { fn more(&self) {} fn f(&self) { self.more() } }";
    assert_eq!(circles(&[LIB, ("a.rs", another), apart]), "", "it may be the method of either");
}

#[test]
fn what_is_no_circle_is_not_told() {
    for (way, text) in [
        ("declares and exports", "mod child; pub struct A; pub use child::{Child, run};"),
        ("exports everything", "mod child; pub struct A; pub use child::*;"),
        (
            "uses it in tests only",
            "mod child; pub struct A; #[cfg(test)] mod tests { use super::child::run; }",
        ),
        ("imports it for tests only", "mod child; pub struct A; #[cfg(test)] use child::run;"),
        (
            "uses it in a method for tests",
            "mod child; pub struct A; impl A { #[cfg(test)] fn f() { child::run() } }",
        ),
        ("declares tests elsewhere", "mod child; pub struct A; #[cfg(test)] mod not_there;"),
        ("has the name in a comment", "//! [`child::run`]\n\nmod child; /// [`child::Child`]\npub struct A;"),
        (
            "has the name as a variable",
            "mod child; pub struct A; fn f(child: A) { println!(\"{}\", child.run) }",
        ),
        ("names itself", "mod child; pub struct A(Vec<crate::a::A>); impl A { fn f() -> Self { self::A } }"),
    ] {
        let child = ("a/child.rs", "use super::A; pub fn run(_: A) {} pub struct Child;");
        assert_eq!(circles(&[PARENT, ("a/mod.rs", text), child]), "", "{way}");
    }
    let exports_in_a_ring =
        [LIB, ("a.rs", "pub use crate::b::*; fn f(_: X) {}"), ("b.rs", "pub use crate::a::*;")];
    assert_eq!(circles(&exports_in_a_ring), "", "nobody defines `X`");
}

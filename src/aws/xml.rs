//! Reads XML whose elements nest: what IAM answers of an account. Single members are read by `wording.rs`.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use crate::aws::answer::Unreadable;

/// The deepest that an answer nests; IAM's stay below half of it.
const DEEPEST: usize = 32;

/// An element: its name, its text, and the elements in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document.
    pub(super) fn read(xml: &str) -> Result<Element, Unreadable> {
        let wrong = |why: &dyn std::fmt::Display| Unreadable(format!("the answer is not XML: {why}"));
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Element::default()];
        loop {
            match reader.read_event().map_err(|error| wrong(&error))? {
                Event::Start(_) if open.len() > DEEPEST => return Err(wrong(&"it nests too deep")),
                Event::Start(tag) => open.push(Element::named(tag.local_name().as_ref())),
                Event::Empty(tag) => add(&mut open, Element::named(tag.local_name().as_ref())),
                Event::End(_) => match open.pop() {
                    Some(done) if !open.is_empty() => add(&mut open, done),
                    Some(_) | None => return Err(wrong(&"an element ends that has not begun")),
                },
                Event::Text(text) => say(&mut open, &text.decode().map_err(|error| wrong(&error))?),
                Event::CData(text) => say(&mut open, &text.decode().map_err(|error| wrong(&error))?),
                Event::GeneralRef(name) => {
                    let text = character(&name).ok_or_else(|| wrong(&"it has an unknown entity"))?;
                    say(&mut open, &text);
                }
                Event::Eof => break,
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        let document = open.pop().filter(|_| open.is_empty()).ok_or_else(|| wrong(&"it is cut off"))?;
        document.children.into_iter().next().ok_or_else(|| wrong(&"it is empty"))
    }

    fn named(name: &[u8]) -> Element {
        Element { name: String::from_utf8_lossy(name).into_owned(), ..Element::default() }
    }

    /// The first element of that name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|one| one.name == name)
    }

    /// The text of the first element of that name in it, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|one| one.text.trim()).filter(|text| !text.is_empty())
    }

    /// The entries of the list of that name in it.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.child(name).into_iter().flat_map(|list| &list.children).filter(|one| one.name == "member")
    }
}

fn add(open: &mut [Element], done: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(done);
    }
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// What a reference stands for: one of XML's own five, or a character by its number.
fn character(name: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = name.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    resolve_predefined_entity(&name.decode().ok()?).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_text_is_unescaped() {
        let xml = "<?xml version=\"1.0\"?><A xmlns=\"urn:x\"><!-- c --><L><member><N>a &lt;&#38;&#x22;&quot;</N></member>\
                   <other/><member><N> b </N><E/></member></L><D><![CDATA[{\"x\"}]]></D></A>";
        let read = Element::read(xml).unwrap();
        let names: Vec<Option<&str>> = read.list("L").map(|one| one.text("N")).collect();
        assert_eq!(names, [Some("a <&\"\""), Some("b")]);
        assert_eq!((read.text("D"), read.text("L"), read.list("M").count()), (Some("{\"x\"}"), None, 0));
        assert!(read.list("L").nth(1).unwrap().text("E").is_none());
    }

    #[test]
    fn what_is_no_whole_document_is_unreadable() {
        let deep = "<a>".repeat(100_000);
        for xml in ["", "text", "<a><b></a>", "<a>", "</a>", "<a>&nope;</a>", "<a>&#0;</a>", deep.as_str()] {
            assert!(Element::read(xml).is_err(), "{:.20}", xml);
        }
    }
}

//! Trees of XML: what EC2 and STS answer, and what EC2's filters look into.

use crate::sandbox::answer::escaped;

/// An element with text or with other elements; the services answer no attributes but the namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    name: &'static str,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Children(Vec<Node>),
}

/// What the members of a list are called on EC2's wire.
pub(super) const ITEM: &str = "item";

/// An element with text.
pub(super) fn text(name: &'static str, value: impl ToString) -> Node {
    Node { name, content: Content::Text(value.to_string()) }
}

/// An element with text, where there is any.
pub(super) fn optional(name: &'static str, value: Option<impl ToString>) -> Option<Node> {
    value.map(|value| text(name, value))
}

/// An element with members.
pub(super) fn group(name: &'static str, members: Vec<Node>) -> Node {
    Node { name, content: Content::Children(members) }
}

/// A list of structures.
pub(super) fn set(name: &'static str, items: impl IntoIterator<Item = Vec<Node>>) -> Node {
    group(name, items.into_iter().map(|members| group(ITEM, members)).collect())
}

/// A list of strings.
pub(super) fn strings(name: &'static str, items: impl IntoIterator<Item = impl ToString>) -> Node {
    group(name, items.into_iter().map(|one| text(ITEM, one)).collect())
}

impl Node {
    /// Adds a member.
    pub(super) fn with(mut self, member: Option<Node>) -> Node {
        if let Content::Children(members) = &mut self.content {
            members.extend(member);
        }
        self
    }

    /// Every text at the end of a path of names, `a/b`. Lists are passed through: their items have no name in it.
    pub(super) fn values(&self, path: &str) -> Vec<&str> {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let found = self.children(first);
        match rest {
            Some(rest) => found.flat_map(|one| one.values(rest)).collect(),
            None => found.flat_map(Node::texts).collect(),
        }
    }

    /// The first text at the end of a path; empty where there is none.
    pub(super) fn value(&self, path: &str) -> &str {
        self.values(path).first().copied().unwrap_or_default()
    }

    /// The elements at the end of a path.
    pub(super) fn children(&self, name: &str) -> impl Iterator<Item = &Node> {
        self.passing_items().into_iter().filter(move |one| one.name == name)
    }

    fn members(&self) -> &[Node] {
        match &self.content {
            Content::Text(_) => &[],
            Content::Children(members) => members,
        }
    }

    fn passing_items(&self) -> Vec<&Node> {
        let items = self.members().iter().filter(|one| one.name == ITEM).flat_map(Node::members);
        self.members().iter().chain(items).collect()
    }

    fn texts(&self) -> Vec<&str> {
        match &self.content {
            Content::Text(text) => vec![text],
            Content::Children(items) => {
                items.iter().filter(|one| one.name == ITEM).flat_map(Node::texts).collect()
            }
        }
    }

    /// The items of this list.
    pub(super) fn items(&self) -> impl Iterator<Item = &Node> {
        self.members().iter().filter(|one| one.name == ITEM)
    }

    fn write(&self, out: &mut String) {
        let name = self.name;
        out.extend(["<", name, ">"]);
        match &self.content {
            Content::Text(text) => out.push_str(&escaped(text)),
            Content::Children(members) => members.iter().for_each(|one| one.write(out)),
        }
        out.extend(["</", name, ">"]);
    }
}

/// A whole document, `<NAME xmlns="NAMESPACE">`.
pub(super) fn document(name: &str, namespace: &str, members: &[Node]) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name} xmlns=\"{namespace}\">");
    members.iter().for_each(|one| one.write(&mut out));
    out.extend(["</", name, ">"]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_wherever_it_comes_from() {
        let tag = group("tag", vec![text("key", "<a&b>"), text("value", "\"quoted\"")]);
        let written = document("R", "urn:x", &[tag]);
        assert!(written.contains("<key>&lt;a&amp;b&gt;</key><value>&quot;quoted&quot;</value>"), "{written}");
        let written = document("R", "urn:x", &[text("key", "a\0b\u{1f}\u{fffe}\tü")]);
        assert!(written.contains("<key>a\u{fffd}b\u{fffd}\u{fffd}\tü</key>"), "{written}");
    }

    #[test]
    fn a_path_leads_through_lists_to_every_text_at_its_end() {
        let association = |subnet: &str| vec![text("subnetId", subnet), text("main", false)];
        let set = set("associationSet", [association("subnet-1"), association("subnet-2")]);
        let table = group(ITEM, vec![text("vpcId", "vpc-1"), set, strings("subnetIds", ["a", "b"])]);
        assert_eq!(table.values("associationSet/subnetId"), ["subnet-1", "subnet-2"]);
        assert_eq!(table.values("subnetIds"), ["a", "b"]);
        assert_eq!(table.value("vpcId"), "vpc-1");
        assert_eq!(table.values("subnetId"), [""; 0], "not a member of the table itself");
    }
}

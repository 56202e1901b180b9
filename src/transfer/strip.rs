//! Pure: the worker without what only its readers need. A lifecycle configuration has little room.

/// The lines of the worker for one kind of job: no section of the other kind, no comments, documentation or blank lines,
/// and one space for each step of indentation. Nothing else is changed, so what runs is what is read and tested.
///
/// `other` is the word of the kind whose sections are left out. The source keeps to a form that makes this safe: triple
/// quotes are for documentation only, `#` starts a line or stands in a string, and no string goes over two lines.
pub(super) fn stripped(source: &str, other: &str) -> String {
    let (opens, closes) = (format!("# <{other}>"), format!("# </{other}>"));
    let mut kept = String::new();
    let (mut in_other, mut in_documentation) = (false, false);
    for line in source.lines() {
        let text = line.trim_start();
        if in_documentation {
            in_documentation = !text.ends_with("\"\"\"");
        } else if text == opens {
            in_other = true;
        } else if text == closes {
            in_other = false;
        } else if let Some(rest) = text.strip_prefix("\"\"\"") {
            in_documentation = !rest.ends_with("\"\"\"");
        } else if !in_other && !text.is_empty() && !text.starts_with('#') {
            let steps = (line.len() - text.len()) / 4;
            kept.extend(std::iter::repeat_n(' ', steps));
            kept.push_str(text);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_documentation_blank_lines_and_the_other_kind_are_left_out() {
        let source = "\"\"\"One.\n\nTwo.\n\"\"\"\nimport os\n\n\nclass A:\n    \"\"\"Doc.\"\"\"\n\n    x = \"#\"  \n    # why\n    \
                      # <export>\n    def f():\n        pass\n\n    # </export>\n    # <import>\n    def g():\n        return {\n            1\n        }\n    # </import>\n";
        let expected = "import os\nclass A:\n x = \"#\"  \n def g():\n  return {\n   1\n  }\n";
        assert_eq!(stripped(source, "export"), expected);
    }
}

//! Pure: patterns of IAM's statements, and what they match. Whatever their case: SageMaker lower-cases the ARNs of instances,
//! and which of both forms a statement has is no reason not to tell of it.

/// A pattern of resources or actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnPattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character, in lower case.
    Exact(char),
    /// `?`.
    One,
    /// `*`.
    Any,
    /// A variable, which may stand for anything.
    Variable,
}

impl Piece {
    fn is_long(self) -> bool {
        matches!(self, Piece::Any | Piece::Variable)
    }
}

/// Whether a pattern matches a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matches {
    /// It does not.
    No,
    /// It has a variable, such as `${aws:username}`: whoever calls decides.
    Maybe,
    /// It does.
    Yes,
}

impl ArnPattern {
    /// Reads one. Before version 2012-10-17 of the policy language there were no variables: `${` is what it is
    /// (IAM user guide, "Policy variables").
    pub fn read(text: &str, knows_variables: bool) -> ArnPattern {
        let text = text.to_lowercase();
        let mut pattern = ArnPattern { pieces: Vec::new() };
        let mut rest = text.as_str();
        while let Some(next) = rest.chars().next() {
            let variable = rest.strip_prefix("${").filter(|_| knows_variables);
            match variable.and_then(|after| after.split_once('}')) {
                Some((name, after)) => {
                    pattern.push_variable(name);
                    rest = after;
                }
                None => {
                    pattern.pieces.push(match next {
                        '*' => Piece::Any,
                        '?' => Piece::One,
                        exact => Piece::Exact(exact),
                    });
                    rest = &rest[next.len_utf8()..];
                }
            }
        }
        pattern
    }

    /// `${*}`, `${?}` and `${$}` are the characters themselves.
    fn push_variable(&mut self, name: &str) {
        match name {
            "*" | "?" | "$" => self.pieces.extend(name.chars().map(Piece::Exact)),
            _ => self.pieces.push(Piece::Variable),
        }
    }

    /// Whether it matches.
    pub fn matches(&self, text: &str) -> Matches {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        match (is_like(&self.pieces, &text), self.pieces.contains(&Piece::Variable)) {
            (false, _) => Matches::No,
            (true, true) => Matches::Maybe,
            (true, false) => Matches::Yes,
        }
    }

    /// Whether it matches whatever begins with a text that it matches, whoever calls.
    pub fn is_open_ended(&self) -> bool {
        self.pieces.last() == Some(&Piece::Any)
    }

    /// Whether it says nothing at all.
    pub fn is_everything(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|one| *one == Piece::Any)
    }

    /// Whether there is a text that both match.
    pub fn meets(&self, other: &ArnPattern) -> bool {
        let (one, two) = (&self.pieces, &other.pieces);
        // Whether what is left of both, from these positions on, has a text in common: the last row first.
        let mut below = vec![false; two.len() + 1];
        for at in (0..=one.len()).rev() {
            let mut row = vec![false; two.len() + 1];
            for other in (0..=two.len()).rev() {
                row[other] = match (one.get(at), two.get(other)) {
                    (None, None) => true,
                    (Some(piece), None) => piece.is_long() && below[other],
                    (None, Some(piece)) => piece.is_long() && row[other + 1],
                    (Some(a), Some(b)) if a.is_long() || b.is_long() => below[other] || row[other + 1],
                    (Some(Piece::Exact(a)), Some(Piece::Exact(b))) => a == b && below[other + 1],
                    (Some(_), Some(_)) => below[other + 1],
                };
            }
            below = row;
        }
        below[0]
    }
}

/// By the last star alone there is a way back: more are never needed.
fn is_like(pieces: &[Piece], text: &[char]) -> bool {
    let (mut piece, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pieces.get(piece), text.get(at)) {
            (Some(Piece::Any | Piece::Variable), _) => {
                star = Some((piece, at));
                piece += 1;
                continue;
            }
            (Some(Piece::One), Some(_)) => {
                (piece, at) = (piece + 1, at + 1);
                continue;
            }
            (Some(Piece::Exact(wanted)), Some(found)) if wanted == found => {
                (piece, at) = (piece + 1, at + 1);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        match star {
            Some((back, from)) if from < text.len() => {
                star = Some((back, from + 1));
                (piece, at) = (back + 1, from + 1);
            }
            Some(_) | None => return false,
        }
    }
}

//! Pure: reads TOML with errors that point into the file: all of a file's problems at once, each with its line.
//!
//! [`read`] parses the text and hands its root to a function that asks a [`Table`] for what it needs. A table
//! remembers which keys were asked for, so that at its end it can report the ones that nobody knows.
//!
//! A table of which every key is known is a struct of `keys!`: each field says once what its key is for, what can stand
//! there and what its absence means. The reader, [`schema`] and [`reference()`] all go by that.

mod complaint;
mod field;
mod file;
mod form;
mod key;
mod keyed;
mod literal;
mod place;
mod problem;
mod quantity;
mod reference;
mod schema;
mod shape;
mod similar;
mod source;
mod syntax;
mod table;
mod time;

pub use complaint::Complaint;
pub use file::read;
pub use form::{
    Form, among, choice, choice_or_later, day, flag, format, integer, integers, length, map, one_of, parsed,
    parsed_by, section, table, tables, tables_checked, tables_over, text,
};
pub use key::KeyFor;
pub(crate) use key::keys;
pub use keyed::{Keyed, Worded};
pub use literal::Literal;
pub use place::{Place, Placed};
pub use problem::{Problem, Problems, quoted};
pub use reference::reference;
pub use schema::schema;
pub use shape::{Absence, KeyText, Keys, Shape, Spelling};
pub use similar::closest;
pub use table::{Field, Table};

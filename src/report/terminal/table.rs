//! Tables whose last column wraps and whose other columns never do.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::report::Style;
use crate::text::width;

/// Columns between two columns.
const GAP: u16 = 2;

/// A table, or `None` where less than `least` columns would be left for its last column.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], least: usize, style: Style) -> Option<String> {
    let last = head.len().checked_sub(1)?;
    let fixed: usize = (0..last).map(|column| widest(head, rows, column) + usize::from(GAP)).sum();
    let room = style.columns().checked_sub(fixed).filter(|room| *room >= least)?;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.columns()).unwrap_or(u16::MAX))
        .set_header(head.iter().copied())
        .add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        let is_last = index == last;
        column.set_padding((0, if is_last { 0 } else { GAP }));
        column.set_constraint(if is_last {
            ColumnConstraint::UpperBoundary(Width::Fixed(u16::try_from(room).unwrap_or(u16::MAX)))
        } else {
            ColumnConstraint::ContentWidth
        });
    }
    Some(with_bold_head(&table.trim_fmt(), style))
}

fn widest(head: &[&str], rows: &[Vec<String>], column: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
    cells.chain(head.get(column).map(|cell| width(cell))).max().unwrap_or(0)
}

fn with_bold_head(table: &str, style: Style) -> String {
    let mut text = String::with_capacity(table.len());
    for (number, line) in table.lines().enumerate() {
        text.push_str(&if number == 0 { style.bold(line) } else { line.to_owned() });
        text.push('\n');
    }
    text
}

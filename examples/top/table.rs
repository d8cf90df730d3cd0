//! Tables of text: the columns for which there is room, as lines of cells.

/// The meaning of a text, which a screen may show as a colour too. The text says it as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// No meaning of its own.
    #[default]
    Plain,
    /// Of less interest.
    Quiet,
    /// The name of the whole.
    Heading,
    /// The titles of columns.
    Title,
    /// A success, or a state in which calls are admitted.
    Good,
    /// A retry, a wait or a limit in effect.
    Notice,
    /// A failure.
    Bad,
}

/// A line of a table, or of the screen.
pub type Line = Vec<Cell>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Its meaning.
    pub tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Self {
        let text = text.into();
        Self { text, tone }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Tone::Plain)
    }

    /// A value that does not exist.
    pub(crate) fn none() -> Self {
        Self::new("-", Tone::Quiet)
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// With exactly this width.
    fn padded(self, width: usize, side: Side) -> Self {
        let text = cut(&self.text, width);
        let text = match side {
            Side::Left => format!("{text:<width$}"),
            Side::Right => format!("{text:>width$}"),
        };
        Self { text, ..self }
    }
}

/// A column of rows of the type `R`.
pub(crate) struct Column<R> {
    pub(crate) title: &'static str,
    /// The least width, so that columns keep their places while numbers grow.
    pub(crate) width: usize,
    /// If there is no room, the columns with the highest rank are left out.
    pub(crate) rank: u8,
    pub(crate) side: Side,
    /// True if it takes the rest of the line, instead of the width of its longest cell.
    pub(crate) stretches: bool,
    pub(crate) cell: fn(&R) -> Cell,
}

/// The side of a column on which its texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// The space between two columns.
const GAP: usize = 2;

/// The titles and the rows of a table, within this width and height. If there are more rows, the
/// last line says how many.
pub(crate) fn table<R>(
    columns: &[Column<R>],
    rows: &[R],
    width: usize,
    height: usize,
) -> Vec<Line> {
    let room = height.saturating_sub(1);
    let shown = if rows.len() > room {
        room.saturating_sub(1)
    } else {
        room
    };
    let rows_shown = || rows.iter().take(shown);
    let mut widths: Vec<usize> = columns
        .iter()
        .map(|column| {
            let cells = rows_shown().filter(|_| !column.stretches);
            let cells = cells.map(|row| (column.cell)(row).width());
            let least = column.width.max(column.title.chars().count());
            cells.fold(least, usize::max).min(width)
        })
        .collect();
    let is_kept = fit(columns, &mut widths, width);
    let line = |gap: Tone, cell: &dyn Fn(&Column<R>) -> Cell| {
        let kept = columns.iter().zip(&widths).zip(&is_kept);
        let mut cells = Vec::new();
        for ((column, width), _) in kept.filter(|(_, is_kept)| **is_kept) {
            if !cells.is_empty() {
                cells.push(Cell::new(" ".repeat(GAP), gap));
            }
            cells.push(cell(column).padded(*width, column.side));
        }
        cells
    };
    let mut titles = line(Tone::Title, &|column| Cell::new(column.title, Tone::Title));
    let rest = width.saturating_sub(width_of(&titles));
    titles.push(Cell::new(" ".repeat(rest), Tone::Title));
    let mut lines = vec![titles];
    lines.extend(rows_shown().map(|row| line(Tone::Plain, &|column| (column.cell)(row))));
    if shown < rows.len() && height > 1 {
        let more = format!("… {} more", rows.len().saturating_sub(shown));
        lines.push(vec![Cell::new(more, Tone::Quiet)]);
    }
    lines.truncate(height);
    lines
}

/// Which columns are shown within this width; those that stretch take the rest. The columns of rank
/// 0 always are.
fn fit<R>(columns: &[Column<R>], widths: &mut [usize], width: usize) -> Vec<bool> {
    let ranks = columns.iter().map(|column| column.rank);
    let mut most = ranks.clone().max().unwrap_or_default();
    loop {
        let kept = columns.iter().zip(&*widths);
        let kept = kept.filter(|(column, _)| column.rank <= most);
        let total = kept.fold(0_usize, |sum, (_, width)| {
            sum.saturating_add(*width).saturating_add(GAP)
        });
        let total = total.saturating_sub(GAP);
        if most > 0 && total > width {
            most = most.saturating_sub(1);
            continue;
        }
        let rest = width.saturating_sub(total);
        for (column, width) in columns.iter().zip(widths) {
            if column.stretches {
                *width = width.saturating_add(rest);
            }
        }
        return ranks.map(|rank| rank <= most).collect();
    }
}

/// The width of a line.
pub(crate) fn width_of(line: &Line) -> usize {
    line.iter()
        .fold(0, |sum, cell| sum.saturating_add(cell.width()))
}

/// The text within this width, with an ellipsis if it is longer.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain((width > 0).then_some('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Column, Line, Side, table};

    type Row = (&'static str, u32);

    const COLUMNS: [Column<Row>; 3] = [
        Column {
            title: "name",
            width: 6,
            rank: 0,
            side: Side::Left,
            stretches: false,
            cell: |row| Cell::plain(row.0),
        },
        Column {
            title: "calls",
            width: 5,
            rank: 1,
            side: Side::Right,
            stretches: false,
            cell: |row| Cell::plain(row.1.to_string()),
        },
        Column {
            title: "twice",
            width: 5,
            rank: 2,
            side: Side::Right,
            stretches: false,
            cell: |row| Cell::plain(row.1.saturating_mul(2).to_string()),
        },
    ];

    fn shown(width: usize, height: usize) -> Vec<String> {
        let rows = [("ask", 7), ("embed", 1_234_567), ("chat", 1)];
        let lines = table(&COLUMNS, &rows, width, height);
        let text = |line: Line| line.into_iter().map(|cell| cell.text).collect();
        lines.into_iter().map(text).collect()
    }

    #[test]
    fn columns_of_the_highest_rank_are_left_out_first() {
        assert_eq!(
            shown(24, 4),
            [
                "name      calls    twice",
                "ask           7       14",
                "embed   1234567  2469134",
                "chat          1        2"
            ]
        );
        assert_eq!(shown(19, 2), ["name    calls      ", "… 3 more"]);
        assert_eq!(shown(3, 3), ["na…", "ask", "… 2 more"]);
    }

    #[test]
    fn rows_without_room_are_counted() {
        assert_eq!(shown(13, 3), ["name    calls", "ask         7", "… 2 more"]);
        assert_eq!(shown(13, 1), ["name    calls"]);
        assert_eq!(shown(13, 0), [""; 0]);
    }
}

//! The screen: draws a state, at any size.

use ratatui::{
    Frame,
    style::{Color, Modifier, Style},
    text::{Line, Span},
    widgets::Paragraph,
};
use resilient_top::{layout, state::State, table::Tone};

/// How tones look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    is_coloured: bool,
}

impl Palette {
    /// With colours, or only with bold, faint and reversed text.
    pub(crate) const fn new(is_coloured: bool) -> Self {
        Self { is_coloured }
    }

    /// Colours, unless [`NO_COLOR`](https://no-color.org) is set.
    pub(crate) fn from_env() -> Self {
        let no_color = std::env::var_os("NO_COLOR");
        Self::new(no_color.is_none_or(|value| value.is_empty()))
    }

    fn style(self, tone: Tone) -> Style {
        let (color, modifier) = match tone {
            Tone::Plain => (None, Modifier::empty()),
            Tone::Quiet => (None, Modifier::DIM),
            Tone::Heading => (None, Modifier::BOLD),
            Tone::Title => (None, Modifier::REVERSED),
            Tone::Good => (Some(Color::Green), Modifier::empty()),
            Tone::Notice => (Some(Color::Yellow), Modifier::empty()),
            Tone::Bad => (Some(Color::Red), Modifier::BOLD),
        };
        let style = Style::new().add_modifier(modifier);
        match color {
            Some(color) if self.is_coloured => style.fg(color),
            _ => style,
        }
    }
}

/// Draws the state.
pub(crate) fn draw(frame: &mut Frame<'_>, state: &State, palette: Palette) {
    let area = frame.area();
    let (width, height) = (area.width.into(), area.height.into());
    let lines = layout::screen(state, width, height).into_iter();
    let lines = lines.map(|line| {
        let spans = line.into_iter();
        let spans = spans.map(|cell| Span::styled(cell.text, palette.style(cell.tone)));
        spans.collect()
    });
    let lines: Vec<Line<'_>> = lines.collect();
    frame.render_widget(Paragraph::new(lines), area);
}

#[cfg(test)]
#[path = "screen_test.rs"]
mod tests;

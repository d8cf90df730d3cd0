//! Draws a time series: as lines in an SVG file, and as small bars in the terminal.

use std::fmt::{Arguments, Write as _};
use std::ops::Range;

/// Two panels, one above the other, over the same seconds.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) panels: [Panel; 2],
    pub(crate) lines: Vec<Line>,
    /// The part with a coloured background, and its label.
    pub(crate) trouble: (&'static str, Range<f64>),
    pub(crate) end: f64,
    /// The seconds between two marks of the axis, and between two counts.
    pub(crate) mark: f64,
    pub(crate) slice: f64,
}

/// A vertical axis.
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    pub(crate) most: f64,
    pub(crate) step: f64,
}

/// The values of one policy, for each panel.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// The text below the name; may be empty.
    pub(crate) note: String,
    pub(crate) ink: Ink,
    /// Wider if another line covers it.
    pub(crate) width: u32,
    pub(crate) counts: [Vec<u32>; 2],
}

/// A colour, and its counterpart in dark mode.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) &'static str);

pub(crate) const GREY: Ink = Ink("grey");
pub(crate) const RED: Ink = Ink("red");
pub(crate) const ORANGE: Ink = Ink("orange");
pub(crate) const BLUE: Ink = Ink("blue");
pub(crate) const GREEN: Ink = Ink("green");

const STYLE: &str = "\
text{fill:#333}.paper{fill:#fff}.grid{stroke:#e4e4e4}.axis{stroke:#888}.ground{fill:#f8e9e6}.trouble{fill:#a05040}.note{fill:#70757c}
.line{fill:none;stroke-linejoin:round}
.grey{stroke:#b4b4b4}.red{stroke:#d1495b}.orange{stroke:#d99a26}.blue{stroke:#1b6ca8}.green{stroke:#2a9d5c}
@media(prefers-color-scheme:dark){
text{fill:#d0d4da}.paper{fill:#14181f}.grid{stroke:#2b313a}.axis{stroke:#7d8590}.ground{fill:#33211f}.trouble{fill:#e59a8a}.note{fill:#9298a1}
.grey{stroke:#747b85}.red{stroke:#f4717f}.orange{stroke:#e3b341}.blue{stroke:#58a6ff}.green{stroke:#3fb950}
}
";

const WIDTH: f64 = 960.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 240.0;
const TOP: f64 = 74.0;
const PANEL: f64 = 200.0;
const GAP: f64 = 70.0;
const HEIGHT: f64 = TOP + 2.0 * PANEL + GAP + 56.0;

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let mut svg = Svg(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             font-family=\"system-ui,sans-serif\" font-size=\"13\">\n"
        ));
        let title = self.title;
        svg.put(format_args!(
            "<title>{title}</title>\n<style>\n{STYLE}</style>"
        ));
        svg.put(format_args!(
            "<rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>"
        ));
        svg.put(format_args!(
            "<text x=\"{LEFT}\" y=\"32\" font-size=\"16\" font-weight=\"bold\">{title}</text>"
        ));
        let [above, below] = &self.panels;
        self.panel(above, TOP, |line| &line.counts[0], &mut svg);
        self.panel(below, TOP + PANEL + GAP, |line| &line.counts[1], &mut svg);
        svg.text(
            f64::midpoint(LEFT, RIGHT),
            HEIGHT - 14.0,
            "middle",
            "seconds",
        );
        self.legend(&mut svg);
        svg.0.push_str("</svg>\n");
        svg.0
    }

    fn x(&self, second: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (second / self.end).min(1.0)
    }

    fn panel(&self, panel: &Panel, top: f64, counts: fn(&Line) -> &[u32], svg: &mut Svg) {
        let bottom = top + PANEL;
        let y = |count: f64| bottom - PANEL * (count / panel.most).min(1.0);
        let (trouble, seconds) = &self.trouble;
        let (from, to) = (self.x(seconds.start), self.x(seconds.end));
        let width = to - from;
        svg.put(format_args!(
            "<rect class=\"ground\" x=\"{from:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{PANEL}\"/>"
        ));
        svg.text(LEFT, top - 11.0, "start", panel.title);
        for count in steps(panel.step, panel.most) {
            let at = y(count);
            svg.put(format_args!(
                "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/>"
            ));
            svg.text(LEFT - 8.0, at + 4.5, "end", &count.to_string());
        }
        for second in steps(self.mark, self.end) {
            let at = self.x(second);
            svg.put(format_args!(
                "<path class=\"axis\" d=\"M{at:.1} {bottom}v5\"/>"
            ));
            svg.text(at, bottom + 19.0, "middle", &second.to_string());
        }
        svg.put(format_args!(
            "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {top}V{bottom}H{RIGHT}\"/>"
        ));
        for line in &self.lines {
            let mut path = String::new();
            for (second, count) in steps(self.slice, self.end).zip(counts(line)) {
                let step = if path.is_empty() { 'M' } else { 'L' };
                let (x, y) = (self.x(second), y(f64::from(*count)));
                let _ = write!(path, "{step}{x:.1} {y:.1}");
            }
            line.path(&path, svg);
        }
        svg.put(format_args!(
            "<text class=\"trouble\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{trouble}</text>",
            to - 8.0,
            top + 17.0
        ));
    }

    fn legend(&self, svg: &mut Svg) {
        let left = RIGHT + 18.0;
        let mut at = TOP + 12.0;
        for line in &self.lines {
            line.path(&format!("M{left} {at}h22"), svg);
            svg.text(left + 32.0, at + 4.5, "start", line.name);
            at += 24.0;
            if !line.note.is_empty() {
                let (x, y, note) = (left + 32.0, at - 2.0, &line.note);
                svg.put(format_args!(
                    "<text class=\"note\" x=\"{x}\" y=\"{y}\">{note}</text>"
                ));
                at += 22.0;
            }
        }
    }
}

impl Line {
    fn path(&self, path: &str, svg: &mut Svg) {
        let (Ink(ink), width) = (self.ink, self.width);
        svg.put(format_args!(
            "<path class=\"line {ink}\" stroke-width=\"{width}\" d=\"{path}\"/>"
        ));
    }
}

struct Svg(String);

impl Svg {
    fn put(&mut self, element: Arguments<'_>) {
        let _ = writeln!(self.0, "{element}");
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        self.put(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }
}

/// From zero to `most`.
fn steps(step: f64, most: f64) -> impl Iterator<Item = f64> {
    (0_u32..)
        .map(move |number| f64::from(number) * step)
        .take_while(move |at| *at <= most)
}

const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One bar per group of counts: the larger their mean, the higher, up to `most`.
pub(crate) fn bars(counts: &[u32], size: usize, most: f64) -> String {
    let bar = |counts: &[u32]| {
        let counts = counts.iter().copied().map(f64::from);
        let (sum, number) = counts.fold((0.0, 0.0), |(sum, number), count| {
            (sum + count, number + 1.0)
        });
        let height = sum / number / most;
        let bars = BARS.iter().zip(steps(0.125, 1.0));
        let reached = bars.take_while(|(_, from)| *from <= height + 0.0625);
        reached.last().map_or(' ', |(bar, _)| *bar)
    };
    counts.chunks(size).map(bar).collect()
}

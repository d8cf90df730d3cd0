//! Draws the courses of a world: as lines in an SVG file, and small ones in the terminal.

use std::fmt::Write as _;

use resilient_examples::world::Course;

/// One policy's course, with its name and colour.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) colour: &'static str,
    /// Wider where another line covers it.
    pub(crate) width: u32,
    pub(crate) course: Course,
}

const WIDTH: f64 = 960.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const PANEL: f64 = 220.0;
const GAP: f64 = 70.0;
const TOP: f64 = 64.0;
const HEIGHT: f64 = TOP + 2.0 * PANEL + GAP + 56.0;

/// What is drawn over time.
struct Panel {
    title: &'static str,
    top: f64,
    /// The end of the vertical axis, and its step.
    most: f64,
    step: f64,
    counts: fn(&Course) -> &[u32],
}

/// Both panels: what succeeds and what the server is asked, of all lines.
pub(crate) fn svg(title: &str, lines: &[Line]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"13\" fill=\"#333\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"17\" font-weight=\"bold\">{title}</text>\n"
    );
    let busiest = lines.iter().flat_map(|line| &line.course.requests).max();
    let busiest = f64::from(busiest.copied().unwrap_or_default());
    let panels = [
        Panel {
            title: "operations that succeed, per second",
            top: TOP,
            most: 1_000.0,
            step: 200.0,
            counts: |course| &course.good,
        },
        Panel {
            title: "requests that reach the server, per second",
            top: TOP + PANEL + GAP,
            most: (busiest / 1_000.0).ceil().max(1.0) * 1_000.0,
            step: 1_000.0,
            counts: |course| &course.requests,
        },
    ];
    for panel in &panels {
        panel.draw(lines, &mut out);
    }
    let bottom = HEIGHT - 14.0;
    let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
    put(
        &mut out,
        format_args!("<text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">seconds</text>"),
    );
    legend(lines, &mut out);
    out.push_str("</svg>\n");
    out
}

impl Panel {
    fn draw(&self, lines: &[Line], out: &mut String) {
        let Some(Line { course, .. }) = lines.first() else {
            return;
        };
        let (top, bottom, right) = (self.top, self.top + PANEL, WIDTH - RIGHT);
        let x = |second: usize| LEFT + (right - LEFT) * part(second, course.end);
        let y = |count: f64| bottom - PANEL * (count / self.most).min(1.0);
        let (from, to) = (x(course.incident.start), x(course.incident.end));
        put(
            out,
            format_args!(
                "<rect x=\"{from:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{PANEL}\" fill=\"#f3e3e0\"/>",
                to - from
            ),
        );
        put(
            out,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#a05040\" text-anchor=\"middle\">incident</text>",
                f64::midpoint(from, to),
                top + 16.0
            ),
        );
        put(
            out,
            format_args!(
                "<text x=\"{LEFT}\" y=\"{:.1}\">{}</text>",
                top - 9.0,
                self.title
            ),
        );
        let mut count = 0.0;
        while count <= self.most {
            let at = y(count);
            put(
                out,
                format_args!(
                    "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{count}</text>",
                    LEFT - 8.0,
                    at + 4.5
                ),
            );
            count += self.step;
        }
        for second in (0..=course.end).step_by(10) {
            put(
                out,
                format_args!(
                    "<path d=\"M{0:.1} {bottom}v5\" stroke=\"#888\"/><text x=\"{0:.1}\" y=\"{1:.1}\" text-anchor=\"middle\">{second}</text>",
                    x(second),
                    bottom + 19.0
                ),
            );
        }
        put(
            out,
            format_args!(
                "<path d=\"M{LEFT} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#888\"/>"
            ),
        );
        for line in lines {
            let counts = (self.counts)(&line.course).iter().take(course.end);
            let mut path = String::new();
            for (second, count) in counts.enumerate() {
                let step = if second == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{step}{:.1} {:.1}", x(second), y(f64::from(*count)));
            }
            put(
                out,
                format_args!(
                    "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
                    line.colour, line.width
                ),
            );
        }
    }
}

fn legend(lines: &[Line], out: &mut String) {
    let left = WIDTH - RIGHT + 18.0;
    let mut at = TOP + 12.0;
    for Line {
        name,
        colour,
        width,
        ..
    } in lines
    {
        put(
            out,
            format_args!(
                "<path d=\"M{left} {at}h22\" stroke=\"{colour}\" stroke-width=\"{width}\"/><text x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
                left + 30.0,
                at + 4.5
            ),
        );
        at += 24.0;
    }
}

fn put(out: &mut String, element: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{element}");
}

/// `some` of `all`.
fn part(some: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(some) / number(all.max(1))
}

const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One bar for two seconds: the larger the count, the higher, up to `most`.
pub(crate) fn bars(counts: &[u32], end: usize, most: f64) -> String {
    let mut bars = String::new();
    for pair in (0..end).step_by(2) {
        let of = |second: usize| f64::from(counts.get(second).copied().unwrap_or_default());
        let height = f64::midpoint(of(pair), of(pair.saturating_add(1))) / most;
        let reached = |eighth: &(usize, &char)| {
            part(eighth.0, BARS.len().saturating_sub(1)) <= height + 0.0625
        };
        let bar = BARS.iter().enumerate().rfind(reached);
        bars.push(bar.map_or(' ', |(_, bar)| *bar));
    }
    bars
}

//! Panels side by side on logarithmic axes, as SVG.

use std::fmt::Write;

/// A drawing of two panels over one kind of x axis.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) x_label: &'static str,
    pub(super) x: Axis,
    pub(super) panels: [Panel; 2],
    pub(super) notes: [&'static str; 2],
}

/// A logarithmic axis.
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: &'static [(f64, &'static str)],
}

/// One grid with its lines.
pub(super) struct Panel {
    pub(super) title: &'static str,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
}

/// Points joined by a line.
pub(super) struct Series {
    name: &'static str,
    style: Style,
    points: Vec<(f64, f64)>,
    values: Side,
    label: Side,
}

/// How a line looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) colour: &'static str,
    pub(super) width: f64,
}

/// On which side of its points the values and the name of a line stand, so that they meet no
/// other line's.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Above,
    Below,
    Right,
}

impl Series {
    pub(super) fn new(
        name: &'static str,
        style: Style,
        points: Vec<(f64, f64)>,
        values: Side,
        label: Side,
    ) -> Self {
        Self { name, style, points, values, label }
    }
}

const WIDTH: f64 = 1_180.0;
const HEIGHT: f64 = 536.0;
const PANEL_TOP: f64 = 92.0;
const PANEL_WIDTH: f64 = 480.0;
const PANEL_HEIGHT: f64 = 330.0;
const PANEL_LEFT: [f64; 2] = [76.0, 660.0];

impl Chart {
    /// The drawing. It has a background of its own, so that it reads on light and on dark pages.
    pub(super) fn svg(&self) -> String {
        let mut out = Svg::default();
        out.line(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"13\">"
        ));
        out.line(&format!("<title>{}</title>", self.title));
        out.line(&format!(
            "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"10\" fill=\"#fdfdfb\" \
             stroke=\"#c9c9c4\"/>"
        ));
        out.text(
            24.0,
            36.0,
            "start",
            "#1b1b1a",
            "font-size=\"19\" font-weight=\"600\"",
            self.title,
        );
        for (panel, left) in self.panels.iter().zip(PANEL_LEFT) {
            self.panel(&mut out, panel, left);
        }
        for (line, note) in self.notes.iter().enumerate() {
            let y = HEIGHT - 34.0 + 17.0 * line as f64;
            out.text(24.0, y, "start", "#5f5f5a", "font-size=\"12\"", note);
        }
        out.line("</svg>");
        out.0
    }

    fn panel(&self, out: &mut Svg, panel: &Panel, left: f64) {
        let (right, bottom) = (left + PANEL_WIDTH, PANEL_TOP + PANEL_HEIGHT);
        let x = |value: f64| left + self.x.position(value) * PANEL_WIDTH;
        let y = |value: f64| bottom - panel.y.position(value) * PANEL_HEIGHT;
        out.text(left, PANEL_TOP - 16.0, "start", "#1b1b1a", "font-weight=\"600\"", panel.title);
        for (value, label) in self.x.ticks {
            out.rule(x(*value), PANEL_TOP, x(*value), bottom);
            out.text(x(*value), bottom + 19.0, "middle", "#5f5f5a", "", label);
        }
        for (value, label) in panel.y.ticks {
            out.rule(left, y(*value), right, y(*value));
            out.text(left - 8.0, y(*value) + 4.5, "end", "#5f5f5a", "", label);
        }
        let middle = f64::midpoint(left, right);
        out.text(middle, bottom + 42.0, "middle", "#5f5f5a", "", self.x_label);
        let bytes = panel.y.to > 1_000.0;
        for series in &panel.series {
            let at: Vec<_> = series.points.iter().map(|point| (x(point.0), y(point.1))).collect();
            out.series(series, &at, bytes);
        }
    }
}

impl Axis {
    /// Where a value is, from 0 to 1.
    fn position(&self, value: f64) -> f64 {
        (value / self.from).ln() / (self.to / self.from).ln()
    }
}

/// The text of the drawing.
#[derive(Default)]
struct Svg(String);

impl Svg {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn rule(&mut self, x1: f64, y1: f64, x2: f64, y2: f64) {
        self.line(&format!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#e4e4df\"/>"
        ));
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, colour: &str, more: &str, text: &str) {
        self.line(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\" \
             {more}>{text}</text>"
        ));
    }

    /// A line with a mark and a value at each point and its name at the last.
    fn series(&mut self, series: &Series, at: &[(f64, f64)], bytes: bool) {
        let Style { colour, width } = series.style;
        let mut path = String::new();
        for (x, y) in at {
            let _ = write!(path, "{x:.1},{y:.1} ");
        }
        self.line(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            path.trim_end()
        ));
        for ((x, y), (_, value)) in at.iter().zip(&series.points) {
            let radius = width + 2.0;
            self.line(&format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\"/>"
            ));
            let value = if bytes { kilobytes(*value) } else { count(*value) };
            let (dx, dy, anchor) = match series.values {
                Side::Above => (0.0, -11.0, "middle"),
                Side::Below => (0.0, 21.0, "middle"),
                Side::Right => (10.0, 16.0, "start"),
            };
            self.text(x + dx, y + dy, anchor, colour, "font-size=\"12\"", &value);
        }
        if let Some((x, y)) = at.last() {
            let (dx, dy, anchor) = match series.label {
                Side::Above => (20.0, -27.0, "end"),
                Side::Below => (20.0, 40.0, "end"),
                Side::Right => (10.0, 0.0, "start"),
            };
            let weight = if width > 2.0 { "font-weight=\"700\"" } else { "" };
            self.text(x + dx, y + dy, anchor, colour, weight, series.name);
        }
    }
}

fn kilobytes(bytes: f64) -> String {
    if bytes < 10_000.0 {
        format!("{:.1} KB", bytes / 1_000.0)
    } else {
        format!("{:.0} KB", bytes / 1_000.0)
    }
}

fn count(requests: f64) -> String {
    let text = format!("{requests:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

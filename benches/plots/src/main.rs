//! Draws the plots that the benchmarks print as JSON: one SVG file each.

use anyhow::{anyhow, Context};
use plotters::prelude::*;
use serde::Deserialize;
use std::{env, fs, path::Path};

/// One plot.
#[derive(Debug, Deserialize)]
struct Plot {
    /// The file's name, without `.svg`.
    name: String,
    title: String,
    /// What the horizontal axis counts.
    x: String,
    /// What the vertical axis counts.
    y: String,
    /// The horizontal axis is logarithmic.
    log: bool,
    /// Lines by name, their points.
    lines: Vec<(String, Vec<(f64, f64)>)>,
}

/// The arguments: the file with what was measured, and the folder to draw into.
fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let file = arguments.next().context("the file is missing")?;
    let folder = arguments.next().context("the folder is missing")?;
    let folder = Path::new(&folder);
    let plots: Vec<Plot> = serde_json::from_slice(&fs::read(file)?)?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for plot in plots {
        let path = folder.join(format!("{}.svg", plot.name));
        draw(&path, &plot).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn draw(path: &Path, plot: &Plot) -> Result<(), String> {
    let points = || plot.lines.iter().flat_map(|(_, line)| line);
    let first = points().map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    let last = points().map(|(x, _)| *x).fold(first, f64::max);
    let most = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.1;
    let root = SVGBackend::new(path, (800, 480)).into_drawing_area();
    root.fill(&WHITE).map_err(|error| error.to_string())?;
    let mut builder = ChartBuilder::on(&root);
    builder
        .caption(&plot.title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60);
    if plot.log {
        series(&mut builder, (first..last).log_scale(), most, plot)?
    } else {
        series(&mut builder, first..last, most, plot)?
    }
    root.present().map_err(|error| error.to_string())
}

fn series<X>(
    builder: &mut ChartBuilder<'_, '_, SVGBackend<'_>>,
    range: X,
    most: f64,
    plot: &Plot,
) -> Result<(), String>
where
    X: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
    X::CoordDescType: plotters::coord::ranged1d::ValueFormatter<f64>,
{
    let mut chart = builder
        .build_cartesian_2d(range, 0.0..most)
        .map_err(|error| error.to_string())?;
    chart
        .configure_mesh()
        .x_desc(&plot.x)
        .y_desc(&plot.y)
        .draw()
        .map_err(|error| error.to_string())?;
    for ((name, line), color) in plot.lines.iter().zip([&BLUE, &RED, &BLACK]) {
        chart
            .draw_series(LineSeries::new(line.iter().copied(), color).point_size(3))
            .map_err(|error| error.to_string())?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(BLACK)
        .position(SeriesLabelPosition::UpperLeft)
        .draw()
        .map_err(|error| error.to_string())
}

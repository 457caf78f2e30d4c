import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { grouped, short } from "./format.js";
import { clock } from "./ui.js";

interface Line {
  name: string;
  values: (number | null)[];
}

interface PlotProps {
  name: string;
  unit: string;
  /** What is shown, in words: the drawing itself says nothing to a screen reader. */
  text: string;
  x: number[];
  lines: Line[];
  /** The axis is of times. */
  times?: boolean;
  bars?: boolean;
}

/** The ends of an axis, far enough apart to be one: a minute at least, and half a bar beyond the outer ones. */
function spread(least: number | null, last: number | null, times: boolean): [number, number] {
  const to = last ?? (times ? Date.now() / 1_000 : 1);
  return times ? [Math.min(least ?? to, to - 60), to] : [Math.min(least ?? 0, to - 9) - 0.5, to + 0.5];
}

const HEIGHT = 130;
const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A drawing of lines over blocks or time, with the same as a table. */
export function Plot({ name, unit, text, x, lines, times, bars }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | undefined>(undefined);
  const [theme, setTheme] = useState(0);
  const [table, setTable] = useState(false);
  const data = useRef<uPlot.AlignedData>([[]]);
  // A bar of nothing would still have an edge.
  data.current = [x, ...lines.map((it) => (bars ? it.values.map((value) => value || null) : it.values))];
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => setTheme((it) => it + 1);
    dark.addEventListener("change", changed);
    return () => dark.removeEventListener("change", changed);
  }, []);
  useEffect(() => {
    const there = place.current;
    if (!there) return;
    let gone = false;
    let watched: ResizeObserver | undefined;
    void import("uplot").then(({ default: UPlot }) => {
      if (gone) return;
      const [ink, grid] = [color("--dim"), color("--line")];
      const strokes = [color("--accent"), color("--second")];
      const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 }, font: "11px system-ui" };
      const width = () => Math.max(200, there.clientWidth);
      const plot = new UPlot(
        {
          width: width(),
          height: HEIGHT,
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: times ?? false, range: (_, least, last) => spread(least, last, times ?? false) }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
          axes: [
            { ...axis, size: 24, ...(times ? { values: (_, all) => all.map((it) => clock(it * 1_000)) , space: 90 } : { values: (_, all) => all.map((it) => (Number.isInteger(it) ? grouped(it) : "")) }) },
            { ...axis, size: 44, values: (_, all) => all.map((it) => short(it)) },
          ],
          series: [{}, ...lines.map((it, at) => ({ label: it.name, stroke: strokes[at] ?? ink, width: 1.5, points: { show: false }, ...(bars && UPlot.paths.bars ? { fill: strokes[at] ?? ink, paths: UPlot.paths.bars({ size: [0.7, 24] }) } : {}) }))],
        },
        data.current,
        there,
      );
      drawn.current = plot;
      watched = new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT }));
      watched.observe(there);
    });
    return () => {
      gone = true;
      watched?.disconnect();
      drawn.current?.destroy();
      drawn.current = undefined;
    };
  }, [theme]);
  useEffect(() => {
    drawn.current?.setData(data.current);
  });
  const rows = table ? x.map((at, row) => ({ at, row })).slice(-20).reverse() : [];
  return (
    <figure>
      <figcaption>
        <strong>{name}</strong> <span class="dim">{unit}</span>
        {lines.length > 1 && lines.map((it, at) => <span key={it.name} class={`key key-${at}`}>{it.name}</span>)}
      </figcaption>
      <p class="reading">{text}</p>
      <div ref={place} class="plot" aria-hidden="true" />
      <button type="button" class="quiet" aria-expanded={table} onClick={() => setTable(!table)}>
        {table ? "Hide the numbers" : "Show the numbers"}
        <span class="hidden"> of {name}</span>
      </button>
      {table && (
        <div class="scroll short" tabIndex={0} role="region" aria-label={`${name}, the last ${rows.length} values`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{times ? "time" : "block"}</th>
                {lines.map((it) => (
                  <th key={it.name} scope="col" class="number">
                    {it.name}, {unit}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ at, row }) => (
                <tr key={at}>
                  <th scope="row">{times ? clock(at * 1_000) : at}</th>
                  {lines.map((it) => (
                    <td key={it.name} class="number">
                      {it.values[row] === null || it.values[row] === undefined ? "–" : short(it.values[row] as number)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

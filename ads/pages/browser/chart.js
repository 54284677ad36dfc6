// The chart of clicks (bars, left) and spending (line, right).
import uPlot from '/uplot.js';
import { amount, count } from '/page.js';

const HEIGHT_PX = 240;

/** A canvas knows no light-dark(): the colour is read as the style sheet resolves it. */
function colours(target) {
  const probe = document.createElement('span');
  probe.hidden = true;
  target.append(probe);
  return (name) => () => {
    probe.className = `colour-${name}`;
    return getComputedStyle(probe).color;
  };
}

/** As wide as `target`, and redrawn in other colours when the mode changes. */
function draw(target, options, data) {
  const plot = new uPlot(options, data, target);
  new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT_PX })).observe(target);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
  return plot;
}

/**
 * Draws bars that stand on each other into `target`, in the colours 0, 1 and so on of the style sheet and `other` for
 * the last one; `show` takes times (ms) and for each of the `many` layers as many numbers, from the bottom upwards.
 */
export function makeStack(target, many) {
  const colour = colours(target);
  const whole = describe(colour, target.clientWidth);
  const [x, bar] = whole.series;
  const layers = Array.from({ length: many }, (_, index) => ({
    ...bar,
    // The tallest is drawn first.
    fill: colour(index === 0 ? 'other' : String(many - 1 - index)),
  }));
  const options = { ...whole, series: [x, ...layers], axes: whole.axes.slice(0, 2), padding: [12, 20, 0, 0] };
  const plot = draw(target, options, [[], ...layers.map(() => [])]);
  return {
    show(timesMs, columnsUp) {
      const sums = columnsUp.map((_, layer) =>
        timesMs.map((__, at) => columnsUp.slice(0, layer + 1).reduce((sum, column) => sum + column[at], 0)),
      );
      plot.setData([timesMs.map((atMs) => atMs / 1000), ...sums.toReversed()]);
    },
  };
}

/** Draws into `target`; `show` takes [{ atMs, billed, notBilled, amountMicros }] that lie `stepMs` apart. */
export function makeChart(target) {
  const plot = draw(target, describe(colours(target), target.clientWidth), [[], [], [], []]);
  return { show: (points) => plot.setData(columns(points)) };
}

/** Both kinds of clicks stand on each other: the taller bar is drawn first, the charged ones over it. */
function columns(points) {
  return [
    points.map((one) => one.atMs / 1000),
    points.map((one) => one.billed + one.notBilled),
    points.map((one) => one.billed),
    points.map((one) => one.amountMicros / 1e6),
  ];
}

function describe(colour, width) {
  const bars = uPlot.paths.bars({ size: [0.7, 28], radius: 0.15 });
  const fromZero = (_plot, _least, most) => [0, Math.max(most * 1.1, 1)];
  /** Half a step more at both ends, for the halves of the outermost bars. */
  const withMargins = (plot, first, last) => {
    const half = (last - first) / Math.max(1, plot.data[0].length - 1) / 2;
    return [first - half, last + half];
  };
  const axis = { stroke: colour('faint'), ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const grid = { stroke: colour('line'), width: 1 };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 0, 0, 0],
    scales: { x: { range: withMargins }, clicks: { range: fromZero }, spent: { range: fromZero } },
    series: [
      {},
      { scale: 'clicks', paths: bars, fill: colour('other'), width: 0, points: { show: false } },
      { scale: 'clicks', paths: bars, fill: colour('billed'), width: 0, points: { show: false } },
      { scale: 'spent', stroke: colour('spent'), width: 2, points: { show: false } },
    ],
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 64, values: (_plot, splits) => splits.map(clock) },
      { ...axis, grid, scale: 'clicks', size: 44, values: (_plot, splits) => splits.map(wholeOnly) },
      {
        ...axis,
        grid: { show: false },
        scale: 'spent',
        side: 1,
        size: 52,
        values: (_plot, splits) => splits.map((one) => amount(one * 1e6)),
      },
    ],
  };
}

const hourAndMinute = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const clock = (seconds) => hourAndMinute.format(seconds * 1000);
const wholeOnly = (number) => (Number.isInteger(number) ? count(number) : '');

// The chart of clicks (bars, left) and spending (line, right).
import uPlot from '/uplot.js';
import { amount, count } from '/page.js';

const HEIGHT_PX = 240;

/** Draws into `target`; `show` takes [{ atMs, billed, notBilled, amountMicros }] that lie `stepMs` apart. */
export function makeChart(target) {
  const probe = document.createElement('span');
  probe.hidden = true;
  target.append(probe);
  /** A canvas knows no light-dark(): the colour is read as the style sheet resolves it. */
  const colour = (name) => () => {
    probe.className = `colour-${name}`;
    return getComputedStyle(probe).color;
  };
  const plot = new uPlot(describe(colour, target.clientWidth), [[], [], [], []], target);
  new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT_PX })).observe(target);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
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

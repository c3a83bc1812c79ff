// Charts over time, drawn as SVG. Colours and fonts come from page.css.

const SVG = 'http://www.w3.org/2000/svg';
const SECONDS = 300;
const TOP = 16;
const BOTTOM = 22;

/**
 * Makes a chart in `holder` and returns a function that draws points into it.
 *
 * options.label: what a screen reader calls the chart
 * options.series: {name, of: point => number | null, kind: 'area' | 'line' | 'thin', colour: 'hit' | 'origin'}
 * options.format: number => text
 * options.log: powers of ten rather than a straight scale
 */
export function timeChart(holder, options) {
  const svg = create('svg', {role: 'img', tabindex: '0'});
  const readout = document.createElement('output');
  readout.className = 'readout';
  holder.append(svg, readout);
  let points = [];
  let cursor = -1;

  const draw = () => {
    const width = holder.clientWidth;
    const height = holder.clientHeight;
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren();
    const now = points.length ? points[points.length - 1].time : 0;
    const x = point => width - (now - point.time) / 1000 / SECONDS * width;
    const values = options.series.flatMap(series => points.map(series.of)).filter(value => value !== null);
    const scale = options.log ? logScale(values) : straightScale(values);
    const y = value => TOP + (1 - scale.at(value)) * (height - TOP - BOTTOM);

    for (const tick of scale.ticks) {
      svg.append(create('line', {class: 'grid', x1: 0, x2: width, y1: y(tick), y2: y(tick)}));
      svg.append(text(0, y(tick) - 4, options.format(tick), 'start'));
    }
    for (let minutes = 0; minutes <= 4; minutes++) {
      const at = width - minutes * 60 / SECONDS * width;
      svg.append(text(at, height - 4, minutes ? `−${minutes} min` : 'now', minutes ? 'middle' : 'end'));
    }
    for (const series of options.series) {
      for (const run of runs(points, series)) {
        const line = run.map(([point, value], i) => `${i ? 'L' : 'M'}${x(point).toFixed(1)} ${y(value).toFixed(1)}`).join('');
        if (series.kind === 'area') {
          const floor = y(scale.low);
          svg.append(create('path', {
            class: `area ${series.colour}`,
            d: `${line}L${x(run[run.length - 1][0]).toFixed(1)} ${floor}L${x(run[0][0]).toFixed(1)} ${floor}Z`,
          }));
        }
        svg.append(create('path', {class: `line ${series.kind === 'thin' ? 'thin ' : ''}${series.colour}`, d: line}));
      }
    }
    if (!values.length) {
      const empty = text(width / 2, height / 2, 'nothing yet', 'middle');
      empty.setAttribute('class', 'empty');
      svg.append(empty);
    }
    drawCursor(x, width, height);
    svg.setAttribute('aria-label', summary());
  };

  const drawCursor = (x, width, height) => {
    const point = points[cursor];
    if (!point) {
      readout.textContent = '';
      return;
    }
    svg.append(create('line', {class: 'cross', x1: x(point), x2: x(point), y1: TOP - 6, y2: height - BOTTOM}));
    readout.textContent = describe(point);
    const left = Math.min(Math.max(0, x(point) - readout.offsetWidth / 2), width - readout.offsetWidth);
    readout.style.left = `${Math.max(0, left)}px`;
  };

  const describe = point =>
    [new Date(point.time).toLocaleTimeString(),
      ...options.series.map(series => `${series.name} ${series.of(point) === null ? '–' : options.format(series.of(point))}`)]
      .join(' · ');

  const summary = () =>
    points.length ? `${options.label}. Now: ${describe(points[points.length - 1])}` : `${options.label}: nothing yet`;

  svg.addEventListener('pointermove', event => {
    const box = svg.getBoundingClientRect();
    const now = points.length ? points[points.length - 1].time : 0;
    const time = now - (1 - (event.clientX - box.left) / box.width) * SECONDS * 1000;
    cursor = points.findIndex(point => point.time >= time);
    draw();
  });
  const leave = () => {
    cursor = -1;
    draw();
  };
  svg.addEventListener('pointerleave', leave);
  svg.addEventListener('blur', leave);
  svg.addEventListener('keydown', event => {
    const step = {ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30}[event.key];
    if (step && points.length) {
      event.preventDefault();
      const from = cursor < 0 ? points.length - 1 : cursor;
      cursor = Math.min(Math.max(0, from + step), points.length - 1);
      draw();
    } else if (event.key === 'Escape') {
      leave();
    }
  });
  new ResizeObserver(draw).observe(holder);

  return newPoints => {
    // The cursor stays at its moment while points leave on the left.
    const moment = points[cursor]?.time;
    points = newPoints;
    cursor = moment === undefined ? -1 : points.findIndex(point => point.time >= moment);
    draw();
  };
}

/** Splits a series where it has no value. */
function runs(points, series) {
  const found = [];
  let run = null;
  for (const point of points) {
    const value = series.of(point);
    if (value === null) {
      run = null;
    } else if (run) {
      run.push([point, value]);
    } else {
      run = [[point, value]];
      found.push(run);
    }
  }
  return found;
}

function straightScale(values) {
  const most = Math.max(1, ...values);
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough);
  const high = Math.max(step, Math.ceil(most / step) * step);
  const ticks = [];
  for (let tick = 0; tick <= high + step / 2; tick += step) {
    ticks.push(tick);
  }
  return {low: 0, ticks, at: value => value / high};
}

function logScale(values) {
  const positive = values.filter(value => value > 0);
  const low = Math.floor(Math.log10(positive.length ? Math.min(...positive) : 1e-5));
  const high = Math.max(low + 2, Math.ceil(Math.log10(positive.length ? Math.max(...positive) : 1e-2)));
  const ticks = [];
  for (let power = low; power <= high; power++) {
    ticks.push(10 ** power);
  }
  return {low: 10 ** low, ticks, at: value => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)};
}

function text(x, y, content, anchor) {
  const element = create('text', {x, y, 'text-anchor': anchor});
  element.textContent = content;
  return element;
}

function create(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}

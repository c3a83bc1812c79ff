// The page: numbers come as server-sent events, once a second; explain and purge are calls of the same API.

import {timeChart} from './charts.js';

const KEPT_SECONDS = 300;
const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});
const points = [];

// ---- words and numbers

const rate = value => (value < 10 ? value.toFixed(value < 0.05 ? 0 : 1) : value < 10_000 ? number.format(Math.round(value)) : short.format(value));
const percent = share => (share >= 0.9995 ? '100 %' : `${(share * 100).toFixed(share >= 0.1 ? 1 : 2)} %`);

function duration(seconds) {
  if (seconds === null || seconds < 0) {
    return '–';
  }
  const [value, unit] = seconds < 1e-3 ? [seconds * 1e6, 'µs'] : seconds < 1 ? [seconds * 1e3, 'ms'] : [seconds, 's'];
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} ${unit}`;
}

function bytes(value) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const plural = (count, one, many) => `${number.format(count)} ${count === 1 ? one : many}`;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...content.filter(part => part !== null && part !== undefined));
  return made;
}

// ---- the token, kept for this tab only

let token = sessionStorage.getItem('token');

function call(path, options = {}) {
  const headers = {...options.headers, ...(token ? {Authorization: `Bearer ${token}`} : {})};
  return fetch(path, {cache: 'no-store', ...options, headers});
}

function askForToken() {
  const dialog = byId('token-dialog');
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      token = byId('token').value.trim();
      byId('token').value = '';
      sessionStorage.setItem('token', token);
      resolve();
    }, {once: true});
    if (!dialog.open) {
      dialog.showModal();
    }
  });
}

// ---- events

async function listen() {
  for (let failures = 0; ; failures++) {
    try {
      const response = await call('events', {headers: {Accept: 'text/event-stream'}});
      if (response.status === 401) {
        state('waiting', 'a token is needed');
        await askForToken();
        continue;
      }
      if (!response.ok) {
        throw new Error((await response.json()).detail);
      }
      state('live', 'live');
      failures = 0;
      await readEvents(response.body);
    } catch {
      // Said below: the server is restarting, or gone.
    }
    state('lost', 'connection lost');
    await new Promise(resolve => setTimeout(resolve, Math.min(10_000, 500 * 2 ** failures)));
  }
}

async function readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) {
      return;
    }
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event);
      (name === 'history' ? onHistory : onSample)(JSON.parse(data));
    }
  }
}

function state(kind, words) {
  const shown = byId('connection');
  if (shown.textContent !== words) {
    shown.textContent = words;
  }
  shown.dataset.state = kind;
}

function onHistory(history) {
  points.length = 0;
  history.forEach(addPoint);
  drawCharts();
}

function onSample(sample) {
  addPoint(sample.point);
  drawCharts();
  showNumbers(sample);
  showMemory(sample);
  showTop(sample.top);
  showReasons(sample.requests);
}

/** Counts become rates by the point before. */
function addPoint(counts) {
  const last = points[points.length - 1];
  const seconds = last ? Math.max(0.2, (counts.timeMillis - last.time) / 1000) : 1;
  points.push({
    time: counts.timeMillis,
    counts,
    requestRate: last ? Math.max(0, counts.requests - last.counts.requests) / seconds : 0,
    originRate: last ? Math.max(0, counts.originRequests - last.counts.originRequests) / seconds : 0,
  });
  if (points.length > KEPT_SECONDS) {
    points.shift();
  }
}

// ---- numbers

function since(seconds) {
  const now = points[points.length - 1];
  const then = points.find(point => point.time >= now.time - seconds * 1000);
  const span = Math.max(1, (now.time - then.time) / 1000);
  const difference = name => now.counts[name] - then.counts[name];
  return {span, requests: difference('requests'), hits: difference('hits'), origin: difference('originRequests')};
}

function showNumbers(sample) {
  const minute = since(60);
  const now = since(5);
  const ratio = minute.requests ? minute.hits / minute.requests : null;
  byId('hit-ratio').textContent = ratio === null ? '–' : percent(ratio);
  byId('hit-meter').style.width = `${(ratio ?? 0) * 100}%`;
  byId('request-rate').textContent = rate(now.requests / now.span);
  byId('origin-rate').textContent = rate(now.origin / now.span);
  byId('request-total').textContent = number.format(sample.point.requests);
  byId('origin-total').textContent = number.format(sample.point.originRequests);
  byId('hit-median').textContent = duration(sample.point.hitMedian);
  byId('hit-p99').textContent = duration(sample.point.hitP99);
  showScene(sample, minute, now);
}

function showScene(sample, minute, now) {
  const lonely = now.origin === 0;
  byId('scene').classList.toggle('asleep', lonely);
  flow('flow-hits', now.requests / now.span);
  flow('flow-origin', now.origin / now.span);
  byId('scene-clients').textContent = number.format(sample.connections);
  byId('scene-objects').textContent = number.format(sample.storedResources);
  byId('scene-origin').textContent = lonely ? 'left alone' : `asked ${rate(now.origin / now.span)}/s`;
  byId('scene-words').textContent = minute.requests
    ? `In the last minute ${plural(minute.requests, 'request', 'requests')} came; the main server was asked ${minute.origin ? plural(minute.origin, 'time', 'times') : 'for nothing'}.`
    : 'Nobody has asked for anything in the last minute.';
}

function flow(id, perSecond) {
  const line = byId(id);
  line.classList.toggle('still', perSecond === 0);
  line.style.strokeWidth = `${Math.min(16, 3 + 3 * Math.log10(1 + perSecond))}px`;
}

const known = value => (value === undefined || value < 0 ? null : value);

const drawTraffic = timeChart(byId('traffic'), {
  label: 'Requests a second over five minutes',
  format: rate,
  series: [
    {name: 'all', of: point => point.requestRate, kind: 'area', colour: 'hit'},
    {name: 'main server', of: point => point.originRate, kind: 'area', colour: 'origin'},
  ],
});

const drawLatency = timeChart(byId('latency'), {
  label: 'Time to answer over five minutes',
  format: duration,
  log: true,
  series: [
    {name: 'hits', of: point => known(point.counts.hitMedian), kind: 'line', colour: 'hit'},
    {name: '99 of 100', of: point => known(point.counts.hitP99), kind: 'thin', colour: 'hit'},
    {name: 'others', of: point => known(point.counts.otherMedian), kind: 'line', colour: 'origin'},
    {name: '99 of 100', of: point => known(point.counts.otherP99), kind: 'thin', colour: 'origin'},
  ],
});

function drawCharts() {
  drawTraffic(points);
  drawLatency(points);
}

// ---- memory

function showMemory(sample) {
  const parts = Object.entries(sample.memoryBytes);
  const used = parts.reduce((sum, [, value]) => sum + value, 0);
  byId('memory-used').textContent = bytes(used);
  byId('memory-limit').textContent = bytes(sample.memoryLimitBytes);
  byId('memory-bar').setAttribute('aria-label',
    `${bytes(used)} of ${bytes(sample.memoryLimitBytes)} in use: ${parts.map(([name, value]) => `${name} ${bytes(value)}`).join(', ')}`);
  const bar = byId('memory-bar');
  const key = byId('memory-key');
  if (bar.children.length !== parts.length) {
    bar.replaceChildren(...parts.map((part, i) => element('i', `c${i % 6}`)));
    key.replaceChildren(...parts.map(([name], i) => element('li', `c${i % 6}`, `${name.replaceAll('-', ' ')} `, element('b'))));
  }
  parts.forEach(([, value], i) => {
    bar.children[i].style.width = `${value / Math.max(sample.memoryLimitBytes, used, 1) * 100}%`;
    key.children[i].querySelector('b').textContent = bytes(value);
  });
  const gone = Object.entries(sample.departures)
    .filter(([, count]) => count)
    .map(([cause, count]) => `${number.format(count)} ${cause.replaceAll('-', ' ')}`);
  byId('departures').textContent = gone.length ? `Since the start: ${gone.join(', ')}.` : '';
}

// ---- rankings

function showTop(top) {
  const most = top.length ? top[0].requests : 1;
  rows('top', top, ({authority, target, requests, hits}) => {
    const url = `http://${authority}${target}`;
    return {
      id: url,
      name: () => {
        const button = element('button', 'link', target);
        button.type = 'button';
        button.title = url;
        button.addEventListener('click', () => explainUrl(url));
        return button;
      },
      share: requests / most,
      cells: [number.format(requests), percent(requests ? hits / requests : 0).replace(/\.\d+/, '')],
    };
  });
}

function showReasons(requests) {
  const all = Object.values(requests).flatMap(reasons => Object.values(reasons)).reduce((a, b) => a + b, 0);
  const found = Object.entries(requests)
    .filter(([result]) => result !== 'hit')
    .flatMap(([result, reasons]) => Object.entries(reasons).map(([reason, count]) => ({result, reason, count})))
    .filter(({count}) => count)
    .sort((a, b) => b.count - a.count)
    .slice(0, 10);
  const most = found.length ? found[0].count : 1;
  rows('reasons', found, ({result, reason, count}) => ({
    id: `${result} ${reason}`,
    name: () => element('span', '', element('span', 'result', `${result} · `), reason),
    share: count / most,
    cells: [number.format(count), percent(count / all)],
    origin: true,
  }));
}

/** Changes only what is another, so that focus and selection stay where they are. */
function rows(id, values, describe) {
  const body = byId(id);
  if (!values.length) {
    return;
  }
  values.map(describe).forEach((row, i) => {
    let shown = body.children[i];
    if (!shown || shown.dataset.id !== row.id) {
      const made = element('tr', '',
        element('td', 'name', row.name(), element('i', row.origin ? 'bar-of o' : 'bar-of')),
        ...row.cells.map(() => element('td')));
      made.dataset.id = row.id;
      made.querySelector('i').ariaHidden = 'true';
      shown ? shown.replaceWith(made) : body.append(made);
      shown = made;
    }
    shown.querySelector('.bar-of').style.width = `${Math.max(1, row.share * 100)}%`;
    row.cells.forEach((cell, j) => {
      shown.children[j + 1].textContent = cell;
    });
  });
  while (body.children.length > values.length) {
    body.lastChild.remove();
  }
}

// ---- explain

const WOULD = {
  hit: ['good', 'It would be answered from the store.'],
  stale: ['good', 'A stale copy would be sent.'],
  'stale-while-revalidate': ['good', 'A stale copy would be sent, and validated behind it.'],
  validate: ['', 'The main server would be asked whether the copy is still good.'],
  miss: ['', 'The main server would be asked for it.'],
  bypass: ['', 'It would be relayed, past the store.'],
  reject: ['bad', 'The cache server would answer by itself.'],
};

function explainUrl(url) {
  byId('explain-url').value = url;
  byId('explain').scrollIntoView();
  byId('explain-form').requestSubmit();
}

byId('explain-form').addEventListener('submit', async event => {
  event.preventDefault();
  const query = new URLSearchParams({url: byId('explain-url').value.trim(), method: byId('explain-method').value});
  byId('explain-fields').value.split('\n').map(line => line.trim()).filter(Boolean).forEach(line => query.append('header', line));
  const answer = await ask('explain-status', `explain?${query}`);
  byId('explanation').hidden = !answer;
  if (answer) {
    showExplanation(answer);
    status('explain-status', 'quiet', `Explained: ${answer.outcome}.`);
  }
});

function showExplanation(answer) {
  const [kind, words] = WOULD[answer.outcome] ?? ['', ''];
  const says = answer.status ? `${words} Status ${answer.status}.` : words;
  const rule = [answer.reason, answer.rfc].filter(Boolean).join(', ');
  byId('explanation').replaceChildren(
    element('div', 'verdict', element('strong', `badge ${kind}`, answer.outcome), element('p', '', says), rule ? element('span', 'rule', rule) : null),
    element('p', 'key-line', answer.key),
    ...(answer.steps.length ? [element('ol', 'steps', ...answer.steps.map(step => element('li', '', step)))] : []),
    ...answer.variants.map(variant),
    ...folded('What the main server would be asked', fieldTable(answer.originRequest)),
    ...folded('As JSON', element('pre', '', JSON.stringify(answer, null, 2))),
  );
}

function variant(it, index) {
  const lifetime = it.freshnessLifetimeSeconds;
  const used = lifetime > 0 ? Math.min(1, it.currentAgeSeconds / lifetime) : 1;
  const life = element('div', it.fresh ? 'life' : 'life stale', element('i'));
  life.firstChild.style.width = `${used * 100}%`;
  life.ariaHidden = 'true';
  const facts = element('table', 'facts', element('tbody', '',
    fact('age', `${number.format(it.currentAgeSeconds)} s: apparent ${number.format(it.apparentAgeSeconds)} s when it came, resident ${number.format(it.residentSeconds)} s since`),
    fact('lifetime', `${number.format(lifetime)} s (${it.lifetimeSource})`),
    fact('size', `${bytes(it.bodyBytes)}, ${bytes(it.weightBytes)} of memory`),
    it.etag ? fact('etag', it.etag) : null,
    it.lastModified ? fact('last-modified', it.lastModified) : null,
    it.tags.length ? fact('tags', it.tags.join(' ')) : null,
    ...it.varyingFields.map((field, i) => fact(`vary: ${field}`, `stored ${it.storedValues[i] ?? '(none)'} · asked ${it.requestValues[i] ?? '(none)'}`)),
  ));
  return element('article', it.selected ? 'variant selected' : 'variant',
    element('h3', '', `Stored response ${index + 1}`,
      element('span', '', `status ${it.status}`), element('span', '', it.fresh ? 'fresh' : 'stale'), element('span', '', it.matches ? 'fits the request' : 'does not fit')),
    life, facts, ...folded('Its fields', fieldTable(it.fields)));
}

const fact = (name, value) => {
  const head = element('th', '', name);
  head.scope = 'row';
  return element('tr', '', head, element('td', '', value));
};

function fieldTable(fields) {
  const lines = Object.entries(fields ?? {}).flatMap(([name, values]) => [values].flat().map(value => fact(name, value)));
  return lines.length ? element('table', 'facts', element('tbody', '', ...lines)) : null;
}

const folded = (title, content) => (content ? [element('details', '', element('summary', '', title), content)] : []);

// ---- purge

const KINDS = {
  url: ['URL', 'http://www.example.org/page', value => `all variants of ${value}`],
  prefix: ['Beginning of URLs', 'http://www.example.org/images/', value => `everything whose URL begins with ${value}`],
  host: ['Host', 'www.example.org', value => `everything of ${value}`],
  tag: ['Tag', 'product-17', value => `everything with the tag ${value}`],
  all: ['', '', () => 'everything that is stored'],
};
const kind = () => new FormData(byId('purge-form')).get('kind');

byId('purge-form').addEventListener('change', () => {
  const [label, example] = KINDS[kind()];
  byId('purge-field').hidden = !label;
  byId('purge-value').required = Boolean(label);
  byId('purge-label').textContent = label;
  byId('purge-value').placeholder = example;
});

byId('purge-form').addEventListener('submit', event => {
  event.preventDefault();
  const selector = kind();
  const value = byId('purge-value').value.trim();
  const soft = byId('purge-soft').checked;
  const what = KINDS[selector][2](value);
  byId('confirm-title').textContent = soft ? 'Make stale?' : 'Purge?';
  byId('confirm-purge').textContent = soft ? 'Make stale' : 'Purge';
  byId('confirm-text').textContent = soft
    ? `This makes stale ${what}. Each is validated with the main server before its next use.`
    : `This removes ${what}. The main server is asked again at the next request.`;
  const dialog = byId('confirm');
  dialog.returnValue = '';
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'purge') {
      purge({[selector]: selector === 'all' ? true : value, soft});
    }
  }, {once: true});
  dialog.showModal();
});

async function purge(body) {
  const answer = await ask('purge-status', 'purge', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
  if (answer) {
    const done = answer.soft ? 'made stale' : 'purged';
    status('purge-status', 'good',
      `${plural(answer.responses, 'stored response', 'stored responses')} ${done}.`);
  }
}

// ---- calls with an answer for people

/** Returns the JSON, or says what was wrong and returns null. */
async function ask(statusId, path, options) {
  try {
    const response = await call(path, options);
    const answer = await response.json();
    if (response.ok) {
      return answer;
    }
    status(statusId, 'bad', `${answer.title}: ${answer.detail}`);
  } catch {
    status(statusId, 'bad', 'The server could not be reached.');
  }
  return null;
}

function status(id, kindOf, words) {
  byId(id).dataset.kind = kindOf;
  byId(id).textContent = words;
}

// ---- light and dark

const THEMES = ['auto', 'light', 'dark'];
let theme = localStorage.getItem('theme') ?? 'auto';

function showTheme() {
  document.documentElement.dataset.theme = theme;
  byId('theme-name').textContent = theme;
  byId('theme').ariaLabel = `Colours: ${theme === 'auto' ? 'as the system has them' : theme}`;
}

byId('theme').addEventListener('click', () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  localStorage.setItem('theme', theme);
  showTheme();
});

showTheme();
listen();

'use strict';

/*
 * Sends the requests of the "Try it" page and shows what the answers say about themselves.
 *
 * The requests are sent in the browser's default cache mode on purpose: 'no-store' and 'reload' would add
 * "Cache-Control: no-cache", which tells the cache server, too, not to answer from its copies. The paths used here are
 * fresh for shared caches only, so the browser asks each time.
 */

const MAX_ROWS = 30;

const count = document.getElementById('count');
const log = document.getElementById('log');

async function showCount() {
  try {
    const response = await fetch('/_counts');
    const counts = await response.json();
    count.textContent = counts.total.toLocaleString();
  } catch {
    count.textContent = 'an unknown number of';
  }
}

async function ask(path) {
  const started = performance.now();
  try {
    const response = await fetch(path, { redirect: 'manual' });
    await response.arrayBuffer();
    const cacheStatus = response.headers.get('Cache-Status');
    document.getElementById('direct').hidden = cacheStatus !== null;
    addRow(path, {
      status: response.type === 'opaqueredirect' ? 'redirect' : String(response.status),
      millis: performance.now() - started,
      age: response.headers.get('Age'),
      cacheStatus,
      number: response.headers.get('Demo-Answer'),
    });
  } catch (error) {
    addRow(path, { status: 'failed: ' + error.message, millis: performance.now() - started });
  }
  await showCount();
}

function addRow(path, answer) {
  const row = log.insertRow(0);
  addCell(row, 'code', path);
  addCell(row, 'span', answer.status);
  addCell(row, 'span', Math.round(answer.millis) + ' ms');
  addCell(row, 'span', answer.age ?? '-');
  const cacheStatus = addCell(row, 'span', answer.cacheStatus ?? '-');
  if (answer.cacheStatus) {
    cacheStatus.className = /;\s*hit\b/.test(answer.cacheStatus) ? 'hit' : 'miss';
  }
  addCell(row, 'span', answer.number ?? '-');
  while (log.rows.length > MAX_ROWS) {
    log.deleteRow(-1);
  }
}

function addCell(row, elementName, text) {
  const element = document.createElement(elementName);
  element.textContent = text;
  row.insertCell().append(element);
  return element;
}

document.getElementById('choices').addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (button === null) {
    return;
  }
  button.disabled = true;
  await ask(button.dataset.path);
  button.disabled = false;
  button.focus();
});

document.getElementById('own').addEventListener('submit', (event) => {
  event.preventDefault();
  ask(document.getElementById('path').value);
});

showCount();

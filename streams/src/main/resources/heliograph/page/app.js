// The page's one loop: fetch what there is, follow what changes, show it.
import {Chart} from './chart.js';
import {Flow} from './flow.js';
import {clock, zoneName} from './format.js';
import {freshness} from './freshness.js';
import {showDay, showFlowText, showFreshness, showLive, showQuarter, showScale} from './view.js';

const RETRY_MS = 2_000;
const SILENCE_LIMIT_MS = 15_000; // the server beats every 5 s
const SITES_EVERY_MS = 60_000;
const WORDS_EVERY_MS = 30_000;

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const state = {site: undefined, live: undefined, quarter: undefined, day: undefined, windows: new Map(), connected: undefined};
const flow = new Flow($('flow'));
const chart = new Chart($('chart'), (text) => { $('readout').textContent = text; });
let events;
let heardAt = 0;
let aheadMs = 0; // the server's clock minus this one's: ages are by the server's
let drawing = false;
let wordsAt = 0;

const now = () => Date.now() + aheadMs;
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function get(path) {
  const reply = await fetch(path, {cache: 'no-store'});
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  const body = await reply.json();
  if (body.server_ms) aheadMs = body.server_ms - Date.now();
  return body;
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const windows = [...state.windows.values()].filter((w) => w.state !== 'provisional');
    showLive(state.live, now());
    showQuarter(state.quarter, now());
    showDay(state.day, now());
    showScale(state.live?.pue, windows.filter((w) => w.start_ms > now() - 86_400_000));
    flow.draw(state.live ?? {});
    chart.draw([...state.windows.values()], now());
    if (Date.now() - wordsAt > WORDS_EVERY_MS) {
      wordsAt = Date.now();
      showFlowText(state.live);
    }
    tick();
  });
}

function tick() {
  $('clock').textContent = clock(now(), undefined, true);
  $('zone').textContent = zoneName(now());
  showFreshness(freshness({nowMs: now(), connected: state.connected, live: state.live}));
}

function take(window) {
  if (window.window === '15m') {
    state.windows.set(window.start_ms, window);
    const closed = [...state.windows.values()].filter((w) => w.state !== 'provisional');
    state.quarter = closed.reduce((a, b) => (a && a.start_ms > b.start_ms ? a : b), undefined);
    for (const start of state.windows.keys()) {
      if (start < window.start_ms - 86_400_000) state.windows.delete(start);
    }
  } else if (window.window === '1d' && !(state.day?.start_ms > window.start_ms)) {
    state.day = window;
  }
}

async function load(site) {
  const path = `api/sites/${encodeURIComponent(site)}`;
  const [current, history] = await Promise.all([get(`${path}/now`), get(`${path}/history?window=15m`)]);
  if (site !== state.site) return;
  Object.assign(state, {live: current.live ?? state.live, quarter: current.quarter, day: current.day});
  state.windows = new Map(history.windows.map((w) => [w.start_ms, w]));
  draw();
}

function follow(site) {
  events?.close();
  const source = new EventSource(`events?site=${encodeURIComponent(site)}`);
  events = source;
  heardAt = Date.now();
  const heard = (handle) => (event) => {
    if (source !== events) return;
    heardAt = Date.now();
    state.connected = true;
    const body = JSON.parse(event.data);
    if (body.server_ms) aheadMs = body.server_ms - Date.now();
    handle(body);
    draw();
  };
  const reload = () => load(site).catch(() => {}); // the events go on; the next connection asks again
  source.addEventListener('open', heardOpen);
  source.addEventListener('live', heard((body) => { state.live = body.live; }));
  source.addEventListener('window', heard((body) => take(body.window)));
  source.addEventListener('beat', heard(() => {}));
  source.addEventListener('resync', heard(reload));
  source.addEventListener('error', () => {
    if (source !== events) return;
    state.connected = false;
    tick();
    if (source.readyState === EventSource.CLOSED) setTimeout(() => source === events && follow(site), RETRY_MS);
  });

  function heardOpen() {
    if (source !== events) return;
    heardAt = Date.now();
    state.connected = true;
    reload();
  }
}

function choose(site) {
  Object.assign(state, {site, live: undefined, quarter: undefined, day: undefined, windows: new Map(), connected: undefined});
  $('site-name').textContent = site;
  $('site-choice').value = site;
  remember('site', site);
  wordsAt = 0;
  load(site).catch(() => {}); // shown at once, without waiting for the events
  follow(site);
}

function offer(sites) {
  const choice = $('site-choice');
  choice.hidden = sites.length < 2;
  $('site-name').hidden = sites.length > 1;
  if ([...choice.options].map((o) => o.value).join() !== sites.join()) {
    choice.replaceChildren(...sites.map((site) => new Option(site, site, false, site === state.site)));
  }
}

async function findSites() {
  for (;;) {
    try {
      const {sites} = await get('api/sites');
      offer(sites);
      if (sites.length > 0 && !state.site) {
        const wanted = [asked.get('site'), recall('site')].find((site) => sites.includes(site));
        choose(wanted ?? sites[0]);
      } else if (sites.length === 0 && !state.site) {
        state.connected = true;
        draw();
      }
    } catch {
      if (!state.site) {
        state.connected = false;
        draw();
      }
    }
    await sleep(state.site ? SITES_EVERY_MS : RETRY_MS);
  }
}

function watch() {
  if (state.site && Date.now() - heardAt > SILENCE_LIMIT_MS) {
    state.connected = false;
    follow(state.site);
  }
  tick();
}

function remember(what, value) {
  try {
    localStorage.setItem(`heliograph.${what}`, value);
  } catch {
    // storage is switched off: not remembered
  }
}

function recall(what) {
  try {
    return localStorage.getItem(`heliograph.${what}`);
  } catch {
    return null;
  }
}

function theme(next) {
  if (next) {
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    remember('theme', next);
  }
  $('theme-name').textContent = document.documentElement.dataset.theme ?? 'auto';
  chart.redraw();
}

$('theme').addEventListener('click', () => {
  const order = ['auto', 'light', 'dark'];
  const at = order.indexOf(document.documentElement.dataset.theme ?? 'auto');
  theme(order[(at + 1) % order.length]);
});
$('site-choice').addEventListener('change', (event) => choose(event.target.value));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
document.addEventListener('visibilitychange', () => { if (!document.hidden) watch(); });
theme();
setInterval(watch, 1_000);
findSites();

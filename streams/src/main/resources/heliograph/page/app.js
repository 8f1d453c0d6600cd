// The page's one loop: fetch what there is, follow what changes, show it.
import {Chart, tableRows} from './chart.js';
import {drawChange, offerMoments, question, trend} from './change.js';
import {Flow} from './flow.js';
import {clock, liveIn, speak, zoneName} from './format.js';
import {freshness, ServerClock} from './freshness.js';
import {drawAlerts} from './alerts.js';
import {drawHall, fill} from './hall.js';
import {showDay, showFlowText, showFreshness, showLive, showQuarter, showScale, write} from './view.js';
import {learn, say, tell} from './words.js';

const RETRY_MS = 2_000;
const SILENCE_LIMIT_MS = 15_000; // the server beats every 5 s
const SITES_EVERY_MS = 60_000;
const WORDS_EVERY_MS = 30_000;
const CHANGE_EVERY_MS = 5_000; // at most: minutes come by the dozen in a replay

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const state = {site: undefined, live: undefined, quarter: undefined, day: undefined, windows: new Map(), hall: undefined, alerts: undefined, connected: undefined};
const flow = new Flow($('flow'));
const chart = new Chart($('chart'), (text) => { $('readout').textContent = text; });
let events;
let heardAt = 0;
const serverClock = new ServerClock();
let aheadMs = 0; // the server's clock minus this one's: ages are by the server's
let drawing = false;
let wordsAt = 0;
let changeAt = 0;
let changeDue = false;
let questions = 0; // about changes, asked so far
const loads = new Set(); // of each load under way, what events have said since it began

function hearClock(body) {
  if (body.server_ms) aheadMs = serverClock.hear(body.server_ms, Date.now(), performance.now());
}

const now = () => Date.now() + aheadMs;
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function get(path) {
  const reply = await fetch(path, {cache: 'no-store'});
  if (reply.status === 401) $('login').hidden = false;
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  const body = await reply.json();
  hearClock(body);
  return body;
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const windows = [...state.windows.values()].filter((w) => w.state !== 'provisional');
    showLive(state.live, now(), state.hall?.patience_ms);
    showQuarter(state.quarter, now());
    showDay(state.day, now(), state.hall?.roles);
    showScale(state.live?.pue, windows.filter((w) => w.start_ms > now() - 86_400_000));
    flow.draw(state.live ?? {}, state.hall?.roles);
    chart.draw([...state.windows.values()], now());
    if (state.hall) drawHall(state.hall, state.alerts?.alerts ?? [], now(), state.live);
    if (state.alerts) drawAlerts(state.alerts, now());
    drawTable();
    if (Date.now() - wordsAt > WORDS_EVERY_MS) {
      wordsAt = Date.now();
      showFlowText(state.live, state.hall?.roles);
    }
    tick();
  });
}

function drawTable() {
  if ($('history-details').open) fill($('history-table').tBodies[0], tableRows([...state.windows.values()], now()));
}

/** Below the PUE the last hour; further down whatever two moments are chosen. */
async function explain() {
  const site = state.site;
  changeAt = Date.now();
  changeDue = false;
  const turn = ++questions;
  const path = `api/sites/${encodeURIComponent(site)}/change`;
  try {
    const asked = question($('why-from').value, $('why-to').value);
    const recent = await get(path);
    const chosen = asked ? await get(`${path}?${asked}`) : recent;
    if (site !== state.site || turn !== questions) return; // what was asked last counts, not what is answered last
    write('trend', trend(recent, now()));
    drawChange(chosen, now());
  } catch {
    // the next minute asks again
  }
}

function tick() {
  offerMoments($('why-from'), say('whyHour'), now());
  offerMoments($('why-to'), say('whyNow'), now());
  if (changeDue && state.site && Date.now() - changeAt > CHANGE_EVERY_MS) explain();
  $('clock').textContent = clock(now(), undefined, true);
  $('zone').textContent = zoneName(now());
  showFreshness(freshness({nowMs: now(), connected: state.connected, live: state.live, patienceMs: state.hall?.patience_ms}), state.live);
}

function take(window) {
  if (window.window === '1m') {
    changeDue = true;
  } else if (window.window === '15m') {
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
  const said = new Map();
  loads.add(said);
  try {
    const [current, history, hall, alerts] = await Promise.all(
      [get(`${path}/now`), get(`${path}/history?window=15m`), get(`${path}/hall`), get(`${path}/alerts`)]);
    if (site !== state.site) return;
    liveIn(current.zone);
    Object.assign(state, {live: current.live ?? state.live, quarter: current.quarter, day: current.day, hall, alerts});
    changeDue = true;
    state.windows = new Map(history.windows.map((w) => [w.start_ms, w]));
    said.forEach((again) => again()); // an answer may be older than an event that came before it
    draw();
  } finally {
    loads.delete(said);
  }
}

function follow(site) {
  events?.close();
  const source = new EventSource(`events?site=${encodeURIComponent(site)}`);
  events = source;
  heardAt = Date.now();
  const heard = (handle, again = handle) => (event) => {
    if (source !== events) return;
    heardAt = Date.now();
    state.connected = true;
    const body = JSON.parse(event.data);
    hearClock(body);
    handle(body);
    const about = `${event.type} ${body.window?.window} ${body.window?.start_ms}`;
    loads.forEach((said) => said.set(about, () => source === events && again(body)));
    draw();
  };
  // the events go on; asked again, as a server that many come back to at once refuses some, but not by all at once
  let retry;
  const reload = () => {
    clearTimeout(retry);
    return load(site).catch(() => {
      clearTimeout(retry);
      retry = setTimeout(() => source === events && reload(), RETRY_MS * (1 + 4 * Math.random()));
    });
  };
  source.addEventListener('open', heardOpen);
  source.addEventListener('live', heard((body) => { state.live = body.live; }));
  source.addEventListener('window', heard((body) => take(body.window)));
  source.addEventListener('hall', heard((body) => { state.hall = body; }));
  source.addEventListener('alerts', heard((body) => { state.alerts = body; }));
  source.addEventListener('beat', heard(() => {}));
  source.addEventListener('resync', heard(reload, () => {}));
  source.addEventListener('error', () => {
    if (source !== events) return;
    state.connected = false;
    tick();
    if (source.readyState === EventSource.CLOSED) {
      get('api/sites').catch(() => {}); // which says whether the token is asked for
      setTimeout(() => source === events && follow(site), RETRY_MS);
    }
  });

  function heardOpen() {
    if (source !== events) return;
    heardAt = Date.now();
    state.connected = true;
    $('login').hidden = true;
    reload();
  }
}

function choose(site) {
  Object.assign(state, {site, live: undefined, quarter: undefined, day: undefined, windows: new Map(), hall: undefined, alerts: undefined, connected: undefined});
  liveIn(undefined);
  changeAt = 0;
  write('trend', '');
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
  $('theme-name').textContent = say(document.documentElement.dataset.theme ?? 'auto');
  chart.redraw();
}

/** Says everything again in a language. */
function language(next) {
  const spoken = learn(next);
  document.documentElement.lang = spoken;
  speak(spoken);
  tell(document);
  const other = $('language');
  other.lang = spoken === 'fr' ? 'en' : 'fr';
  $('language-code').textContent = other.lang.toUpperCase();
  for (const select of [$('why-from'), $('why-to')]) delete select.dataset.key;
  wordsAt = 0;
  changeAt = 0;
  changeDue = true;
  theme();
  draw();
}

$('language').addEventListener('click', (event) => {
  const next = event.currentTarget.lang;
  remember('language', next);
  language(next);
});
for (const select of [$('why-from'), $('why-to')]) select.addEventListener('change', explain);
$('history-details').addEventListener('toggle', drawTable);
$('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const reply = await fetch('api/session', {headers: {Authorization: `Bearer ${$('token').value.trim()}`}}).catch(() => undefined);
  if (!reply?.ok) {
    write('login-wrong', say('loginWrong'));
    return;
  }
  write('login-wrong', '');
  $('token').value = '';
  $('login').hidden = true;
  if (state.site) choose(state.site); // else the search for sites goes on by itself
});
$('theme').addEventListener('click', () => {
  const order = ['auto', 'light', 'dark'];
  const at = order.indexOf(document.documentElement.dataset.theme ?? 'auto');
  theme(order[(at + 1) % order.length]);
});
$('site-choice').addEventListener('change', (event) => choose(event.target.value));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
document.addEventListener('visibilitychange', () => { if (!document.hidden) watch(); });
language(asked.get('lang') ?? recall('language') ?? document.documentElement.lang);
setInterval(watch, 1_000);
findSites();

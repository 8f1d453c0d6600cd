// Writes the figures into the page. Knows no network.
import {ABSENT, clock, count, coverage, date, estimated, isFigure, kilograms, moment, number, percent, pue, span} from './format.js';
import {words} from './flow.js';
import {readingLimitMs} from './freshness.js';
import {knows, say} from './words.js';

const $ = (id) => document.getElementById(id);
const SCALE_FROM = 1.0;
const SILENT_SHOWN = 100;
const CLOCK_LIMIT_MS = 600_000; // as the rule device-clock-behind

export function write(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text; // unchanged text is not announced again
}

function figure(id, text, unit) {
  const element = $(id);
  const whole = text === ABSENT || !unit ? text : `${text} ${unit}`;
  if (element.textContent === whole) return;
  element.replaceChildren(text);
  if (text !== ABSENT && unit) {
    const part = document.createElement('small');
    part.textContent = ` ${unit}`;
    element.append(part);
  }
}

/** What a window's figures rest on: "coverage 96 %, provisional". */
export function basis(window) {
  const parts = [say('coverage', {share: coverage(window.coverage)})];
  if (window.estimated) {
    const share = window.estimated_share;
    parts.push(share > 0 ? say('estimatedShare', {share: estimated(share)}) : say('estimated'));
  }
  if (window.state === 'revised' && window.revision) {
    const known = `cause_${window.cause}`;
    const cause = window.cause ? `, ${knows(known) ? say(known) : window.cause.replaceAll('-', ' ')}` : '';
    parts.push(say('revisedTimes', {times: window.revision, cause}));
  } else if (window.state) parts.push(knows(window.state) ? say(window.state) : window.state);
  return parts.join(', ');
}

/** How much of a window a figure is of, by the figure's name without its unit. */
export function coverageOf(window, figure) {
  return window.figure_coverage?.find((partial) => partial.figure === figure)?.coverage ?? 1;
}

/** Says beside a figure of how much of the window it is, where that is less than what the window's basis says. */
function extent(window, figure, text) {
  const share = coverageOf(window, figure);
  return share < window.coverage ? `${text}, ${say('coverage', {share: coverage(share)})}` : text;
}

/** Why there is no PUE now. */
export function pueReason(live) {
  if (!live) return say('noLive');
  if (isFigure(live.pue)) return live.pue < 1 ? say('disagree') : '';
  if (!isFigure(live.power_it_w)) return say('noIt');
  if (!isFigure(live.power_dc_w)) return say('noGrid');
  return live.power_it_w === 0 ? say('zeroIt') : say('noReading');
}

export function showLive(live, nowMs, patienceMs) {
  const value = pue(live?.pue);
  write('pue', value);
  $('pue').classList.toggle('absent', value === ABSENT);
  write('pue-note', value === ABSENT ? pueReason(live) : say('pueNote', {category: live.pue_category ?? 'PUE'}));
  write('online', live ? String(live.devices_online) : ABSENT);
  write('silent', live ? String(live.devices_stale) : ABSENT);
  $('silent-count').classList.toggle('some', (live?.devices_stale ?? 0) > 0);
  write('packs', packs(live?.losses ?? []));
  showSilent(live, nowMs, patienceMs);
}

/** The gap ledger in a line; nothing while nobody knows. */
export function packs(losses) {
  if (losses.length === 0) return '';
  const sum = (name) => losses.reduce((total, loss) => total + (loss[name] ?? 0), 0);
  const given = sum('reported') + sum('unnumbered');
  const missing = say('packsMissing', {missing: count(sum('missing')), expected: count(sum('expected'))});
  return given > 0 ? `${missing}, ${say('packsGiven', {count: count(given)})}` : missing;
}

/** Why a device has no current values: it is silent, or it speaks of long ago, and its clock is behind. */
export function whyNotCurrent({last_ms: lastMs, heard_ms: heardMs, behind_ms: behindMs}, atMs) {
  if (heardMs && behindMs >= CLOCK_LIMIT_MS) return say('clockBehind', {age: span(behindMs)});
  return lastMs ? say('silentFor', {age: span(atMs - lastMs)}) : say('neverHeard');
}

function showSilent(live, nowMs, patienceMs) {
  const silent = (live?.silent ?? []).slice(0, SILENT_SHOWN);
  // of old data, how long they were silent at its time
  const heardMs = live?.latest_reading_ms || nowMs;
  const atMs = nowMs - heardMs > readingLimitMs(patienceMs) ? heardMs : nowMs;
  const lines = silent.map((one) => [one.device, whyNotCurrent(one, atMs)]);
  const more = (live?.devices_stale ?? 0) - silent.length;
  if (more > 0) lines.push([say('more', {count: more}), '']);
  const list = $('silent-list');
  list.hidden = lines.length === 0;
  while (list.children.length > lines.length) list.lastChild.remove();
  lines.forEach(([device, since], i) => {
    const item = list.children[i] ?? list.appendChild(document.createElement('li'));
    const text = [device, since];
    if (item.dataset.text === text.join()) return;
    item.dataset.text = text.join();
    const time = document.createElement('span');
    time.textContent = since;
    item.replaceChildren(device, ' ', time);
  });
}

export function showFlowText(live, roles) {
  write('flow-text', live ? words(live, roles) : say('noFlow'));
}

export function showQuarter(window, nowMs) {
  write('quarter', pue(window?.pue, 3));
  write('quarter-note', window
    ? `${say('interim', {category: window.pue_category ?? 'PUE'})}, ${moment(window.start_ms, nowMs)}–${clock(window.end_ms)}` : say('noneClosed'));
  write('quarter-basis', window ? basis(window) : '');
  showDiagnoses(window?.diagnoses ?? []);
}

/** What the meters disagree on: the first of it, which is the site's, and how much more there is. */
function showDiagnoses(diagnoses) {
  const more = diagnoses.length - 1;
  const first = diagnoses[0]?.text ?? '';
  write('diagnosis', more > 0 ? say('andMore', {text: first, count: more}) : first);
  $('diagnosis').title = diagnoses.map(({text}) => text).join('\n');
}

export function showDay(window, nowMs, roles) {
  const isToday = window && window.end_ms > nowMs && window.start_ms <= nowMs;
  const name = !window || isToday ? say('today') : say('dayOf', {date: date(window.start_ms)});
  write('day-title', name);
  write('day-pue-title', name);
  write('day-note', window ? say('since', {time: clock(window.start_ms), basis: basis(window)}) : say('noDayYet'));
  write('day-pue', pue(window?.pue, 3));
  write('day-pue-note', window?.pue_category ? say('interim', {category: window.pue_category}) : '');
  const why = absence(window, roles);
  figure('co2', kilograms(window?.co2_avoided_kg), 'kg');
  write('co2-note', isFigure(window?.co2_avoided_kg) 
    ? extent(window, 'co2_avoided', say('factor', {factor: window.factor_average ?? say('unknown')})) : why);
  figure('self-consumption', percent(window?.self_consumption), '%');
  write('self-consumption-note', isFigure(window?.self_consumption) ? extent(window, 'self_consumption', say('usedHere')) : why);
  figure('self-sufficiency', percent(window?.self_sufficiency), '%');
  write('self-sufficiency-note', isFigure(window?.self_sufficiency) ? extent(window, 'self_sufficiency', say('fromSolar')) : why);
}

/** Why there is no share of solar energy. */
export function absence(window, roles) {
  if (roles && !roles.includes('pv')) return say('invertersNone');
  if (!window) return say('noFigures');
  if (window.energy_pv_kwh === 0) return say('noSolarYet');
  return isFigure(window.energy_pv_kwh) ? say('coverage', {share: coverage(window.coverage)}) : say('noInverters');
}

/** Where the PUE is between 1 and the worst of the day, and the day's range. */
export function showScale(value, windows) {
  const day = windows.map((w) => w.pue).filter((v) => isFigure(v) && v >= 1);
  const known = isFigure(value) && value >= 1 ? [...day, value] : day;
  const scale = $('scale');
  scale.hidden = known.length === 0;
  if (known.length === 0) return;
  const to = Math.max(1.6, Math.ceil((Math.max(...known) + 0.05) * 5) / 5);
  const place = (v) => `${((v - SCALE_FROM) / (to - SCALE_FROM)) * 100}%`;
  const band = scale.querySelector('.scale-band');
  const mark = scale.querySelector('.scale-mark');
  band.hidden = day.length === 0;
  if (day.length > 0) {
    band.style.left = place(Math.min(...day));
    band.style.right = `calc(100% - ${place(Math.max(...day))})`;
  }
  mark.hidden = !(isFigure(value) && value >= 1);
  mark.style.left = mark.hidden ? '' : place(value);
  scale.querySelector('.scale-from').textContent = number(SCALE_FROM, 1);
  scale.querySelector('.scale-to').textContent = number(to, 1);
  const range = day.length ? say('range', {low: pue(Math.min(...day)), high: pue(Math.max(...day))}) : '';
  scale.setAttribute('aria-label', say('scale', {from: number(SCALE_FROM, 1), to: number(to, 1), range}));
  scale.dataset.range = range;
}

/** What a browser's tab says: the PUE only while it is of now, since nothing there looks dimmed. */
export function title(live, {state, word}) {
  if (!live) return 'Heliograph';
  return `${state === 'live' ? `${pue(live.pue)} PUE` : word} · ${live.site} · Heliograph`;
}

/** Heads the live figures with "now" only when they are of now. */
export function showFreshness({state, word, text, asOf}, live) {
  document.title = title(live, {state, word});
  for (const element of document.querySelectorAll('.as-of')) {
    if (element.textContent !== asOf) element.textContent = asOf;
  }
  // the age in the banner goes on by the second, which isn't to be read aloud each time: but another cause or language is
  if ($('pulse-text').textContent !== word) write('banner-said', text || word);
  document.body.dataset.state = state;
  $('pulse').dataset.state = state;
  write('pulse-text', word);
  write('banner', text);
}

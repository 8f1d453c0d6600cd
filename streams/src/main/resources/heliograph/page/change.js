// Why the PUE moved: the server splits the change, this shows it.
import {ABSENT, clock, isFigure, kilowatts, moment, number, pue, signed} from './format.js';
import {fill} from './hall.js';
import {say} from './words.js';

export const PARTS = ['it', 'cooling', 'distribution', 'auxiliary', 'unmetered'];
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const SPAN_MINUTES = 15;
const RECENT_MS = 2 * QUARTER_MS; // meters that are read every quarter of an hour make whole minutes as late
const STEADY = 0.0005; // what the third decimal doesn't show hasn't moved

/** The part that moved the PUE most in the direction in which it went; undefined when it hardly did. */
export function mainCause(change) {
  if (!isFigure(change?.change) || Math.abs(change.change) < STEADY) return undefined;
  const direction = Math.sign(change.change);
  return PARTS.reduce((a, b) => (direction * change.parts[b] > direction * change.parts[a] ? b : a));
}

/** One line below the PUE; where no minute has been whole lately, of which hour it is. */
export function trend(change, nowMs) {
  if (!isFigure(change?.change)) return '';
  const isRecent = nowMs - change.after.to_ms <= RECENT_MS;
  const when = isRecent ? say('inAnHour') : say('inTheHourBefore', {time: moment(change.after.to_ms, nowMs)});
  const part = mainCause(change);
  if (!part) return isRecent ? say('trendFlat') : say('trendFlatThen', {when});
  const arrow = change.change > 0 ? '▲' : '▼';
  return `${arrow} ${say('trendCause', {change: signed(change.change, 3), when, part: say(`part_${part}`)})}`;
}

/** The quarter hours that can be chosen, the latest first. */
export function choices(nowMs) {
  const last = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  return Array.from({length: 95}, (_, i) => last - i * QUARTER_MS);
}

/** Offers the moments, and keeps what is chosen while time goes on. */
export function offerMoments(select, first, nowMs) {
  const times = choices(nowMs);
  const key = `${times[0]} ${first} ${times.map((time) => clock(time)).slice(0, 2)}`;
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  const chosen = select.value;
  const known = !chosen || times.includes(Number(chosen));
  select.replaceChildren(new Option(first, ''), ...times.map((time) => new Option(moment(time, nowMs), String(time))));
  select.value = known ? chosen : '';
}

/** What to ask the server for: empty parameters mean its own default, now and an hour before. */
export function question(from, to) {
  const query = new URLSearchParams();
  if (to) query.set('to', to);
  if (from) query.set('from', from);
  else if (to) query.set('from', String(Number(to) - HOUR_MS));
  return query.toString();
}

export function drawChange(change, nowMs) {
  const $ = (id) => document.getElementById(id);
  const write = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
  const {before, after} = change;
  const span = (period) => `${moment(period.from_ms, nowMs)}–${clock(period.to_ms)}`;
  const missing = [before, after].find((period) => !isFigure(period.pue));
  write('why-result', missing ? say('whyNothing', {time: moment(missing.to_ms, nowMs)})
    : say('whyResult', {before: pue(before.pue, 3), after: pue(after.pue, 3), change: signed(change.change, 3)}));
  const minutes = (period) => `${Math.round(period.coverage * SPAN_MINUTES)}/${SPAN_MINUTES}`;
  write('why-basis', say('whyBasis', {first: minutes(before), second: minutes(after)}));
  write('why-before', span(before));
  write('why-after', span(after));
  const field = (part) => `power_${part}_w`;
  const watts = (period, part) => (isFigure(period[field(part)]) ? `${number(period[field(part)] / 1000, 1)} kW` : ABSENT);
  const effect = (value) => ({text: isFigure(value) ? signed(value, 4) : ABSENT, className: 'effect'});
  const rows = PARTS.map((part) =>
    [say(`part_${part}`), effect(change.parts?.[part]), watts(before, part), watts(after, part)]);
  rows.push([say('whySum'), effect(change.change), kw(before.power_dc_w), kw(after.power_dc_w)]);
  fill($('why-table').tBodies[0], rows);
  bars($('why-table').tBodies[0], change);
}

const kw = (watts) => (isFigure(watts) ? `${kilowatts(watts)} kW` : ABSENT);

/** A bar in each part's last cell, from the middle to the side that it pushed to. */
function bars(body, change) {
  const most = Math.max(STEADY, ...PARTS.map((part) => Math.abs(change.parts?.[part] ?? 0)));
  PARTS.forEach((part, i) => {
    const cell = body.rows[i].cells[1];
    const bar = cell.querySelector('.bar') ?? cell.appendChild(document.createElement('span'));
    const share = (change.parts?.[part] ?? 0) / most;
    bar.className = `bar ${share > 0 ? 'worse' : 'better'}`;
    bar.style.width = `${Math.abs(share) * 45}%`;
    bar.style[share > 0 ? 'left' : 'right'] = '50%';
    bar.style[share > 0 ? 'right' : 'left'] = 'auto';
  });
}

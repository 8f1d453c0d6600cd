// The hall: inlet temperatures by row, cooling units, inverters. What is judged here is judged beside fixed limits only.
import {ABSENT, celsius, isFigure, kilowatts, moment, percent} from './format.js';
import {readingLimitMs} from './freshness.js';
import {knows, say} from './words.js';

const MINUTE_MS = 60_000;
/** A device's newest minute is older than this, and than its kind may take: it is told as not heard. */
export const UNHEARD_MS = 5 * MINUTE_MS;
const ALIKE = 0.9; // of the neighbours: less is worth a look
const DENSE = 10; // sensors in a row beyond which a cell has no room for its figure
const LEAST_SHOWN_W = 50; // less is shown as 0.0 kW
const ASLEEP_MOST_W = 1_000; // of each inverter that sleeps, between a minute's mean and now
/** States in which an inverter that doesn't tell its power gives none. */
const IDLE_STATES = new Set(['off', 'sleeping', 'starting', 'shutting_down', 'standby']);

/** Where a temperature lies: tooCold cool within warm tooHot, or unread. */
export function band(value, {recommended_c: [low, high], allowable_c: [min, max]}) {
  if (!isFigure(value)) return 'unread';
  if (value < min) return 'tooCold';
  if (value < low) return 'cool';
  if (value <= high) return 'within';
  return value <= max ? 'warm' : 'tooHot';
}

const isHeard = (unit, atMs) =>
  isFigure(unit.at_ms) && atMs - unit.at_ms <= Math.max(UNHEARD_MS, unit.patience_ms ?? 0) + MINUTE_MS;

/**
 * A moment for "not heard": of old data, the newest minute that any device has. While others of the site are heard its data
 * aren't old: a hall of which nothing comes is silent.
 */
export function timeOf(hall, nowMs, live) {
  if (nowMs - (live?.latest_reading_ms ?? 0) <= readingLimitMs(hall.patience_ms)) return nowMs;
  const starts = [...hall.rows.flatMap((row) => row.sensors), ...hall.cooling, ...hall.inverters]
    .map((unit) => unit.at_ms).filter(isFigure);
  const newest = starts.length ? Math.max(...starts) : 0;
  return nowMs - newest > 2 * UNHEARD_MS ? newest : nowMs;
}

/** What stands above the rows: how many inlets are within the recommended range, and which is the warmest. */
export function summary(hall, atMs) {
  const read = hall.rows.flatMap((row) => row.sensors)
    .filter((sensor) => isHeard(sensor, atMs) && isFigure(sensor.inlet_temp_c));
  const warmest = read.reduce((a, b) => (a && a.inlet_temp_c >= b.inlet_temp_c ? a : b), undefined);
  return {
    sensors: hall.rows.reduce((sum, row) => sum + row.sensors.length, 0),
    known: read.length,
    within: read.filter((sensor) => band(sensor.inlet_temp_c, hall.envelope) === 'within').length,
    warmest,
  };
}

/** The summary in words, and whether it is a reason to look: what nobody reads may be the warmest. */
export function headline({sensors, known, within}) {
  if (!sensors) return {text: say('hallNone'), bad: false};
  const unread = sensors - known;
  const parts = [];
  if (known) parts.push(say('hallWithin', {within, known}));
  if (unread) parts.push(say('unread', {count: unread}));
  return {text: parts.join(', '), bad: within < sensors};
}

/** What units that are heard show now: what a silent one showed last is of the past. */
export function heardValues(units, name, atMs) {
  return units.filter((unit) => isHeard(unit, atMs)).map((unit) => unit[name]).filter(isFigure);
}

const has = (alerts, unit, rule) => alerts.some((alert) => alert.device === unit.device && (rule === undefined || alert.rule === rule));

/** How a cooling unit is: its alarms by what it says itself, and by the alert for them. Many never say anything. */
export function coolingState(unit, alerts, atMs) {
  if (!isHeard(unit, atMs)) return 'unheard';
  if (unit.events > 0 || has(alerts, unit, 'crac-alarm')) return 'alarm';
  if (has(alerts, unit)) return 'alerted';
  return isFigure(unit.events) ? 'ok' : 'untold';
}

/** What stands beside the cooling units: how many are to be looked at; that none is in alarm only if all of them say so. */
export function coolingSummary(states) {
  const count = (...of) => states.filter((state) => of.includes(state)).length;
  const faults = count('alarm', 'unheard');
  if (faults) return say('faultCount', {count: faults});
  if (count('alerted')) return say('alertedCount', {count: count('alerted')});
  return count('untold') ? say('untoldCount', {count: count('untold')}) : say('noAlarms');
}

/** Of a device without current values, what the engine knows of it. */
const silence = (device, live) => live?.silent?.find((one) => one.device === device);

/**
 * The inverters, with those asleep that the engine counts as current though they say nothing: many are off without sun,
 * and nobody misses them. Of whom it says so is known only while it names all that are silent.
 */
export function withSleepers(units, atMs, live) {
  if (!live || live.devices_stale !== (live.silent?.length ?? 0)) return units;
  const quiet = units.filter((unit) => !isHeard(unit, atMs) && !silence(unit.device, live));
  const heardW = heardValues(units, 'power_w', atMs).reduce((a, b) => a + b, 0);
  if ((live.power_pv_w ?? 0) - heardW > ASLEEP_MOST_W * quiet.length) return units; // they give power: it's the page that lags
  const powerW = isFigure(live.power_pv_w) ? 0 : undefined; // by a rising sun nobody knows yet whether they give any
  return units.map((unit) => (quiet.includes(unit)
    ? {device: unit.device, area: unit.area, at_ms: atMs, state_name: 'sleeping', power_w: powerW} : unit));
}

export function inverterState(unit, alerts, atMs) {
  if (!isHeard(unit, atMs)) return 'unheard';
  if (unit.state_name === 'fault' || unit.events > 0 || has(alerts, unit, 'inverter-fault')) return 'fault';
  if (isFigure(unit.of_neighbours) && unit.of_neighbours < ALIKE) return 'behind';
  return has(alerts, unit) ? 'alerted' : 'ok';
}

/** What an inverter says of its state, and what else is known of it: "running, see alerts". */
export function inverterWord(unit, alerts) {
  const name = knows(unit.state_name) ? say(unit.state_name) : shortUnit(unit.state, '');
  const more = unit.events > 0 ? say('alarm') : unit.state_name !== 'fault' && has(alerts, unit) ? say('alerted') : undefined;
  if (more === undefined) return name;
  return name === ABSENT ? more : `${name}, ${more}`;
}

/** What stands beside the inverters: how many are to be looked at, else whether any produces. Only those that sleep say that there is no sun. */
export function inverterSummary(units, alerts, atMs) {
  const states = units.map((unit) => inverterState(unit, alerts, atMs));
  const faults = states.filter((state) => state !== 'ok' && state !== 'alerted').length;
  if (faults) return say('faultCount', {count: faults});
  const alerted = states.filter((state) => state === 'alerted').length;
  if (alerted) return say('alertedCount', {count: alerted});
  const watts = units.map((unit) => unit.power_w).filter(isFigure).reduce((a, b) => a + b, 0);
  const idle = watts < LEAST_SHOWN_W && units.every((unit) => isFigure(unit.power_w) || IDLE_STATES.has(unit.state_name));
  if (!idle) return say('noFaults');
  const telling = units.filter((unit) => unit.state_name !== undefined);
  return telling.length > 0 && telling.every((unit) => unit.state_name === 'sleeping') ? say('asleep') : say('noneProduces');
}

/** "hall-1/row-a" is row A, where all rows are in one hall. */
export function rowName(area, areas) {
  const hall = (name) => name.slice(0, Math.max(0, name.lastIndexOf('/')));
  if (areas.some((other) => hall(other) !== hall(area))) return area;
  return area.replace(/^.*\//, '').replace(/^row-/, '').toUpperCase() || ABSENT;
}

const shortUnit = (value, unit) => (isFigure(value) ? `${value}${unit}` : ABSENT);
const whole = (value, unit) => (isFigure(value) ? `${Math.round(value)}\u00a0${unit}` : ABSENT);

export function element(name, {text, className, title, scope, lang} = {}, children = []) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  if (title) made.title = title;
  if (scope) made.scope = scope;
  if (lang) made.lang = lang;
  made.append(...children);
  return made;
}

/** Replaces a table's body, unless nothing has changed: what didn't change isn't read aloud again. */
export function fill(body, rows) {
  const key = JSON.stringify(rows);
  if (body.dataset.key === key) return;
  body.dataset.key = key;
  body.replaceChildren(...rows.map((cells) => element('tr', {}, cells.map((cell, i) => {
    const {text, ...rest} = typeof cell === 'string' ? {text: cell} : cell;
    return element(i === 0 ? 'th' : 'td', {text, scope: i === 0 ? 'row' : undefined, ...rest});
  }))));
}

export function drawHall(hall, alerts, nowMs, live) {
  const $ = (id) => document.getElementById(id);
  const write = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
  const atMs = timeOf(hall, nowMs, live);
  drawRows($('rows'), hall, atMs);
  const told = summary(hall, atMs);
  const {text, bad} = headline(told);
  write('hall-figure', text);
  $('hall-figure').classList.toggle('bad', bad);
  write('hall-warmest', told.warmest
    ? say('hallWarmest', {temp: celsius(told.warmest.inlet_temp_c), device: told.warmest.device}) : '');
  const {recommended_c: [low, high], allowable_c: [min, max]} = hall.envelope;
  write('hall-note', say('hallNote', {low, high, min, max}));
  const units = withSleepers(hall.inverters, atMs, live);
  drawCooling($('cracs').tBodies[0], hall.cooling, alerts, atMs, live);
  drawInverters($('inverters').tBodies[0], units, alerts, atMs, live);
  summaries({cooling: hall.cooling, inverters: units}, alerts, atMs, write, $);
}

function summaries(hall, alerts, atMs, write, $) {
  const supplies = heardValues(hall.cooling, 'supply_temp_c', atMs);
  const cooling = hall.cooling.map((unit) => coolingState(unit, alerts, atMs));
  write('crac-summary', hall.cooling.length === 0 ? say('cracsNone') : say('cracSummary', {
    count: hall.cooling.length,
    low: supplies.length ? celsius(Math.min(...supplies)) : ABSENT,
    high: supplies.length ? celsius(Math.max(...supplies)) : ABSENT,
  }));
  write('crac-faults', cooling.length === 0 ? '' : coolingSummary(cooling));
  $('crac-faults').classList.toggle('bad', cooling.some((state) => state === 'alarm' || state === 'unheard'));
  const inverters = hall.inverters.map((unit) => inverterState(unit, alerts, atMs));
  const powers = heardValues(hall.inverters, 'power_w', atMs);
  write('inverter-summary', hall.inverters.length === 0 ? say('invertersNone') : say('inverterSummary', {
    count: hall.inverters.length,
    power: powers.length ? kilowatts(powers.reduce((a, b) => a + b, 0)) : ABSENT,
  }));
  write('inverter-faults', inverters.length === 0 ? '' : inverterSummary(hall.inverters, alerts, atMs));
  $('inverter-faults').classList.toggle('bad', inverters.some((state) => state !== 'ok' && state !== 'alerted'));
}

function drawRows(table, hall, atMs) {
  table.hidden = hall.rows.length === 0;
  const areas = hall.rows.map((row) => row.area);
  const widest = Math.max(0, ...hall.rows.map((row) => row.sensors.length));
  table.classList.toggle('dense', widest > DENSE);
  table.classList.toggle('halls', new Set(areas.map((area) => rowName(area, areas).length > 3)).has(true));
  fill(table.tBodies[0], hall.rows.map((row) => {
    const temps = row.sensors.filter((sensor) => isHeard(sensor, atMs)).map((sensor) => sensor.inlet_temp_c).filter(isFigure);
    const max = temps.length ? Math.max(...temps) : undefined;
    const cells = row.sensors.map((sensor) => {
      const value = isHeard(sensor, atMs) ? sensor.inlet_temp_c : undefined;
      const where = band(value, hall.envelope);
      return {text: celsius(value), className: `cell ${where}`,
        title: `${sensor.device}: ${where === 'unread' ? say('noReadingUnit') : `${celsius(value)} °C, ${say(where)}`}`};
    });
    while (cells.length < widest) cells.push({text: '', className: 'cell none'});
    return [{text: rowName(row.area, areas), title: row.area},
      ...cells, {text: celsius(max), className: `row-max ${band(max, hall.envelope)}`}];
  }));
  table.querySelector('.sensors').colSpan = Math.max(1, widest);
}

function drawCooling(body, units, alerts, atMs, live) {
  fill(body, units.map((unit) => {
    const state = coolingState(unit, alerts, atMs);
    const of = (value, write) => (state === 'unheard' ? ABSENT : write(value));
    const word = state === 'unheard' ? unheard(unit, atMs, live) : say(state);
    return [unit.device, {text: word, className: `state ${state}`},
      of(unit.supply_temp_c, (v) => `${celsius(v)} °C`), of(unit.return_temp_c, (v) => `${celsius(v)} °C`),
      of(unit.fan_speed_pct, (v) => whole(v, '%')), of(unit.cooling_demand_pct, (v) => whole(v, '%')),
      of(unit.power_w, (v) => `${kilowatts(v)} kW`)];
  }));
}

function drawInverters(body, units, alerts, atMs, live) {
  fill(body, units.map((unit) => {
    const state = inverterState(unit, alerts, atMs);
    return [unit.device, {text: state === 'unheard' ? unheard(unit, atMs, live) : inverterWord(unit, alerts), className: `state ${state}`},
      state === 'unheard' ? ABSENT : `${kilowatts(unit.power_w)} kW`,
      {text: state !== 'unheard' && isFigure(unit.of_neighbours) ? `${percent(unit.of_neighbours)} %` : ABSENT,
        className: state === 'behind' ? state : ''}];
  }));
}

/** Since when a unit isn't heard: a page that has just begun has no minute of one that fell silent before; the engine knows. */
export function unheard(unit, atMs, live) {
  if (isFigure(unit.at_ms)) return say('notHeard', {time: moment(unit.at_ms + MINUTE_MS, atMs)});
  const known = silence(unit.device, live);
  if (!known) return say('unheard');
  return known.last_ms ? say('notHeard', {time: moment(known.last_ms, atMs)}) : say('neverHeard');
}

// The alerts that stand.
import {ABSENT, celsius, clock, count, isFigure, moment, number, percent, span} from './format.js';
import {element} from './hall.js';
import {ruleName, say, watched} from './words.js';

const ALERTS_SHOWN = 50;

const time = (seconds) => span(seconds * 1000);
/** How a value is shown, by what is watched. */
const SHOWN = {
  pue: (value) => number(value, 2),
  remainder: percent, 'inverter-yield': percent, 'import-export': percent,
  'inlet-high': celsius, 'inlet-low': celsius, 'cooling-against': celsius,
  'cooling-uneven': count, 'cooling-events': count, 'inverter-state': count, 'packs-missing': count,
  silence: time, 'clock-behind': time, 'readings-age': time, 'clock-ahead': time, 'agent-backlog': time,
  'canary-age': time, 'figures-age': time,
};

/** How many stand. That none does is worth saying only where somebody judges; which do is old where nobody can. */
export function alertCount({standing, judged}) {
  const note = judged === 'no' ? say('judgeFails') : judged === 'unknown' && !standing ? say('noJudge') : '';
  if (standing) return {text: String(standing), note};
  return {text: note ? ABSENT : say('noAlerts'), note};
}

/** The alerts that stand, the gravest first: what is wrong, where, since when. In the language where it has a sentence for it, else in the engine's own words. */
export function drawAlerts({alerts, standing, judged}, nowMs) {
  const list = document.getElementById('alert-list');
  const figure = document.getElementById('alert-count');
  const note = document.getElementById('alert-note');
  const count = alertCount({standing, judged});
  if (figure.textContent !== count.text) figure.textContent = count.text;
  if (note.textContent !== count.note) note.textContent = count.note;
  figure.parentElement.classList.toggle('some', alerts.length > 0);
  figure.parentElement.classList.toggle('absent', count.text === ABSENT);
  const key = JSON.stringify([alerts, standing, document.documentElement.lang]);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.hidden = alerts.length === 0;
  list.replaceChildren(...alerts.slice(0, ALERTS_SHOWN).map((alert) => {
    const where = [alert.device ?? say('wholeSite'), say('alertSince', {time: clockOr(alert.time_ms, nowMs)})].join(' · ');
    return element('li', {className: `severity-${alert.severity ?? 'warning'}`}, [
      ...said(alert),
      element('span', {className: 'note'}, alert.severity === 'critical'
        ? [element('b', {className: 'bad', text: say('critical')}), ` · ${where}`] : [where]),
    ]);
  }));
  const more = standing - Math.min(alerts.length, ALERTS_SHOWN);
  if (more > 0) list.append(element('li', {className: 'note', text: say('more', {count: more})}));
}

/** What an alert says in the language that is spoken; undefined where that has no words for what is watched. */
export function sentence({watch, value}) {
  const shown = SHOWN[watch]?.(value);
  return watched(`${watch}_${value}`) ?? (shown === undefined ? undefined : watched(watch, shown));
}

function said(alert) {
  const name = ruleName(alert.rule);
  const own = sentence(alert);
  const words = own === undefined ? {text: alert.message ?? alert.rule, lang: 'en'} : {text: own, title: alert.message};
  return name === undefined
    ? [element('span', {className: 'what', ...words})]
    : [element('span', {className: 'what', text: name}), element('span', {className: 'note', ...words})];
}

const clockOr = (millis, nowMs) => (isFigure(millis) && millis > 0 ? moment(millis, nowMs) : clock(nowMs));

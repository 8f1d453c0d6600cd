// The last 24 hours in quarter hours, drawn by uPlot (the global from its own script).
import {ABSENT, clock, date, isFigure, kilowatts, number, pue, siteDate} from './format.js';
import {basis, coverageOf} from './view.js';
import {say} from './words.js';

export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;
const KWH_PER_QUARTER_TO_KW = 4;

/** The mean power of a quarter, in kW. Of one that isn't covered whole it isn't known: its energy is of fewer minutes. */
const meanPower = (window, name) => (
  isFigure(window[name]) && window.coverage >= 1 && coverageOf(window, name.replace(/_kwh$/, '')) >= 1
    ? window[name] * KWH_PER_QUARTER_TO_KW : null);

const meanPowerText = (window, name) => {
  const kw = meanPower(window, name);
  return kw === null ? ABSENT : kilowatts(kw * 1000);
};

/**
 * A slot for every quarter hour up to endMs: a quarter without a closed window is a gap. Each slot is drawn as a level
 * from its start to its end, so it has two points.
 */
export function columns(windows, endMs) {
  const byStart = new Map(windows.filter((w) => w.state !== 'provisional').map((w) => [w.start_ms, w]));
  const last = Math.ceil(endMs / QUARTER_MS) * QUARTER_MS;
  const slots = [];
  for (let start = last - DAY_MS; start < last; start += QUARTER_MS) {
    slots.push({start, window: byStart.get(start)});
  }
  const levels = (of) => slots.flatMap(({window}) => {
    const level = window ? of(window) : null;
    return [level, level];
  });
  const power = (name) => levels((window) => meanPower(window, name));
  return {
    slots,
    x: slots.flatMap(({start}) => [start / 1000, (start + QUARTER_MS) / 1000 - 1]),
    pue: levels((window) => (isFigure(window.pue) && window.pue >= 1 ? window.pue : null)),
    it: power('energy_it_kwh'),
    grid: power('energy_import_kwh'),
    solar: power('energy_pv_kwh'),
  };
}

/** The end of the chart: now, or the newest window when that is more than a day ago. */
export function endOf(windows, nowMs) {
  const newest = Math.max(0, ...windows.map((w) => w.end_ms));
  return newest > 0 && newest < nowMs - DAY_MS ? newest : Math.max(nowMs, newest);
}

/** PUE in the upper part of the chart, never below 1. */
export function pueRange(values) {
  const known = values.filter((v) => v !== null);
  if (known.length === 0) return [1, 1.6];
  const max = Math.ceil((Math.max(...known) + 0.03) * 20) / 20;
  const min = Math.min(...known);
  const low = Math.max(1, Math.floor((min - 1.6 * Math.max(max - min, 0.08)) * 20) / 20);
  return [low, max];
}

export function powerRange(series) {
  const max = Math.max(1, ...series.flat().filter((v) => v !== null));
  return [0, max * 1.5];
}

export function readout(slot, zone) {
  const from = clock(slot.start, zone);
  const to = clock(slot.start + QUARTER_MS, zone);
  const w = slot.window;
  if (!w) return `${from}–${to}: ${say('noWindow')}`;
  const kw = (name) => (meanPower(w, name) === null ? ABSENT : `${meanPowerText(w, name)} kW`);
  return say('readout', {
    span: `${from}–${to}`, pue: pue(w.pue, 3), it: kw('energy_it_kwh'), grid: kw('energy_import_kwh'), solar: kw('energy_pv_kwh'), basis: basis(w),
  });
}

export class Chart {
  #host;
  #onRead;
  #plot;
  #data;

  /** @param onRead gets the text of the quarter under the pointer, empty when there is none */
  constructor(host, onRead) {
    this.#host = host;
    this.#onRead = onRead;
    new ResizeObserver(() => this.#rebuild()).observe(host);
    host.addEventListener('keydown', (event) => this.#step(event));
    host.addEventListener('blur', () => this.#point(null));
  }

  draw(windows, nowMs) {
    this.#data = columns(windows, endOf(windows, nowMs));
    if (!this.#plot) {
      this.#rebuild();
      return;
    }
    this.#plot.setData(this.#series(), true);
  }

  /** After a change of colours or of size. */
  redraw() {
    this.#rebuild();
  }

  #series() {
    const {x, pue: ratio, it, grid, solar} = this.#data;
    return [x, ratio, it, grid, solar];
  }

  #rebuild() {
    this.#plot?.destroy();
    this.#plot = undefined;
    const {clientWidth: width, clientHeight: height} = this.#host;
    if (!this.#data || !width || !height) return;
    this.#plot = new window.uPlot(this.#options(width, height), this.#series(), this.#host);
  }

  #options(width, height) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const rem = parseFloat(style.fontSize);
    const font = `${Math.round(0.85 * rem)}px ${getComputedStyle(document.body).fontFamily}`;
    const axis = (more) => ({
      stroke: colour('muted'), font, labelFont: font, ticks: {show: false}, gap: 0.4 * rem,
      grid: {stroke: colour('hairline'), width: 1}, ...more,
    });
    const power = (name, line) => ({scale: 'kW', stroke: colour(name), spanGaps: false, points: {show: false}, ...line});
    return {
      width, height, padding: [0.6 * rem, 0, 0, 0], legend: {show: false}, ms: 1e-3, tzDate: (seconds) => siteDate(seconds * 1000),
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 0.5 * rem}},
      scales: {
        x: {time: true, range: (_, min, max) => [min, max]},
        pue: {range: () => pueRange(this.#data.pue)},
        kW: {range: () => powerRange([this.#data.it, this.#data.grid, this.#data.solar])},
      },
      axes: [
        axis({space: 4.6 * rem, size: 1.9 * rem, grid: {show: false}, values: (_, splits) => splits.map(hourOf)}),
        axis({scale: 'pue', size: 3.2 * rem, space: 2.4 * rem, stroke: colour('ink'), values: (_, splits) => splits.map((v) => number(v, 2))}),
        axis({scale: 'kW', side: 1, size: 5 * rem, space: 2.4 * rem, grid: {show: false},
          values: (_, splits) => splits.map((v) => `${number(v, splits[1] - splits[0] < 1 ? 1 : 0)} kW`)}),
      ],
      series: [
        {},
        {scale: 'pue', stroke: colour('ink'), width: 0.16 * rem, spanGaps: false, points: {show: false}},
        power('it', {width: 0.12 * rem}),
        power('grid', {width: 0.1 * rem, dash: [0.35 * rem, 0.2 * rem]}),
        power('solar', {width: 0.1 * rem, fill: colour('solar-veil')}),
      ],
      hooks: {setCursor: [(plot) => this.#read(plot.cursor.idx)]},
    };
  }

  #read(index) {
    this.#onRead(index === null || index === undefined ? '' : readout(this.#data.slots[index >> 1]));
  }

  #step(event) {
    const move = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!move || !this.#plot) return;
    event.preventDefault();
    const last = this.#data.slots.length - 1;
    const index = this.#plot.cursor.idx;
    this.#point(Math.min(last, Math.max(0, index === null || index === undefined ? last : (index >> 1) + move)));
  }

  #point(slot) {
    if (!this.#plot) return;
    const left = slot === null ? -10 : this.#plot.valToPos(this.#data.x[2 * slot], 'x');
    this.#plot.setCursor({left, top: slot === null ? -10 : 1});
  }
}

function hourOf(seconds) {
  const text = clock(seconds * 1000);
  return text === '00:00' ? date(seconds * 1000) : text;
}

/** The chart's figures as rows of text, the latest first: what the picture says to who can't see it. */
export function tableRows(windows, nowMs) {
  return columns(windows, endOf(windows, nowMs)).slots.filter(({window}) => window).reverse().map(({start, window: w}) => [
    `${date(start)}, ${clock(start)}`, pue(w.pue, 3), ...['energy_it_kwh', 'energy_import_kwh', 'energy_pv_kwh'].map((name) => meanPowerText(w, name)), basis(w),
  ]);
}

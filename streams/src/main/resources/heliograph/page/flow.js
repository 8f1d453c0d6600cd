// The power-flow picture: grid and solar, generator and battery while they give power, come from the left, the site in the middle, what it uses to the right.
// Widths are proportional to power. A known zero is a dotted line, an unknown power a dashed one with a dash for its value.
// What the site has no device for isn't there at all.
import {ABSENT, isFigure, kilowatts} from './format.js';
import {say as speak} from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const SOURCES = [
  {id: 'solar', field: 'power_pv_w', roles: ['pv']},
  {id: 'grid', field: 'power_import_w', roles: ['grid']},
  {id: 'generator', field: 'power_generator_w', roles: ['generator'], onlyWhenPositive: true, orUnknown: true},
  {id: 'battery', field: 'power_battery_w', roles: ['battery'], onlyWhenPositive: true, orUnknown: true},
];
const USES = [
  {id: 'export', field: 'power_export_w', onlyWhenPositive: true},
  {id: 'charging', field: 'power_battery_w', negated: true, onlyWhenPositive: true},
  {id: 'it', field: 'power_it_w', roles: ['it', 'floor-pdu', 'ups']},
  {id: 'cooling', field: 'power_cooling_w', roles: ['cooling']},
  {id: 'loss', field: 'power_loss_w'},
  {id: 'auxiliary', field: 'power_auxiliary_w', roles: ['auxiliary']},
];

/** @param roles those that the site has devices of; undefined while its model isn't known */
function nodes(kinds, live, roles) {
  const isThere = (kind) => !roles || !kind.roles || kind.roles.some((role) => roles.includes(role));
  return kinds
    .filter((kind) => isThere(kind) || isFigure(live[kind.field]))
    .map((kind) => ({...kind, name: speak(kind.id), watts: kind.negated ? -live[kind.field] : live[kind.field]}))
    .filter((node) => !node.onlyWhenPositive || node.watts > 0 || (node.orUnknown && roles && !isFigure(node.watts)))
    .map((node) => ({...node, width: isFigure(node.watts) ? Math.max(0, node.watts) : 0}));
}

const sum = (list) => list.reduce((total, node) => total + node.width, 0);
const slots = (list, scale, label, gap) =>
  list.reduce((total, node) => total + Math.max(node.width * scale, label), gap * (list.length - 1));

/**
 * Where everything goes, in the units of the given size.
 * @param label the height that a name and a value need
 */
export function layout(live, {height, label, gap}, roles) {
  const sources = nodes(SOURCES, live, roles);
  const uses = nodes(USES, live, roles);
  const total = Math.max(sum(sources), sum(uses));
  // the largest scale at which both sides fit with room for their labels
  let scale = total > 0 ? height / total : 0;
  for (let i = 0; i < 40 && Math.max(slots(sources, scale, label, gap), slots(uses, scale, label, gap)) > height; i++) {
    scale *= 0.96;
  }
  const bar = {y: (height - total * scale) / 2, height: total * scale};
  for (const side of [sources, uses]) {
    let outer = (height - slots(side, scale, label, gap)) / 2;
    let inner = bar.y;
    // the lines of unknown powers share what is left of the bar
    const unknown = side.filter((node) => !isFigure(node.watts)).length;
    const share = unknown > 0 ? Math.max(0, bar.height - sum(side) * scale) / unknown : 0;
    for (const node of side) {
      const slot = Math.max(node.width * scale, label);
      node.thickness = node.width * scale;
      node.outer = outer + slot / 2;
      const inside = isFigure(node.watts) ? node.thickness : share;
      node.inner = inner + inside / 2;
      outer += slot + gap;
      inner += inside;
    }
  }
  return {sources, uses, bar, scale, totalWatts: total};
}

/** The picture in words. */
export function words(live, roles) {
  const say = (node) => `${node.name} ${isFigure(node.watts) ? `${kilowatts(node.watts)} kW` : speak('unknown')}`;
  return `${speak('flowIn', {parts: nodes(SOURCES, live, roles).map(say).join(', ')})} ${speak('flowOut', {parts: nodes(USES, live, roles).map(say).join(', ')})}`;
}

function ribbon(x1, y1, x2, y2, thickness) {
  const half = Math.max(thickness, 1.5) / 2;
  const mid = (x1 + x2) / 2;
  const p = (n) => n.toFixed(1);
  return `M${p(x1)} ${p(y1 - half)}C${p(mid)} ${p(y1 - half)} ${p(mid)} ${p(y2 - half)} ${p(x2)} ${p(y2 - half)}`
    + `V${p(y2 + half)}C${p(mid)} ${p(y2 + half)} ${p(mid)} ${p(y1 + half)} ${p(x1)} ${p(y1 + half)}Z`;
}

function line(x1, y1, x2, y2) {
  const mid = (x1 + x2) / 2;
  return `M${x1} ${y1}C${mid} ${y1} ${mid} ${y2} ${x2} ${y2}`;
}

export class Flow {
  #parts = new Map();
  #host;
  #svg;
  #live = {};
  #roles;

  constructor(host) {
    this.#host = host;
    this.#svg = document.createElementNS(SVG, 'svg');
    this.#svg.setAttribute('aria-hidden', 'true');
    host.append(this.#svg);
    new ResizeObserver(() => this.draw(this.#live, this.#roles)).observe(host);
  }

  draw(live, roles) {
    this.#live = live;
    this.#roles = roles;
    const {clientWidth: width, clientHeight: height} = this.#host;
    if (!width || !height) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const narrow = width < 34 * rem;
    const top = 2 * rem; // room for the site's own label
    const plan = layout(live, {height: height - top, label: (narrow ? 3 : 3.4) * rem, gap: 0.25 * rem}, roles);
    const left = (narrow ? 6.3 : 9.6) * rem;
    const right = width - (narrow ? 6.4 : 10) * rem;
    const barWidth = 0.5 * rem;
    const middle = left + (right - left) * 0.46;
    const drawn = new Set();
    for (const node of plan.sources) {
      this.#node(node, drawn, {x1: left, y1: node.outer, x2: middle, y2: node.inner, labelX: left - 0.8 * rem, anchor: 'end', rem});
    }
    for (const node of plan.uses) {
      this.#node(node, drawn, {x1: middle + barWidth, y1: node.inner, x2: right, y2: node.outer, labelX: right + 0.8 * rem, anchor: 'start', rem});
    }
    const bar = this.#part('bar', 'rect', 'flow-bar');
    const siteLabel = narrow ? -0.8 * rem : plan.bar.y - 0.7 * rem; // narrow: above everything, or it meets a source's label
    this.#label('site', speak('site'), live.power_dc_w, {x: middle + barWidth, y: siteLabel, anchor: 'end', inline: true, rem}, drawn);
    drawn.add('bar');
    set(bar, {x: middle, y: plan.bar.y, width: barWidth, height: Math.max(plan.bar.height, 2), rx: barWidth / 4});
    for (const [key, part] of this.#parts) {
      part.style.display = drawn.has(key) ? '' : 'none';
    }
    // in a wide font the labels need more room: the picture shrinks until they are in it
    const {x, width: wide} = this.#svg.getBBox();
    const from = Math.min(0, x);
    this.#svg.setAttribute('viewBox', `${from} ${-top} ${Math.max(width, x + wide) - from} ${height}`);
  }

  #node(node, drawn, {x1, y1, x2, y2, labelX, anchor, rem}) {
    const known = isFigure(node.watts);
    const kind = !known ? 'unknown' : node.width > 0 ? 'flows' : 'zero';
    const shape = this.#part(`${node.id}.ribbon`, 'path', '');
    set(shape, {
      class: `flow-ribbon flow-${node.id} flow-${kind}`,
      d: kind === 'flows' ? ribbon(x1, y1, x2, y2, node.thickness) : line(x1, y1, x2, y2),
    });
    const motion = this.#part(`${node.id}.motion`, 'path', 'flow-motion');
    set(motion, {d: line(x1, y1, x2, y2), 'stroke-width': Math.min(0.14 * rem, node.thickness * 0.4)});
    drawn.add(`${node.id}.ribbon`);
    if (kind === 'flows') drawn.add(`${node.id}.motion`);
    this.#label(node.id, node.name, node.watts, {x: labelX, y: anchor === 'end' ? y1 : y2, anchor, rem}, drawn);
  }

  #label(id, text, watts, {x, y, anchor, inline, rem}, drawn) {
    const known = isFigure(watts);
    const figure = tspan('flow-value', known ? kilowatts(watts) : ABSENT);
    const unit = tspan('flow-unit', known ? ' kW' : ` ${speak('noReadingUnit')}`);
    const name = this.#part(`${id}.name`, 'text', 'flow-name');
    const value = this.#part(`${id}.value`, 'text', 'flow-figure');
    drawn.add(`${id}.value`);
    if (inline) {
      set(value, {x, y, 'text-anchor': anchor, class: 'flow-figure flow-inline'});
      value.replaceChildren(tspan('flow-name', `${text} `), figure, unit);
      return;
    }
    drawn.add(`${id}.name`);
    set(name, {x, y: y - 0.75 * rem, 'text-anchor': anchor});
    set(value, {x, y: y + 1.1 * rem, 'text-anchor': anchor});
    name.textContent = text;
    value.replaceChildren(figure, unit);
  }

  #part(key, element, className) {
    if (!this.#parts.has(key)) {
      const part = document.createElementNS(SVG, element);
      part.setAttribute('class', className);
      this.#svg.append(part);
      this.#parts.set(key, part);
    }
    return this.#parts.get(key);
  }
}

function tspan(className, text) {
  const span = document.createElementNS(SVG, 'tspan');
  span.setAttribute('class', className);
  span.textContent = text;
  return span;
}

function set(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    part.setAttribute(name, value);
  }
}

// The page's pure functions, by `node --test`.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {columns, endOf, powerRange, pueRange, QUARTER_MS, readout} from './chart.js';
import {layout, words} from './flow.js';
import {clock, coverage, kilograms, kilowatts, moment, percent, pue, span, zoneName} from './format.js';
import {freshness} from './freshness.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

test('an absent figure is a dash and never a zero', () => {
  for (const format of [pue, kilowatts, percent, coverage, kilograms]) {
    assert.equal(format(undefined), '–');
    assert.equal(format(NaN), '–');
  }
  assert.equal(kilowatts(0), '0');
  assert.equal(percent(0), '0');
});

test('a PUE below 1 is not shown', () => {
  assert.equal(pue(0.97), '–');
  assert.equal(pue(1.3349), '1.33');
  assert.equal(pue(1.3349, 3), '1.335');
});

test('watts read as kW, small ones with a decimal', () => {
  assert.equal(kilowatts(1_049_400), '1,049');
  assert.equal(kilowatts(2_340), '2.3');
  assert.equal(kilowatts(9_960), '10');
  assert.equal(kilowatts(-3_000), '−3.0');
  assert.equal(kilowatts(-2), '0.0');
});

test('coverage is complete only when it is', () => {
  assert.equal(coverage(1), '100\u00a0%');
  assert.equal(coverage(0.99999), '99.9\u00a0%');
  assert.equal(coverage(0.96), '96\u00a0%');
  assert.equal(coverage(0), '0\u00a0%');
});

test('masses and ratios keep three figures or so', () => {
  assert.equal(kilograms(3.14159), '3.14');
  assert.equal(kilograms(42.42), '42.4');
  assert.equal(kilograms(1018.4), '1,018');
  assert.equal(percent(0.0734), '7.3');
  assert.equal(percent(0.734), '73');
});

test('ages read like a person says them', () => {
  assert.equal(span(12_300), '12 s');
  assert.equal(span(5 * MINUTE), '5 min');
  assert.equal(span(200 * MINUTE), '3 h 20 min');
  assert.equal(span(6 * 60 * MINUTE + 5 * MINUTE), '6 h');
  assert.equal(span(51 * 60 * MINUTE), '2 d 3 h');
  assert.equal(span(-5), '0 s');
});

test('times are in the zone and carry their date when it is another day', () => {
  assert.equal(clock(NOON, 'Asia/Kolkata'), '17:30');
  assert.equal(clock(Date.UTC(2026, 5, 1), 'UTC'), '00:00');
  assert.equal(moment(NOON, NOON + MINUTE, 'UTC'), '12:00');
  assert.equal(moment(NOON, NOON + 86_400_000, 'UTC'), '1 Jun, 12:00');
  assert.equal(zoneName(NOON, 'Asia/Kolkata').replace('Calcutta', 'Kolkata'), 'Asia/Kolkata, UTC+5:30');
  assert.equal(zoneName(NOON, 'UTC'), 'UTC');
});

const live = (more) => ({time_ms: NOON, latest_reading_ms: NOON - 1000, ...more});

test('what is of now has no banner', () => {
  assert.deepEqual(freshness({nowMs: NOON + 1000, connected: true, live: live(), zone: 'UTC'}),
    {state: 'live', word: 'live', text: '', asOf: 'now'});
});

test('a replay of the past says how old the data is', () => {
  const seen = freshness({nowMs: NOON, connected: true, live: live({latest_reading_ms: NOON - 500 * MINUTE}), zone: 'UTC'});
  assert.equal(seen.state, 'old');
  assert.equal(seen.text, 'Data from 03:40, 8 h old');
  assert.equal(seen.asOf, 'at 03:40');
});

test('a lost connection, a silent engine and an empty start are told apart', () => {
  const told = (more) => freshness({nowMs: NOON + 12_000, connected: true, live: live(), zone: 'UTC', ...more});
  assert.equal(told({connected: false}).text, 'Connection lost, reconnecting: figures from 12:00, 12 s old');
  assert.equal(told({connected: false, live: undefined}).text, 'Connection lost, reconnecting');
  assert.equal(told({}).text, 'No live figures for 12 s: the last are from 12:00');
  assert.equal(told({live: undefined}).text, 'No live figures yet: waiting for the engine');
  assert.equal(told({live: live({time_ms: NOON + 12_000, latest_reading_ms: 0})}).text, 'No device has been heard yet');
  assert.deepEqual(told({live: undefined, connected: undefined}).state, 'wait');
});

const quarter = (i, more) => ({
  start_ms: NOON + i * QUARTER_MS, end_ms: NOON + (i + 1) * QUARTER_MS, state: 'final', coverage: 1, pue: 1.3,
  energy_it_kwh: 250, energy_pv_kwh: 0, ...more,
});

test('energies of a quarter hour become mean powers, and gaps stay gaps', () => {
  const data = columns([quarter(-4), quarter(-2), quarter(-1, {pue: undefined}), quarter(0, {state: 'provisional'})], NOON + MINUTE);
  assert.equal(data.slots.length, 96);
  assert.equal(data.x.length, 192);
  assert.deepEqual(data.it.slice(-10), [1000, 1000, null, null, 1000, 1000, 1000, 1000, null, null]);
  assert.deepEqual(data.pue.slice(-10), [1.3, 1.3, null, null, 1.3, 1.3, null, null, null, null]);
  assert.deepEqual(data.solar.slice(-10, -8), [0, 0]);
  assert.deepEqual(data.grid.slice(-10, -8), [null, null]);
  assert.ok(data.x.every((x, i) => i === 0 || x > data.x[i - 1]));
});

test('the chart ends now, or with the data when that is older than a day', () => {
  assert.equal(endOf([quarter(0)], NOON + 3_600_000), NOON + 3_600_000);
  assert.equal(endOf([quarter(0)], NOON + 5 * 86_400_000), NOON + QUARTER_MS);
  assert.equal(endOf([], NOON), NOON);
});

test('the scales hold their figures', () => {
  const [low, high] = pueRange([1.31, null, 1.35]);
  assert.ok(low >= 1 && low < 1.31 && high > 1.35);
  assert.deepEqual(pueRange([null]), [1, 1.6]);
  assert.deepEqual(powerRange([[null], [1000, 10]]), [0, 1500]);
});

test('the readout tells a quarter hour with its basis', () => {
  assert.equal(readout({start: NOON, window: quarter(0, {coverage: 0.93, energy_import_kwh: 10})}, 'UTC'),
    '12:00–12:15: PUE 1.300, IT 1,000 kW, grid 40 kW, solar 0 kW, coverage 93\u00a0%, final');
  assert.equal(readout({start: NOON}, 'UTC'), '12:00–12:15: no closed window');
});

const powers = {
  power_pv_w: 400e3, power_import_w: 1000e3, power_export_w: 0, power_it_w: 1050e3, power_cooling_w: 260e3,
  power_loss_w: 65e3, power_auxiliary_w: 25e3,
};

test('widths are proportional to power, and everything fits with its label', () => {
  const plan = layout(powers, {height: 400, label: 50, gap: 5});
  const [solar, grid] = plan.sources;
  assert.ok(Math.abs(grid.thickness / solar.thickness - 2.5) < 1e-9);
  assert.deepEqual(plan.uses.map((use) => use.id), ['it', 'cooling', 'loss', 'auxiliary']);
  assert.ok(Math.abs(plan.uses.reduce((sum, use) => sum + use.thickness, 0) - plan.bar.height) < 1e-9);
  for (const side of [plan.sources, plan.uses]) {
    side.forEach((node, i) => {
      const half = Math.max(node.thickness, 50) / 2;
      assert.ok(node.outer - half >= -1e-6 && node.outer + half <= 400 + 1e-6);
      assert.ok(i === 0 || node.outer - side[i - 1].outer >= 50);
    });
  }
});

test('export is drawn when there is one', () => {
  const plan = layout({...powers, power_export_w: 120e3, power_import_w: 0}, {height: 400, label: 50, gap: 5});
  assert.equal(plan.uses[0].id, 'export');
  assert.match(words({...powers, power_export_w: 120e3}), /To the grid 120 kW/);
});

test('an unknown power is neither drawn nor said as zero', () => {
  const {power_it_w: _, ...rest} = powers;
  const plan = layout(rest, {height: 400, label: 50, gap: 5});
  assert.equal(plan.uses.find((use) => use.id === 'it').watts, undefined);
  assert.match(words(rest), /IT unknown/);
  assert.ok(plan.uses.every((use) => Number.isFinite(use.inner) && Number.isFinite(use.outer)));
});

test('no power at all is a picture too', () => {
  const plan = layout({}, {height: 400, label: 50, gap: 5});
  assert.equal(plan.bar.height, 0);
  assert.ok(plan.uses.every((use) => Number.isFinite(use.outer)));
});

// The page's pure functions, by `node --test`.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {readFileSync} from 'node:fs';
import {alertCount, sentence} from './alerts.js';
import {mainCause, question, trend} from './change.js';
import {columns, endOf, powerRange, pueRange, QUARTER_MS, readout, tableRows} from './chart.js';
import {layout, words} from './flow.js';
import {
  clock, coverage, kilograms, kilowatts, liveIn, moment, percent, pue, signed, siteDate, span, speak, zoneName,
} from './format.js';
import {freshness, ServerClock} from './freshness.js';
import {
  band, coolingState, coolingSummary, headline, heardValues, inverterState, inverterSummary, inverterWord,
  rowName, summary, timeOf, unheard, withSleepers,
} from './hall.js';
import {absence, basis, packs, title, whyNotCurrent} from './view.js';
import {knows, learn, say, WORDS} from './words.js';

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

test('a share of less than all does not read as all', () => {
  assert.equal(percent(0.9951), '99.5');
  assert.equal(percent(0.99999), '99.9');
  assert.equal(percent(1), '100');
  assert.equal(percent(0.984), '98');
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

test('a site that is read seldom is live for as long as its readings may take', () => {
  const slow = live({latest_reading_ms: NOON - 200_000});
  const seen = (patienceMs) => freshness({nowMs: NOON, connected: true, live: slow, zone: 'UTC', patienceMs}).state;
  assert.equal(seen(900_000), 'live');
  assert.equal(seen(15_000), 'old');
  assert.equal(seen(undefined), 'old');
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

test('an engine that seems to speak of times to come is not live: when it stops nobody would see it', () => {
  const told = (aheadMs) => freshness({nowMs: NOON, connected: true, live: live({time_ms: NOON + aheadMs}), zone: 'UTC'});
  assert.equal(told(3_000).state, 'live');
  assert.deepEqual(told(10 * MINUTE), {state: 'silent', word: 'wrong clock', asOf: 'at 11:59',
    text: 'The page’s clock is 10 min behind the engine’s: how old the figures are is not known'});
});

test('a tab that nobody looks at shows no PUE of the past', () => {
  const now = {site: 'casa1', pue: 1.334};
  assert.equal(title(now, {state: 'live', word: 'live'}), '1.33 PUE · casa1 · Heliograph');
  assert.equal(title(now, {state: 'lost', word: 'no connection'}), 'no connection · casa1 · Heliograph');
  assert.equal(title(undefined, {state: 'lost', word: 'no connection'}), 'Heliograph');
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

test('a quarter that was partly covered has no power: its energy is of fewer minutes', () => {
  const part = quarter(-2, {coverage: 0.33, energy_import_kwh: 10});
  const data = columns([part, quarter(-1)], NOON + MINUTE);
  const at = 2 * data.slots.findIndex(({window}) => window === part);
  assert.deepEqual([data.it[at], data.grid[at], data.solar[at], data.pue[at]], [null, null, null, 1.3]);
  assert.equal(readout({start: NOON, window: part}, 'UTC'),
    '12:00–12:15: PUE 1.300, IT –, grid –, solar –, coverage 33\u00a0%, final');
  assert.deepEqual(tableRows([part], NOON)[0].slice(2, 5), ['–', '–', '–']);
});

test('a quarter in which one meter was not heard throughout has no power of it', () => {
  const part = quarter(-2, {energy_import_kwh: 10, figure_coverage: [{figure: 'energy_import', coverage: 0.5}]});
  const data = columns([part], NOON + MINUTE);
  const at = 2 * data.slots.findIndex(({window}) => window === part);
  assert.deepEqual([data.it[at], data.grid[at], data.solar[at]], [1000, null, 0]);
});

test('the summaries leave out units that are not heard', () => {
  const at = (ms, power_w) => ({at_ms: ms, power_w});
  assert.deepEqual(heardValues([at(NOON - MINUTE, 45_000), at(NOON - 12 * 60 * MINUTE, 44_000), at(NOON - MINUTE)], 'power_w', NOON), [45_000]);
});

test('the readout tells a quarter hour with its basis', () => {
  assert.equal(readout({start: NOON, window: quarter(0, {energy_import_kwh: 10})}, 'UTC'),
    '12:00–12:15: PUE 1.300, IT 1,000 kW, grid 40 kW, solar 0 kW, coverage 100\u00a0%, final');
  assert.equal(readout({start: NOON}, 'UTC'), '12:00–12:15: no closed window');
});

test('a basis says how much is estimated, however little, and not more than is known', () => {
  const part = {coverage: 1, state: 'final', estimated: true};
  assert.equal(basis({...part, estimated_share: 1 / 15}), 'coverage 100\u00a0%, 6.7\u00a0% estimated, final');
  assert.equal(basis({...part, estimated_share: 1 / 525_600}), 'coverage 100\u00a0%, 0.1\u00a0% estimated, final');
  assert.equal(basis({...part, estimated_share: 1}), 'coverage 100\u00a0%, 100\u00a0% estimated, final');
  assert.equal(basis({...part, estimated_share: 0}), 'coverage 100\u00a0%, estimated, final');
  assert.equal(basis(part), 'coverage 100\u00a0%, estimated, final');
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

test('generator and battery are drawn while they give or take power, and only where the site has them', () => {
  const size = {height: 400, label: 50, gap: 5};
  const ids = (nodes) => nodes.map(({id}) => id);
  const outage = {...powers, power_pv_w: 0, power_import_w: 0, power_generator_w: 1300e3, power_battery_w: 100e3};
  const plan = layout(outage, size);
  assert.deepEqual(ids(plan.sources), ['solar', 'grid', 'generator', 'battery']);
  assert.ok(Math.abs(plan.sources.reduce((sum, source) => sum + source.thickness, 0) - plan.bar.height) < 1e-9);
  assert.match(words(outage), /^In: Solar 0 kW, Grid 0 kW, Generator 1,300 kW, Battery 100 kW\. Out: IT/);
  const charging = layout({...powers, power_battery_w: -30e3, power_generator_w: 0}, size);
  assert.deepEqual(ids(charging.sources), ['solar', 'grid']);
  assert.deepEqual(ids(charging.uses), ['charging', 'it', 'cooling', 'loss', 'auxiliary']);
  assert.equal(charging.uses[0].watts, 30e3);
  learn('fr');
  assert.match(words({...powers, power_battery_w: -30e3}), /Vers batterie 30 kW/);
  learn('en');
});

test('an unknown power is neither drawn nor said as zero', () => {
  const {power_it_w: _, ...rest} = powers;
  const plan = layout(rest, {height: 400, label: 50, gap: 5});
  assert.equal(plan.uses.find((use) => use.id === 'it').watts, undefined);
  assert.match(words(rest), /IT unknown/);
  assert.ok(plan.uses.every((use) => Number.isFinite(use.inner) && Number.isFinite(use.outer)));
});

test('what the site has no device for is neither drawn nor said, and a meter that is silent is', () => {
  const size = {height: 400, label: 50, gap: 5};
  const ids = (nodes) => nodes.map(({id}) => id);
  const {power_pv_w: _, power_auxiliary_w: __, ...hallOnly} = powers;
  const colocation = layout(hallOnly, size, ['grid', 'it', 'cooling', 'room']);
  assert.deepEqual(ids(colocation.sources), ['grid']);
  assert.deepEqual(ids(colocation.uses), ['it', 'cooling', 'loss']);
  assert.doesNotMatch(words(hallOnly, ['grid', 'it', 'cooling']), /Solar|Auxiliary/);
  assert.equal(absence({coverage: 1}, ['grid', 'it']), 'no inverters');
  assert.equal(absence({coverage: 1}, ['grid', 'it', 'pv']), 'no readings of the inverters');
  const silent = layout(powers, size, ['grid', 'pv', 'it', 'cooling', 'auxiliary', 'battery']);
  assert.deepEqual(ids(silent.sources), ['solar', 'grid', 'battery']);
  assert.match(words(powers, ['grid', 'pv', 'battery']), /Battery unknown/);
  const full = layout({...powers, power_battery_w: 0}, size, ['grid', 'pv', 'it', 'cooling', 'auxiliary', 'battery']);
  assert.deepEqual(ids(full.sources), ['solar', 'grid']);
});

test('no power at all is a picture too', () => {
  const plan = layout({}, {height: 400, label: 50, gap: 5});
  assert.equal(plan.bar.height, 0);
  assert.ok(plan.uses.every((use) => Number.isFinite(use.outer)));
});

test('both languages say the same things, with the same parts', () => {
  assert.deepEqual(Object.keys(WORDS.fr), Object.keys(WORDS.en));
  const parts = (text) => [...text.matchAll(/\{\w+\}/g)].map(([part]) => part).sort();
  for (const key of Object.keys(WORDS.en)) assert.deepEqual(parts(WORDS.fr[key]), parts(WORDS.en[key]), key);
});

test('one of something is not told as several', () => {
  assert.equal(say('inverterSummary', {count: 1, power: '5.0'}), '1 unit, 5.0 kW,');
  assert.equal(say('inverterSummary', {count: 10, power: '5.0'}), '10 units, 5.0 kW,');
  assert.equal(say('faultCount', {count: 1}), '1 to look at');
  learn('fr');
  assert.equal(say('unread', {count: 1}), '1 non lu');
  assert.equal(say('packsGiven', {count: '21'}), '21 abandonnés par les agents');
  learn('en');
});

test('the page has words for all that it says', () => {
  const page = readFileSync('index.html', 'utf8');
  const named = [...page.matchAll(/data-say(?:-\w+)?="(\w+)"/g)].map(([, key]) => key);
  assert.ok(named.length > 30);
  for (const key of named) assert.ok(knows(key), key);
  assert.throws(() => say('no such words'));
});

test('French has its own commas and signs', () => {
  learn('fr');
  speak('fr');
  assert.equal(pue(1.3349), '1,33');
  assert.equal(kilowatts(1_049_400), '1\u202f049');
  assert.equal(coverage(0.996), '99,6\u00a0%');
  assert.equal(signed(-0.0121, 3), '−0,012');
  assert.equal(span(51 * 60 * MINUTE), '2 j 3 h');
  assert.equal(freshness({nowMs: NOON, connected: true, live: undefined, zone: 'UTC'}).text,
    'Pas encore de chiffres en direct : en attente du moteur');
  learn('en');
  speak('en');
  assert.equal(pue(1.3349), '1.33');
});

test('times are by the site\'s clock as the server tells it, whatever the browser knows', () => {
  const ramadan = Date.UTC(2026, 1, 15, 2);
  const zone = {name: 'Africa/Casablanca', offsets: [{from_ms: 0, offset_s: 3600}, {from_ms: ramadan, offset_s: 0}]};
  assert.equal(clock(ramadan - 1, zone), '02:59');
  assert.equal(clock(ramadan, zone), '02:00');
  assert.equal(zoneName(ramadan - 1, zone), 'Africa/Casablanca, UTC+1');
  assert.equal(zoneName(ramadan, {...zone, offsets: [{from_ms: 0, offset_s: -12_600}]}), 'Africa/Casablanca, UTC−3:30');
  liveIn(zone);
  assert.equal(clock(NOON), '12:00');
  assert.equal(clock(ramadan - 1), '02:59');
  assert.equal(siteDate(ramadan - 1000).getHours(), 2);
  liveIn(undefined);
});

const envelope = {recommended_c: [18, 27], allowable_c: [15, 32]};

test('a temperature is judged by the envelope, whose limits are within it', () => {
  const at = (value) => band(value, envelope);
  assert.deepEqual([14.9, 15, 17.9, 18, 27, 27.1, 32, 32.1, undefined].map(at),
    ['tooCold', 'cool', 'cool', 'within', 'within', 'warm', 'warm', 'tooHot', 'unread']);
});

const sensor = (device, celsius, at = NOON) => ({device, at_ms: at, inlet_temp_c: celsius});
const hall = (rows, more) => ({envelope, rows, cooling: [], inverters: [], ...more});

test('the hall in a line: how many inlets are within, and the warmest of all', () => {
  const told = summary(hall([
    {area: 'hall-1/row-a', sensors: [sensor('a1', 22), sensor('a2', 28), {device: 'a3'}]},
    {area: 'hall-1/row-b', sensors: [sensor('b1', 30, NOON - 20 * MINUTE), sensor('b2', 17)]},
  ]), NOON + MINUTE);
  assert.deepEqual({...told, warmest: told.warmest.device}, {sensors: 5, known: 3, within: 1, warmest: 'a2'});
});

test('sensors that nobody reads are told with those that are within, and are a reason to look', () => {
  assert.deepEqual(headline({sensors: 18, known: 10, within: 10}), {text: '10 of 10 within, 8 unread', bad: true});
  assert.deepEqual(headline({sensors: 18, known: 18, within: 17}), {text: '17 of 18 within', bad: true});
  assert.deepEqual(headline({sensors: 18, known: 18, within: 18}), {text: '18 of 18 within', bad: false});
  assert.deepEqual(headline({sensors: 18, known: 0, within: 0}), {text: '18 unread', bad: true});
  assert.deepEqual(headline({sensors: 0, known: 0, within: 0}), {text: 'no inlet sensors', bad: false});
});

test('that no alert stands is said only where somebody judges', () => {
  assert.deepEqual(alertCount({standing: 0, judged: 'yes'}), {text: 'none', note: ''});
  assert.deepEqual(alertCount({standing: 0, judged: 'unknown'}), {text: '–', note: 'no rule has reported anything yet'});
  assert.deepEqual(alertCount({standing: 3, judged: 'unknown'}), {text: '3', note: ''});
  assert.deepEqual(alertCount({standing: 0, judged: 'no'}), {text: '–', note: 'the rules can’t be evaluated now'});
  assert.deepEqual(alertCount({standing: 3, judged: 'no'}), {text: '3', note: 'the rules can’t be evaluated now'});
});

test('who is silent since before the page began was not never heard', () => {
  const known = {silent: [{device: 'crac-07', last_ms: NOON - 24 * MINUTE}, {device: 'crac-08', last_ms: 0}]};
  liveIn({name: 'UTC', offsets: [{from_ms: 0, offset_s: 0}]});
  assert.equal(unheard({device: 'crac-07'}, NOON, known), 'not heard since 11:36');
  assert.equal(unheard({device: 'crac-08'}, NOON, known), 'never heard');
  assert.equal(unheard({device: 'crac-09'}, NOON, known), 'not heard');
  assert.equal(unheard({device: 'crac-07', at_ms: NOON - 31 * MINUTE}, NOON, known), 'not heard since 11:30');
  liveIn(undefined);
});

test('inverters that the sun has left are asleep, and nobody looks for them', () => {
  const night = Array.from({length: 10}, (_, i) => ({device: `inv-${i}`, area: 'roof', at_ms: NOON - 5 * 60 * MINUTE, power_w: 120}));
  const all = {devices_stale: 1, silent: [{device: 'pdu-1', last_ms: 1}], power_pv_w: 0};
  const told = (units) => [inverterSummary(units, [], NOON), ...new Set(units.map((unit) => inverterState(unit, [], NOON)))];
  const asleep = withSleepers(night, NOON, all);
  assert.deepEqual(told(asleep), ['no sun', 'ok']);
  assert.deepEqual([inverterWord(asleep[0], []), asleep[0].power_w], ['asleep', 0]);
  const morning = withSleepers(night, NOON, {...all, power_pv_w: undefined});
  assert.deepEqual([inverterWord(morning[0], []), morning[0].power_w], ['asleep', undefined], 'not known is not 0');
  assert.deepEqual(told(withSleepers(night, NOON, {...all, devices_stale: 200})), ['10 to look at', 'unheard'], 'not all are named');
  assert.deepEqual(told(withSleepers(night, NOON, undefined)), ['10 to look at', 'unheard']);
  assert.deepEqual(told(withSleepers(night, NOON, {...all, power_pv_w: 380_000})), ['10 to look at', 'unheard'], 'the page lags');
  const one = {devices_stale: 1, silent: [{device: 'inv-3', last_ms: 1}], power_pv_w: 0};
  assert.deepEqual(told(withSleepers(night, NOON, one)), ['1 to look at', 'ok', 'unheard']);
  const fault = [{device: 'inv-1', rule: 'inverter-fault'}];
  assert.equal(inverterState(asleep[1], fault, NOON), 'fault');
});

test('in a replay of the past devices are not all unheard', () => {
  const past = hall([{area: 'a', sensors: [sensor('a1', 22, NOON - 8 * 60 * MINUTE)]}]);
  assert.equal(timeOf(past, NOON), NOON - 8 * 60 * MINUTE);
  assert.equal(timeOf(hall([{area: 'a', sensors: [sensor('a1', 22)]}]), NOON + MINUTE), NOON + MINUTE);
});

test('a hall that falls silent while the rest of the site is heard is not shown as it was', () => {
  const told = hall([{area: 'a', sensors: [sensor('a1', 22, NOON - 60 * MINUTE)]}]);
  const heard = {time_ms: NOON, latest_reading_ms: NOON - 1_000};
  assert.equal(timeOf(told, NOON, heard), NOON);
  assert.equal(summary(told, timeOf(told, NOON, heard)).known, 0);
  assert.equal(timeOf(told, NOON, {...heard, latest_reading_ms: NOON - 55 * MINUTE}), NOON - 60 * MINUTE, 'all of it is old');
});

test('a device that reports seldom is heard for as long as its kind may take', () => {
  const unit = {device: 'inv-1', at_ms: NOON, power_w: 1000};
  assert.equal(inverterState(unit, [], NOON + 10 * MINUTE), 'unheard');
  assert.equal(inverterState({...unit, patience_ms: 30 * MINUTE}, [], NOON + 10 * MINUTE), 'ok');
  assert.equal(inverterState({...unit, patience_ms: 30 * MINUTE}, [], NOON + 32 * MINUTE), 'unheard');
});

test('what comes late does not set the clock back', () => {
  const heard = new ServerClock();
  const late = 40_000;
  assert.equal(heard.hear(NOON, NOON - 7_000, 0), 7_000);
  assert.equal(heard.hear(NOON, NOON - 7_000 + late, late), 7_000);
  const aheadMs = heard.hear(NOON + MINUTE - late, NOON - 7_000 + MINUTE, MINUTE);
  assert.equal(aheadMs, 7_000);
  const nowMs = NOON - 7_000 + MINUTE + aheadMs;
  assert.equal(freshness({nowMs, connected: true, live: live({time_ms: nowMs - late}), zone: 'UTC'}).state, 'silent');
  assert.equal(heard.hear(NOON, NOON - 7_000 + 6 * MINUTE, 6 * MINUTE), 7_000 - 6 * MINUTE, 'after a while, what there is');
});

test('a clock of this machine that is set is heard anew', () => {
  const heard = new ServerClock();
  heard.hear(NOON, NOON, 0);
  assert.equal(heard.hear(NOON + 1000, NOON + 3_601_000, 1000), -3_600_000);
});

test('rows have short names in one hall and whole ones in several', () => {
  assert.equal(rowName('hall-1/row-a', ['hall-1/row-a', 'hall-1/row-b']), 'A');
  assert.equal(rowName('hall-1/row-a', ['hall-1/row-a', 'hall-2/row-a']), 'hall-1/row-a');
  assert.equal(rowName('', ['']), '–');
});

test('a cooling unit is in alarm by its own word or by the alert for that, and unheard before either', () => {
  const unit = {device: 'crac-01', at_ms: NOON, events: 0};
  assert.equal(coolingState(unit, [], NOON), 'ok');
  assert.equal(coolingState({...unit, events: 4}, [], NOON), 'alarm');
  assert.equal(coolingState(unit, [{device: 'crac-01', rule: 'crac-alarm'}], NOON), 'alarm');
  assert.equal(coolingState({...unit, events: 4}, [], NOON + 10 * MINUTE), 'unheard');
  assert.equal(coolingState({device: 'crac-01'}, [], NOON), 'unheard');
});

test('of a cooling unit that never reports alarms nobody says that it has none', () => {
  const unit = {device: 'crac-01', at_ms: NOON};
  assert.equal(coolingState(unit, [], NOON), 'untold');
  assert.equal(say(coolingState(unit, [], NOON)), 'alarms not reported');
  assert.equal(coolingState(unit, [{device: 'crac-01', rule: 'crac-alarm'}], NOON), 'alarm');
  assert.equal(coolingSummary(['ok', 'ok']), 'none in alarm');
  assert.equal(coolingSummary(['ok', 'untold']), 'alarms of 1 not reported');
  assert.equal(coolingSummary(['alarm', 'untold', 'unheard']), '2 to look at');
});

test('an alert of another kind is no alarm of the unit', () => {
  const alerts = [{device: 'crac-01', rule: 'crac-uneven', severity: 'info'}, {device: 'inv-01', rule: 'device-clock-behind'}];
  const unit = {device: 'crac-01', at_ms: NOON, events: 0};
  assert.equal(coolingState(unit, alerts, NOON), 'alerted');
  assert.equal(coolingState({...unit, events: undefined}, alerts, NOON), 'alerted');
  assert.equal(say('alerted'), 'see alerts');
  assert.equal(coolingSummary(['ok', 'alerted', 'untold']), '1 with alerts');
  assert.equal(coolingSummary(['alarm', 'alerted']), '1 to look at');
  const inverter = {device: 'inv-01', at_ms: NOON, state: 4, state_name: 'mppt', power_w: 35_000};
  assert.equal(inverterState(inverter, alerts, NOON), 'alerted');
  assert.equal(inverterWord(inverter, alerts), 'running, see alerts');
  assert.equal(inverterWord({...inverter, state: undefined, state_name: undefined}, alerts), 'see alerts');
  assert.equal(inverterSummary([inverter], alerts, NOON), '1 with alerts');
  assert.equal(inverterState({...inverter, of_neighbours: 0.6}, alerts, NOON), 'behind');
});

test('an inverter that has an alarm says so beside its state', () => {
  const unit = {device: 'inv-01', at_ms: NOON, state: 4, state_name: 'mppt'};
  assert.equal(inverterWord(unit, []), 'running');
  assert.equal(inverterWord({...unit, events: 2}, []), 'running, alarm');
  assert.equal(inverterWord({...unit, state: 7, state_name: 'fault'}, [{device: 'inv-01', rule: 'inverter-fault'}]), 'fault');
  assert.equal(inverterState(unit, [{device: 'inv-01', rule: 'inverter-fault'}], NOON), 'fault');
});

test('there is no sun when the inverters sleep, not when they only don\'t tell their state', () => {
  const units = (...all) => all.map((unit, i) => ({device: `inv-${i}`, at_ms: NOON, ...unit}));
  const told = (...all) => inverterSummary(units(...all), [], NOON);
  const asleep = {state: 2, state_name: 'sleeping', power_w: 0};
  assert.equal(told({power_w: 35_000}, {power_w: 35_000}, {power_w: 35_000}), 'nothing to look at');
  assert.equal(told(asleep, asleep), 'no sun');
  assert.equal(told(asleep, {power_w: -2}), 'no sun');
  assert.equal(told({state_name: 'off', power_w: 0}, {state_name: 'standby', power_w: 0}), 'none produces');
  assert.equal(told(asleep, {state_name: 'off', power_w: 0}), 'none produces');
  assert.equal(told({state_name: 'off'}, {state_name: 'standby'}), 'none produces');
  assert.equal(told({power_w: 0}, {power_w: 1}), 'none produces');
  assert.equal(told({power_w: 0}, {}), 'nothing to look at');
  assert.equal(told({state_name: 'sleeping', power_w: 35_000}), 'nothing to look at');
  assert.equal(inverterSummary(units({power_w: 0}), [], NOON + 10 * MINUTE), '1 to look at');
  learn('fr');
  assert.equal(told({state_name: 'off', power_w: 0}), 'pas de production');
  learn('en');
});

test('an inverter is behind when its neighbours do clearly more', () => {
  const unit = {device: 'inv-01', at_ms: NOON, state_name: 'mppt', of_neighbours: 0.97};
  assert.equal(inverterState(unit, [], NOON), 'ok');
  assert.equal(inverterState({...unit, of_neighbours: 0.6}, [], NOON), 'behind');
  assert.equal(inverterState({...unit, of_neighbours: undefined}, [], NOON), 'ok');
  assert.equal(inverterState({...unit, state_name: 'fault'}, [], NOON), 'fault');
  assert.equal(inverterState({...unit, state_name: 'standby', state: 8}, [], NOON), 'ok');
});

const moved = (parts) => ({change: Object.values(parts).reduce((a, b) => a + b, 0),
  parts: {it: 0, cooling: 0, distribution: 0, auxiliary: 0, unmetered: 0, ...parts}, after: {to_ms: NOON}});

test('the main cause of a move is what pushed most in its direction', () => {
  assert.equal(mainCause(moved({it: -0.02, cooling: 0.03})), 'cooling');
  assert.equal(mainCause(moved({it: -0.03, cooling: 0.02})), 'it');
  assert.equal(mainCause(moved({it: -0.0301, cooling: 0.03})), undefined);
  assert.equal(mainCause({before: {}, after: {}}), undefined);
  assert.equal(trend(moved({cooling: 0.012}), NOON), '▲ +0.012 in an hour, most by cooling');
  assert.equal(trend(moved({it: -0.012}), NOON), '▼ −0.012 in an hour, most by IT load');
  assert.equal(trend(moved({}), NOON), 'steady over the last hour');
  assert.equal(trend({before: {}, after: {}}, NOON), '');
});

test('where no minute has been whole for long the trend says of which hour it is', () => {
  liveIn({name: 'UTC', offsets: [{from_ms: 0, offset_s: 0}]});
  const later = NOON + 3 * 60 * MINUTE;
  assert.equal(trend(moved({cooling: 0.012}), later), '▲ +0.012 in the hour before 12:00, most by cooling');
  assert.equal(trend(moved({}), later), 'steady in the hour before 12:00');
  liveIn(undefined);
});

test('the first moment is an hour before the second unless it is chosen', () => {
  assert.equal(question('', ''), '');
  assert.equal(question('1000', ''), 'from=1000');
  assert.equal(question('', '7200000'), 'to=7200000&from=3600000');
  assert.equal(question('1', '2'), 'to=2&from=1');
});

test('the chart is a table too, of what there is', () => {
  liveIn({name: 'UTC', offsets: [{from_ms: 0, offset_s: 0}]});
  const rows = tableRows([quarter(-4), quarter(-2, {energy_import_kwh: 10})], NOON);
  assert.deepEqual(rows, [
    ['1 Jun, 11:30', '1.300', '1,000', '40', '0', 'coverage 100\u00a0%, final'],
    ['1 Jun, 11:00', '1.300', '1,000', '–', '0', 'coverage 100\u00a0%, final'],
  ]);
  liveIn(undefined);
});

test('the gap ledger is one line over all agents', () => {
  assert.equal(packs([]), '');
  assert.equal(packs([{agent: 'a', expected: 1_200_000, missing: 0}, {agent: 'b', expected: 4330, missing: 0}]),
    '0 of 1,204,330 packs missing');
  assert.equal(packs([{agent: 'a', expected: 10, missing: 1, reported: 2, unnumbered: 1}]),
    '1 of 10 packs missing, 3 given up by agents');
});

test('a device without current values is silent, or its clock is behind, or it was never heard', () => {
  assert.equal(whyNotCurrent({last_ms: NOON - 12 * MINUTE}, NOON), 'silent for 12 min');
  assert.equal(whyNotCurrent({last_ms: NOON - 60 * MINUTE, heard_ms: NOON, behind_ms: 60 * MINUTE}, NOON), 'clock 1 h behind');
  assert.equal(whyNotCurrent({}, NOON), 'never heard');
});

test('an alert is told in French, with its value as French people write it; what has no French words stays in English', () => {
  learn('fr');
  speak('fr');
  assert.equal(sentence({watch: 'silence', value: 121}), 'pas de mesure depuis 2 min');
  assert.equal(sentence({watch: 'inlet-high', value: 33.2}), 'l’air entre à 33,2 °C');
  assert.equal(sentence({watch: 'inverter-yield', value: 0.6}), '60 % de l’énergie médiane de ses voisins');
  assert.equal(sentence({watch: 'breaker', value: 1}), 'le disjoncteur a déclenché');
  assert.equal(sentence({watch: 'site-model', value: 1}), undefined);
  assert.equal(sentence({watch: 'of-a-newer-engine', value: 1}), undefined);
  assert.equal(sentence({value: 1}), undefined);
  learn('en');
  speak('en');
  assert.equal(sentence({watch: 'silence', value: 121}), undefined);
});

// Figures as text. An absent figure is a dash, never a zero.
export const ABSENT = '–';

const DAYS = {'en-GB': 'd', 'fr-FR': 'j'};
let locale = 'en-GB';
let siteZone;
const FORMATS = new Map();

/** Of all that follows, until the next call. */
export function speak(language) {
  locale = language === 'fr' ? 'fr-FR' : 'en-GB';
}

/** The zone of the site, as the server tells it: {name, offsets: [{from_ms, offset_s}]}. A browser's own rules may be old. */
export function liveIn(zone) {
  siteZone = zone;
}

function formatter(kind, options) {
  const key = `${kind.name} ${locale} ${JSON.stringify(options)}`;
  if (!FORMATS.has(key)) FORMATS.set(key, new kind(locale, options));
  return FORMATS.get(key);
}

export function number(value, digits) {
  // a typographic minus, and no "-0"
  return formatter(Intl.NumberFormat, {minimumFractionDigits: digits, maximumFractionDigits: digits})
    .format(value).replace(/^-(?=[0.,]*$)/, '').replace('-', '−');
}

/** A change says its direction; what rounds to nothing has none. */
export function signed(value, digits) {
  const text = number(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function isFigure(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

export function count(value) {
  return isFigure(value) ? number(value, 0) : ABSENT;
}

/** A ratio of energies. A PUE below 1 is a fault of the meters, not a number to show. */
export function pue(value, digits = 2) {
  return isFigure(value) && value >= 1 ? number(value, digits) : ABSENT;
}

/** Watts as kW: small ones with a decimal. */
export function kilowatts(watts) {
  if (!isFigure(watts)) return ABSENT;
  const kw = watts / 1000;
  return number(kw, kw !== 0 && Math.abs(kw) < 9.95 ? 1 : 0);
}

/** A share of less than all never rounds up to all. */
export function percent(ratio) {
  if (!isFigure(ratio)) return ABSENT;
  const hundredths = ratio * 100;
  if (hundredths >= 99.5 && hundredths < 100) return number(Math.min(99.9, hundredths), 1);
  return number(hundredths, hundredths < 9.95 && hundredths > 0 ? 1 : 0);
}

/** Coverage never rounds up to complete. */
export function coverage(ratio) {
  if (!isFigure(ratio)) return ABSENT;
  const cut = ratio >= 1 ? 100 : Math.min(99.9, Math.floor(ratio * 1000) / 10);
  return `${number(cut, Number.isInteger(cut) ? 0 : 1)}\u00a0%`;
}

/** What is estimated never rounds down to nothing. */
export function estimated(ratio) {
  const up = Math.min(100, Math.ceil(ratio * 1000) / 10);
  return `${number(up, Number.isInteger(up) ? 0 : 1)}\u00a0%`;
}

export function kilograms(kg) {
  if (!isFigure(kg)) return ABSENT;
  const size = Math.abs(kg);
  return number(kg, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

export function celsius(value) {
  return isFigure(value) ? number(value, 1) : ABSENT;
}

/** How long: the two largest units that say something, 12 s, 5 min, 3 h 20 min, 2 d 3 h. */
export function span(millis) {
  const s = Math.max(0, Math.floor(millis / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 6) return min % 60 ? `${h} h ${min % 60} min` : `${h} h`;
  if (h < 24) return `${h} h`;
  const d = Math.floor(h / 24);
  return d < 7 && h % 24 ? `${d} ${DAYS[locale]} ${h % 24} h` : `${d} ${DAYS[locale]}`;
}

/** The clock on site: seconds east of UTC at a moment. */
export function offsetSeconds(zone, millis) {
  return zone.offsets.findLast(({from_ms: from}) => from <= millis)?.offset_s ?? zone.offsets[0].offset_s;
}

function local(millis, zone, options) {
  const where = zone ?? siteZone;
  return where?.offsets
    ? formatter(Intl.DateTimeFormat, {...options, timeZone: 'UTC'}).format(millis + offsetSeconds(where, millis) * 1000)
    : formatter(Intl.DateTimeFormat, {...options, timeZone: where}).format(millis);
}

/** A date whose local fields are those of the site's clock: for a library that knows no other. */
export function siteDate(millis) {
  if (!siteZone) return new Date(millis);
  const shown = new Date(millis + offsetSeconds(siteZone, millis) * 1000);
  return new Date(shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate(), shown.getUTCHours(),
    shown.getUTCMinutes(), shown.getUTCSeconds(), shown.getUTCMilliseconds());
}

/** A time of day, on site unless another zone is given. */
export function clock(millis, zone, withSeconds = false) {
  return local(millis, zone, {hour: '2-digit', minute: '2-digit', ...(withSeconds && {second: '2-digit'}), hourCycle: 'h23'});
}

/** A time of day, with its date when that isn't today. */
export function moment(millis, nowMillis, zone) {
  return date(millis, zone) === date(nowMillis, zone)
    ? clock(millis, zone) : `${date(millis, zone)}, ${clock(millis, zone)}`;
}

export function date(millis, zone) {
  return local(millis, zone, {day: 'numeric', month: 'short'});
}

/** The zone of the times shown, as "Africa/Casablanca, UTC+1". */
export function zoneName(millis, zone) {
  const where = zone ?? siteZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const name = where.name ?? where;
  const offset = where.offsets ? offsetName(offsetSeconds(where, millis)) : new Intl.DateTimeFormat('en-GB', {timeZoneName: 'shortOffset', timeZone: name})
    .formatToParts(millis).find((part) => part.type === 'timeZoneName').value.replace('GMT', 'UTC').replace('-', '−');
  return offset === 'UTC' || offset === 'UTC+0' && name === 'UTC' ? 'UTC' : `${name.replaceAll('_', ' ')}, ${offset}`;
}

function offsetName(seconds) {
  const minutes = Math.abs(Math.round(seconds / 60));
  const rest = minutes % 60 ? `:${String(minutes % 60).padStart(2, '0')}` : '';
  return `UTC${seconds < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

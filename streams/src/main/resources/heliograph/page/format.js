// Figures as text. An absent figure is a dash, never a zero.
export const ABSENT = '–';

const NUMBERS = new Map();
function number(value, digits) {
  if (!NUMBERS.has(digits)) {
    NUMBERS.set(digits, new Intl.NumberFormat('en-GB', {minimumFractionDigits: digits, maximumFractionDigits: digits}));
  }
  // a typographic minus, and no "-0"
  return NUMBERS.get(digits).format(value).replace(/^-(?=[0.,]*$)/, '').replace('-', '−');
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

export function percent(ratio) {
  if (!isFigure(ratio)) return ABSENT;
  const hundredths = ratio * 100;
  return number(hundredths, hundredths < 9.95 && hundredths > 0 ? 1 : 0);
}

/** Coverage never rounds up to complete. */
export function coverage(ratio) {
  if (!isFigure(ratio)) return ABSENT;
  return `${ratio >= 1 ? 100 : Math.min(99.9, Math.floor(ratio * 1000) / 10)}\u00a0%`;
}

export function kilograms(kg) {
  if (!isFigure(kg)) return ABSENT;
  const size = Math.abs(kg);
  return number(kg, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
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
  return d < 7 && h % 24 ? `${d} d ${h % 24} h` : `${d} d`;
}

/** A time of day in the browser's zone. */
export function clock(millis, zone, withSeconds = false) {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit', minute: '2-digit', ...(withSeconds && {second: '2-digit'}), hourCycle: 'h23', timeZone: zone,
  }).format(millis);
}

/** A time of day, with its date when that isn't today. */
export function moment(millis, nowMillis, zone) {
  return date(millis, zone) === date(nowMillis, zone)
    ? clock(millis, zone) : `${date(millis, zone)}, ${clock(millis, zone)}`;
}

export function date(millis, zone) {
  return new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', timeZone: zone}).format(millis);
}

/** The browser's zone, as "Africa/Casablanca, UTC+1". */
export function zoneName(millis, zone) {
  const name = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offset = new Intl.DateTimeFormat('en-GB', {timeZoneName: 'shortOffset', timeZone: name})
    .formatToParts(millis).find((part) => part.type === 'timeZoneName').value.replace('GMT', 'UTC').replace('-', '−');
  return offset === 'UTC' || offset === 'UTC+0' && name === 'UTC' ? 'UTC' : `${name.replaceAll('_', ' ')}, ${offset}`;
}

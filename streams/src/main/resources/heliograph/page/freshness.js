// Whether what the page shows is of now, and the sentence to say when it isn't.
import {moment, span} from './format.js';

export const LIVE_LIMIT_MS = 5_000;
export const READING_LIMIT_MS = 120_000;

/**
 * @param live the newest live state, or undefined
 * @param connected whether events arrive; undefined while the first connection is being made
 * @returns {{state: 'live'|'wait'|'lost'|'silent'|'old', word: string, text: string, asOf: string}} text is empty when
 *     all is well; asOf says of what moment the live figures are
 */
export function freshness({nowMs, connected, live, zone}) {
  const at = (millis) => moment(millis, nowMs, zone);
  const asOf = live ? `at ${at(live.latest_reading_ms || live.time_ms)}` : 'now';
  if (connected === false) {
    const age = live ? `: figures from ${at(live.time_ms)}, ${span(nowMs - live.time_ms)} old` : '';
    return {state: 'lost', word: 'no connection', text: `Connection lost, reconnecting${age}`, asOf};
  }
  if (!live && connected === undefined) {
    return {state: 'wait', word: 'connecting', text: '', asOf};
  }
  if (!live) {
    return {state: 'silent', word: 'no data', text: 'No live figures yet: waiting for the engine', asOf};
  }
  const liveAge = nowMs - live.time_ms;
  if (liveAge > LIVE_LIMIT_MS) {
    const text = `No live figures for ${span(liveAge)}: the last are from ${at(live.time_ms)}`;
    return {state: 'silent', word: 'no data', text, asOf};
  }
  if (!live.latest_reading_ms) {
    return {state: 'silent', word: 'no data', text: 'No device has been heard yet', asOf};
  }
  const readingAge = nowMs - live.latest_reading_ms;
  if (readingAge > READING_LIMIT_MS) {
    return {state: 'old', word: 'past', text: `Data from ${at(live.latest_reading_ms)}, ${span(readingAge)} old`, asOf};
  }
  return {state: 'live', word: 'live', text: '', asOf: 'now'};
}

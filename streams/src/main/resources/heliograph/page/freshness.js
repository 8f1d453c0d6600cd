// Whether what the page shows is of now, and the sentence to say when it isn't.
import {moment, span} from './format.js';
import {say} from './words.js';

export const LIVE_LIMIT_MS = 5_000;

const READING_LIMIT_MS = 120_000;
/** So far ahead of the server's clock a live state may be: what an engine that has stopped said last would pass for live as long. */
const AHEAD_LIMIT_MS = 15_000;

const CLOCK_MEMORY_MS = 5 * 60_000;
const CLOCK_STEP_MS = 2_000;

/**
 * The server's clock, as what it sends says. What comes late makes it seem behind, never ahead: the most of the last
 * minutes counts, so that old events on a slow link don't pass for new ones.
 */
export class ServerClock {
  #samples = []; // the greatest first, each newer than the one before it
  #offsetMs;

  /**
   * @param serverMs when the server wrote it
   * @param ownMs this machine's clock, now
   * @param steadyMs a clock that nobody sets, now
   * @returns the server's clock minus this machine's
   */
  hear(serverMs, ownMs, steadyMs) {
    const offsetMs = ownMs - steadyMs;
    if (Math.abs(offsetMs - this.#offsetMs) > CLOCK_STEP_MS) this.#samples = []; // this machine's was set
    this.#offsetMs = offsetMs;
    const aheadMs = serverMs - ownMs;
    this.#samples = [
      ...this.#samples.filter((sample) => sample.aheadMs > aheadMs && steadyMs - sample.heardMs < CLOCK_MEMORY_MS),
      {aheadMs, heardMs: steadyMs},
    ];
    return this.#samples[0].aheadMs;
  }
}

/** How old the newest reading of a site may be, though all is well: where all of it is read seldom, as long as that takes. */
export const readingLimitMs = (patienceMs) => Math.max(READING_LIMIT_MS, patienceMs ?? 0);

/**
 * @param live the newest live state, or undefined
 * @param connected whether events arrive; undefined while the first connection is being made
 * @param patienceMs how long nobody on site may be heard though all is well; undefined while that isn't known
 * @returns {{state: 'live'|'wait'|'lost'|'silent'|'old', word: string, text: string, asOf: string}} text is empty when
 *     all is well; asOf says of what moment the live figures are
 */
export function freshness({nowMs, connected, live, zone, patienceMs}) {
  const at = (millis) => moment(millis, nowMs, zone);
  const asOf = live ? say('at', {time: at(live.latest_reading_ms || live.time_ms)}) : say('now');
  if (connected === false) {
    const text = live
      ? say('lostAge', {time: at(live.time_ms), age: span(nowMs - live.time_ms)}) : say('lost');
    return {state: 'lost', word: say('noConnection'), text, asOf};
  }
  if (!live && connected === undefined) {
    return {state: 'wait', word: say('connecting'), text: '', asOf};
  }
  if (!live) {
    return {state: 'silent', word: say('noData'), text: say('noFiguresYet'), asOf};
  }
  const liveAge = nowMs - live.time_ms;
  if (liveAge > LIVE_LIMIT_MS) {
    const text = say('noFiguresFor', {age: span(liveAge), time: at(live.time_ms)});
    return {state: 'silent', word: say('noData'), text, asOf};
  }
  if (liveAge < -AHEAD_LIMIT_MS) {
    return {state: 'silent', word: say('wrongClock'), text: say('clocksApart', {age: span(-liveAge)}), asOf};
  }
  if (!live.latest_reading_ms) {
    return {state: 'silent', word: say('noData'), text: say('nobodyHeard'), asOf};
  }
  const readingAge = nowMs - live.latest_reading_ms;
  if (readingAge > readingLimitMs(patienceMs)) {
    return {state: 'old', word: say('past'), text: say('oldData', {time: at(live.latest_reading_ms), age: span(readingAge)}), asOf};
  }
  return {state: 'live', word: say('live'), text: '', asOf: say('now')};
}

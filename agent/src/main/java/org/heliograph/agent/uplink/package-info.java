/**
 * From the journal to Kafka: read in order, send, wait for the broker's answers, confirm. Nothing is given up: while
 * the broker is away the pump waits, says so once, and goes on where it was. An entry that Kafka can never take becomes
 * a dead letter. Dead letters that Kafka doesn't take wait by themselves, and readings pass them. Delivery is at least
 * once; a pack's origin tells a repeated one.
 */
@NullMarked
package org.heliograph.agent.uplink;

import org.jspecify.annotations.NullMarked;

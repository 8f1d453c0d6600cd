/**
 * The whole path on one machine: broker, simulated site, agent, Kafka, streams and store, each the real thing in a process
 * of its own where it is one in the field. The demo, the end-to-end tests and the benchmarks run it; {@link
 * org.heliograph.lab.pipeline.LedgerCheck} compares what the store says with what really happened.
 */
@NullMarked
package org.heliograph.lab.pipeline;

import org.jspecify.annotations.NullMarked;

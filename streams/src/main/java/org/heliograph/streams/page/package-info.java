/**
 * The live page: what the site does now, for people on shift. {@link org.heliograph.streams.page.PageFeed} follows the
 * published figures on Kafka, {@link org.heliograph.streams.page.PageBoard} keeps the last day of them in memory, and
 * {@link org.heliograph.streams.page.LivePage} serves them with the page that draws them. It computes no figure: what
 * the engine didn't publish, the page doesn't show. It can run apart from the engine, and any number of times.
 */
@NullMarked
package org.heliograph.streams.page;

import org.jspecify.annotations.NullMarked;

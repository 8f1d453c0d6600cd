/** {@code streams.yaml}: one tree of records, read and judged whole, with the site models that it names. */
@NullMarked
package org.heliograph.streams.config;

import org.jspecify.annotations.NullMarked;

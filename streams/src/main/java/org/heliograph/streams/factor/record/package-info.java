/**
 * What {@code hg.factors} carries: versions of published factors in our own words, and points of intensity series in
 * their vendors' words, read strictly. A record that can't be read is a refusal with its reason.
 */
@NullMarked
package org.heliograph.streams.factor.record;

import org.jspecify.annotations.NullMarked;

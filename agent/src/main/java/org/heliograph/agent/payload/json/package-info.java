/**
 * The JSON that devices of many makers publish, to readings, by rules that say which topics belong to which device and
 * where in a document a point is. Numbers are decimals all the way to the millijoule. Rules for common devices ship with
 * the agent, as {@code mappings.yaml}; reading rules from a configuration is the configuration's matter.
 */
@NullMarked
package org.heliograph.agent.payload.json;

import org.jspecify.annotations.NullMarked;

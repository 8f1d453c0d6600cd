/**
 * The Helm chart, linted and rendered by Helm itself (a native library), and held against the programs that it starts:
 * their configuration, commands, ports and paths, and what the dashboards ask of a real store.
 */
@NullMarked
package org.heliograph.lab.helm;

import org.jspecify.annotations.NullMarked;

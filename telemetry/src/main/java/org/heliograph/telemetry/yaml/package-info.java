/**
 * Configuration files. A file is read whole: every flaw is noted with its file, line and field, and all are reported
 * together. The only package that knows the YAML library.
 */
@NullMarked
package org.heliograph.telemetry.yaml;

import org.jspecify.annotations.NullMarked;

/**
 * What configurations say of secrets and of TLS: where a password is, never the password; who is trusted, and who one is
 * oneself, in PEM files. All of it is read when it is used, so that what was renewed is taken up without a restart.
 */
@NullMarked
package org.heliograph.telemetry.security;

import org.jspecify.annotations.NullMarked;

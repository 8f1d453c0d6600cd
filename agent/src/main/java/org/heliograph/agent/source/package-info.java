/**
 * Where readings come from: one package per technology, none of which knows another. A source runs on threads of its
 * own, waits for what is absent and says so once, and acknowledges only what the intake has answered for.
 */
@NullMarked
package org.heliograph.agent.source;

import org.jspecify.annotations.NullMarked;

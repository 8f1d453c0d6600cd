/** Hostile inputs, made of whole ones: what is decoded of strangers must refuse them, and nothing worse. */
@NullMarked
package org.heliograph.agent.fuzz;

import org.jspecify.annotations.NullMarked;

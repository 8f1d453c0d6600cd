/** What is written for people, held against what there is. */
@NullMarked
package org.heliograph.lab.docs;

import org.jspecify.annotations.NullMarked;

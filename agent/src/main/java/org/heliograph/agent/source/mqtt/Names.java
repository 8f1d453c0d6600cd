package org.heliograph.agent.source.mqtt;

import java.util.Set;

/** Names that survive a restart. */
public interface Names {
    /** For sessions that end with the process. */
    Names NONE = new Names() {
        @Override
        public Set<String> beginning(String prefix) {
            return Set.of();
        }

        @Override
        public void keep(String name) {
            // nothing outlives the process
        }

        @Override
        public void forget(String name) {
            // nothing is kept
        }
    };

    /** Those that are kept and begin so. */
    Set<String> beginning(String prefix);

    void keep(String name);

    void forget(String name);
}

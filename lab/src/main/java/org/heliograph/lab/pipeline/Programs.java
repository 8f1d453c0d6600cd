package org.heliograph.lab.pipeline;

import java.nio.file.Path;
import org.heliograph.lab.server.HeliographProcess;

/** Where Heliograph's own programs of a pipeline come from. */
public interface Programs {
    /** This build's, in JVMs as lean as the launcher's. */
    Programs BUILT = new Programs() {
        @Override
        public HeliographProcess agent(Path folder, Path config) {
            return HeliographProcess.agent(folder, config);
        }

        @Override
        public HeliographProcess streams(Path folder, Path config) {
            return HeliographProcess.streams(folder, config);
        }
    };

    /** An agent that runs with a configuration; its log is kept in a folder. */
    HeliographProcess agent(Path folder, Path config);

    /** The engine, the sink and the page, likewise. */
    HeliographProcess streams(Path folder, Path config);
}

package org.heliograph.agent;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The file that a command is given, or the one that lies where it is started. */
final class ConfigFile {
    @Parameters(
            paramLabel = "CONFIG",
            arity = "0..1",
            description = "The agent's configuration. Default: ${DEFAULT-VALUE}")
    private Path path = Path.of("agent.yaml");

    Path path() {
        return path;
    }
}

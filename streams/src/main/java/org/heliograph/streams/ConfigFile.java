package org.heliograph.streams;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The file that a command is given, or the one that lies where it is started. */
final class ConfigFile {
    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration. Default: ${DEFAULT-VALUE}")
    private Path path = Path.of("streams.yaml");

    Path path() {
        return path;
    }

    void take(Path given) {
        path = given;
    }
}

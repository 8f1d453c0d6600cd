package org.heliograph.lab.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the build has made with {@code -P packages}. */
final class Built {
    static final String MISSING = "the packages aren't built: mvnw -P packages package";

    private Built() {}

    /** The agent's Debian package for this machine. */
    static Optional<Path> debianPackage() throws IOException {
        return find("agent", "heliograph-agent_.*\\.deb");
    }

    /** The folder that is in a program's tarball. */
    static Optional<Path> program(String module, String program) throws IOException {
        return find(module, "heliograph-" + program + "-[^/]*(?<!\\.gz)")
                .map(found -> found.resolve("heliograph-" + program));
    }

    private static Optional<Path> find(String module, String name) throws IOException {
        Path target = Path.of("..", module, "target").toAbsolutePath().normalize();
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(target)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(name))
                    .toList();
            return found.stream().findFirst();
        }
    }
}

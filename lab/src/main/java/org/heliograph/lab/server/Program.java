package org.heliograph.lab.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system, on the PATH or where Debian puts servers. */
final class Program {
    private Program() {}

    static Optional<Path> find(String name) {
        String path = System.getenv("PATH");
        return Stream.concat(
                        Arrays.stream((path == null ? "" : path).split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Path require(String name) {
        return find(name).orElseThrow(() -> new ServerException(name + " isn't installed on this machine"));
    }
}

package org.heliograph.telemetry.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** A committed file of {@code src/test/resources/golden}: bytes in hexadecimal, comments from {@code #} to the line's end. */
final class GoldenBytes {
    private GoldenBytes() {}

    static byte[] read(String name) throws IOException {
        try (InputStream in = GoldenBytes.class.getResourceAsStream("/golden/" + name + ".hex")) {
            if (in == null) {
                throw new IOException("no golden file " + name);
            }
            return HexFormat.of()
                    .parseHex(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> line.replaceAll("#.*|\\s", ""))
                            .collect(Collectors.joining()));
        }
    }
}

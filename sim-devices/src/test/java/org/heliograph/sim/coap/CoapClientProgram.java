package org.heliograph.sim.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** libcoap's client, as a stranger. */
final class CoapClientProgram {
    private static final Path PROGRAM = Path.of("/usr/bin/coap-client-notls");

    private CoapClientProgram() {}

    static boolean isThere() {
        return Files.isExecutable(PROGRAM);
    }

    /** Prints what it hears at once: of itself it would keep that until it ends. */
    static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stdbuf", "-o0", PROGRAM.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    static String run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}

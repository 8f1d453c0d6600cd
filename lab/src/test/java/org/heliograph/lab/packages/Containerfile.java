package org.heliograph.lab.packages;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The last stage of an image's description: what it copies from the build, what it runs, who it is and what it starts.
 *
 * @param base the image that it starts from
 * @param copied from the build's folders to the image's: pairs
 */
record Containerfile(
        String base,
        List<List<String>> copied,
        List<String> runs,
        String user,
        List<String> entrypoint,
        List<String> command) {
    Containerfile {
        copied = List.copyOf(copied);
        runs = List.copyOf(runs);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
    }

    static Containerfile read(Path file) throws IOException {
        Containerfile stage = new Containerfile("", List.of(), List.of(), "", List.of(), List.of());
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int space = line.indexOf(' ');
            String rest = line.substring(space + 1);
            stage = switch (line.substring(0, space)) {
                case "FROM" -> new Containerfile(rest, List.of(), List.of(), "", List.of(), List.of());
                case "COPY" -> stage.copying(rest);
                case "RUN" -> stage.running(rest);
                case "USER" ->
                    new Containerfile(stage.base, stage.copied, stage.runs, rest, stage.entrypoint, stage.command);
                case "ENTRYPOINT" ->
                    new Containerfile(stage.base, stage.copied, stage.runs, stage.user, words(rest), stage.command);
                case "CMD" ->
                    new Containerfile(stage.base, stage.copied, stage.runs, stage.user, stage.entrypoint, words(rest));
                case "WORKDIR" -> stage;
                default -> throw new IOException(file + ": unknown here: " + line);
            };
        }
        return stage;
    }

    private Containerfile copying(String what) {
        List<List<String>> more = new ArrayList<>(copied);
        more.add(List.of(what.replace("--from=build ", "").split(" ")));
        return new Containerfile(base, more, runs, user, entrypoint, command);
    }

    private Containerfile running(String what) {
        List<String> more = new ArrayList<>(runs);
        more.add(what);
        return new Containerfile(base, copied, more, user, entrypoint, command);
    }

    private static List<String> words(String json) throws IOException {
        return List.of(new ObjectMapper().readValue(json, String[].class));
    }
}

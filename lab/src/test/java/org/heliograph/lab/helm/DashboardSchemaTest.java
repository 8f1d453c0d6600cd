package org.heliograph.lab.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dashboards against Grafana's own schema, which is npm's {@code @grafana/schema}: TypeScript's compiler judges. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardSchemaTest {
    private static final Path SOURCE = Path.of("src/test/npm").toAbsolutePath();
    private static final Path FOLDER = Path.of("target/npm").toAbsolutePath();

    private record Answer(int status, String text) {}

    @BeforeAll
    void fetchTheSchema() throws Exception {
        assumeTrue(has("node") && has("npm"), "node or npm isn't installed");
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "schema.ts", "check.mjs")) {
            Files.writeString(FOLDER.resolve(file), Files.readString(SOURCE.resolve(file)));
        }
        Answer answer = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        assumeTrue(answer.status() == 0, "the schema can't be had from npm: " + answer.text());
    }

    @Test
    void every_dashboard_is_what_grafana_takes_for_one() throws Exception {
        try (Stream<Path> files = Files.list(Chart.FOLDER.resolve("dashboards"))) {
            Answer answer = check(files.sorted().toList());
            assertThat(answer.text()).isEmpty();
            assertThat(answer.status()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"spanNulls\"           | \"spanNull\"     | 'spanNull'",
                "\"value_and_name\"      | \"value_and_nam\" | value_and_name",
                "\"timeseries\"          | \"graph\"        | \"graph\"",
                "\"refresh\": \"10s\"    | \"refrsh\": \"10s\" | refrsh",
                "\"mode\": \"absolute\"  | \"mode\": \"absolut\" | absolut",
            })
    void what_grafana_does_not_know_is_found(String right, String wrong, String said, @TempDir Path folder)
            throws Exception {
        String text = Files.readString(Chart.FOLDER.resolve("dashboards/overview.json"));
        assertThat(text).contains(right);
        Path file = Files.writeString(folder.resolve("wrong.json"), text.replace(right, wrong));

        Answer answer = check(List.of(file));

        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.text()).contains("wrong.json:").contains(said.replace("'", ""));
    }

    private static Answer check(List<Path> files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", "check.mjs"));
        files.forEach(file -> command.add(file.toString()));
        return run(command.toArray(String[]::new));
    }

    private static Answer run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Answer(process.waitFor(), text);
    }

    private static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}

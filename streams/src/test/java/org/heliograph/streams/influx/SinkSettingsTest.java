package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.yaml.Flaw;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkSettingsTest {
    @TempDir
    Path folder;

    private final Flaws flaws = new Flaws();

    @Test
    void a_token_is_read_from_its_file_and_never_shown() throws Exception {
        Files.writeString(folder.resolve("token"), "s3cret\n");
        SinkSettings settings = read("""
                url: https://influx.example:8086
                org: o
                bucket: b
                tokenFile: token
                group: g
                batchLines: 500
                """);
        assertThat(flaws.found()).isEmpty();
        assertThat(settings)
                .isEqualTo(new SinkSettings(
                        true,
                        URI.create("https://influx.example:8086"),
                        "o",
                        "b",
                        Optional.of(new Secret.InFile(folder.resolve("token"))),
                        "g",
                        500,
                        4_000,
                        Optional.empty()));
        assertThat(settings.tokenNow()).isEqualTo("s3cret");
        assertThat(settings.toString()).contains("influx.example").doesNotContain("s3cret");
    }

    @Test
    void a_token_is_named_as_other_secrets_are_and_never_stands_in_the_configuration() throws Exception {
        Files.writeString(folder.resolve("token"), "s3cret\n");
        assertThat(read("token: {file: token}").tokenNow()).isEqualTo("s3cret");
        assertThat(flaws.found()).isEmpty();
        read("token: s3cret");
        assertThat(flaws.found()).isNotEmpty().allSatisfy(flaw -> {
            assertThat(flaw.field()).isEqualTo("token");
            assertThat(flaw.toString()).doesNotContain("s3cret");
        });
    }

    @Test
    void everything_has_a_default() {
        assertThat(read("enabled: true")).isEqualTo(SinkSettings.of(URI.create("http://127.0.0.1:8086")));
        assertThat(flaws.found()).isEmpty();
    }

    @Test
    void all_faults_are_told_with_line_and_field() {
        read("""
                url: influx:8086
                tokenEnv: PATH
                tokenFile: missing
                batchLines: 0
                bukket: x
                """);
        assertThat(flaws.found())
                .extracting(Flaw::line, Flaw::field)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(1, "url"),
                        org.assertj.core.groups.Tuple.tuple(2, "tokenEnv"),
                        org.assertj.core.groups.Tuple.tuple(3, "tokenFile"),
                        org.assertj.core.groups.Tuple.tuple(4, "batchLines"),
                        org.assertj.core.groups.Tuple.tuple(5, "bukket"));
    }

    @Test
    void a_password_in_the_address_is_refused_because_addresses_are_logged() {
        read("url: http://user:s3cret@influx.example");
        assertThat(flaws.found()).singleElement().asString().contains("url").doesNotContain("s3cret");
    }

    @Test
    void a_store_may_stand_behind_a_path_and_nothing_goes_on_behind_it() {
        assertThat(read("url: https://gate.example/influx").url()).hasToString("https://gate.example/influx/");
        assertThat(flaws.found()).isEmpty();
        read("url: https://gate.example/influx?db=x");
        assertThat(flaws.found()).singleElement().asString().contains("url", "behind the path");
    }

    @Test
    void a_variable_that_is_not_there_and_tls_without_https_are_faults() {
        read("""
                url: http://influx.example:8086
                tokenEnv: HELIOGRAPH_NO_SUCH_VARIABLE
                tls: {}
                """);
        assertThat(flaws.found()).extracting(Flaw::field).containsExactlyInAnyOrder("tokenEnv", "tls");
        assertThat(read("{url: 'https://influx.example:8086', tls: {}}").tls()).isPresent();
    }

    private SinkSettings read(String yaml) {
        return SinkSettings.read(Section.of(folder.resolve("streams.yaml").toString(), yaml, flaws));
    }
}

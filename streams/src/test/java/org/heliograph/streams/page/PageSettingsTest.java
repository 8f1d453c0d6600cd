package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.heliograph.telemetry.yaml.Flaw;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageSettingsTest {
    private final Flaws flaws = new Flaws();

    @Test
    void without_a_section_it_listens_on_this_machine_only() {
        assertThat(read("other: 1")).isEqualTo(new PageSettings(true, "127.0.0.1", 8080));
        assertThat(flaws.found()).isEmpty();
    }

    @Test
    void every_field_can_be_set() {
        assertThat(read("page: {enabled: false, host: '::', port: 0, anonymous: true}"))
                .isEqualTo(new PageSettings(false, "::", 0, Optional.empty(), Optional.empty(), true));
        assertThat(flaws.found()).isEmpty();
    }

    @Test
    void all_faults_are_named_at_once() {
        read("page:\n  port: 70000\n  host: 'a b'\n  colour: red");

        assertThat(flaws.found())
                .extracting(Flaw::toString)
                .containsExactlyInAnyOrder(
                        "streams.yaml:2: page.port: 70000 is not between 0 and 65535",
                        "streams.yaml:3: page.host: 'a b' is not a host name or address",
                        "streams.yaml:4: page.colour: unknown field; known here: enabled host port token tls anonymous");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "'::'", "192.0.2.1"})
    void what_can_be_reached_from_outside_asks_who_is_there(String host) {
        read("page: {host: " + host + "}");
        assertThat(flaws.found())
                .singleElement()
                .asString()
                .contains("page.host", "can be reached from outside: set token or tls.ca, or anonymous: true");
    }

    @Test
    void a_short_token_is_no_token(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "secret");
        Section section = Section.of(folder.resolve("streams.yaml").toString(), "page: {token: {file: token}}", flaws)
                .section("page");
        PageSettings.read(section);
        assertThat(flaws.found()).singleElement().asString().contains("page.token", "at least 16 characters");
    }

    @Test
    void with_a_token_it_may_be_opened(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        Section section = Section.of(
                        folder.resolve("streams.yaml").toString(), "page: {host: 0.0.0.0, token: {file: token}}", flaws)
                .section("page");
        PageSettings settings = PageSettings.read(section);
        assertThat(flaws.found()).isEmpty();
        assertThat(settings.toString()).doesNotContain("0123456789abcdef");
    }

    private PageSettings read(String text) {
        return PageSettings.read(Section.of("streams.yaml", text, flaws).section("page"));
    }
}

package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.heliograph.telemetry.yaml.Fault;
import org.heliograph.telemetry.yaml.Faults;
import org.heliograph.telemetry.yaml.Section;
import org.junit.jupiter.api.Test;

class PageSettingsTest {
    private final Faults faults = new Faults();

    @Test
    void without_a_section_it_listens_on_this_machine_only() {
        assertThat(read("other: 1")).isEqualTo(new PageSettings(true, "127.0.0.1", 8080));
        assertThat(faults.found()).isEmpty();
    }

    @Test
    void every_field_can_be_set() {
        assertThat(read("page: {enabled: false, host: '::', port: 0}")).isEqualTo(new PageSettings(false, "::", 0));
        assertThat(faults.found()).isEmpty();
    }

    @Test
    void all_faults_are_named_at_once() {
        read("page:\n  port: 70000\n  host: 'a b'\n  colour: red");

        assertThat(faults.found())
                .extracting(Fault::toString)
                .containsExactlyInAnyOrder(
                        "streams.yaml:2: page.port: 70000 is not between 0 and 65535",
                        "streams.yaml:3: page.host: 'a b' is not a host name or address",
                        "streams.yaml:4: page.colour: unknown field; known here: enabled host port");
    }

    private PageSettings read(String text) {
        return PageSettings.read(Section.of("streams.yaml", text, faults).section("page"));
    }
}

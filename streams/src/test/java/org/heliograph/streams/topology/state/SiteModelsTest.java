package org.heliograph.streams.topology.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.heliograph.streams.topology.SiteTexts;
import org.junit.jupiter.api.Test;

class SiteModelsTest {
    private final SiteTexts store = new SiteTexts();
    private final ParsedSites parsed = new ParsedSites();

    private void publish(String zone) {
        store.put("a", "site: a\nzone: " + zone + "\ndevices: [{id: m, profile: utility-meter, role: grid}]\n");
        parsed.changed();
    }

    @Test
    void a_model_is_parsed_once_for_all_tasks_and_again_when_another_is_published() {
        SiteModels one = new SiteModels(store, parsed);
        SiteModels other = new SiteModels(store, parsed);
        publish("UTC");
        SiteModels.Version first = one.version("a").orElseThrow();
        assertThat(other.version("a").orElseThrow()).isSameAs(first);

        publish("Africa/Casablanca");
        SiteModels.Version second = other.version("a").orElseThrow();
        assertThat(second.model().zone().getId()).isEqualTo("Africa/Casablanca");
        assertThat(one.version("a").orElseThrow()).isSameAs(second);
    }

    @Test
    void a_site_whose_model_is_withdrawn_has_none() {
        SiteModels sites = new SiteModels(store, parsed);
        publish("UTC");
        assertThat(sites.version("a")).isPresent();
        store.remove("a");
        parsed.changed();
        assertThat(sites.version("a")).isEmpty();
    }
}

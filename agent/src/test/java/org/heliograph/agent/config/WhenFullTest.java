package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.heliograph.agent.config.WhenFull.Rule;
import org.heliograph.agent.config.WhenFull.Way;
import org.junit.jupiter.api.Test;

class WhenFullTest {
    @Test
    void the_first_rule_that_fits_counts_and_without_one_what_is_new_is_refused() {
        WhenFull rules = new WhenFull(List.of(
                new Rule("inlet-07", Way.DROP_OLDEST),
                new Rule("inlet-*", Way.THIN_OUT),
                new Rule("*-a*b", Way.DROP_OLDEST)));

        assertThat(rules.of("inlet-07")).isEqualTo(Way.DROP_OLDEST);
        assertThat(rules.of("inlet-08")).isEqualTo(Way.THIN_OUT);
        assertThat(rules.of("inlet-")).isEqualTo(Way.THIN_OUT);
        assertThat(rules.of("inlet")).isEqualTo(Way.REFUSE_NEW);
        assertThat(rules.of("pdu-a01b")).isEqualTo(Way.DROP_OLDEST);
        assertThat(rules.of("pdu-a01c")).isEqualTo(Way.REFUSE_NEW);
        assertThat(rules.thins()).isTrue();
        assertThat(new WhenFull(List.of(new Rule("*", Way.DROP_OLDEST))).thins())
                .isFalse();
    }

    @Test
    void what_names_no_devices_is_refused() {
        assertThatThrownBy(() -> new Rule("", Way.THIN_OUT)).hasMessageStartingWith("'' is no name of devices");
        assertThatThrownBy(() -> new Rule("a/b", Way.THIN_OUT)).hasMessageStartingWith("'a/b' is no name of devices");
        assertThatThrownBy(() -> Way.labelled("drop"))
                .hasMessage("'drop' is none of refuse-new, drop-oldest, thin-out");
    }
}

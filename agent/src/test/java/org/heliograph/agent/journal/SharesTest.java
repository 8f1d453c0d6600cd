package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final long ALL = 100_000;
    private static final long ENTRY = 100;

    private final Shares shares = new Shares(ALL);
    private final Map<String, Long> held = new HashMap<>();
    private long free = ALL;

    @Test
    void one_that_is_alone_may_have_all() {
        fill("loud");
        assertThat(held).isEqualTo(Map.of("loud", ALL));
        assertThat(shares.greedy()).isEmpty();
    }

    @Test
    void one_that_floods_leaves_a_quarter_to_the_others() {
        assertThat(takes("calm")).isTrue();
        fill("loud");

        assertThat(held.get("loud")).isEqualTo(ALL * 3 / 4 - ENTRY);
        assertThat(shares.greedy()).contains("loud");
        assertThat(takes("calm")).isTrue();
    }

    @Test
    void those_that_fill_it_together_use_all_of_it() {
        boolean isAny = true;
        while (isAny) {
            isAny = false;
            for (int i = 0; i < 4; i++) {
                isAny |= takes("rack-" + i);
            }
        }
        assertThat(free).isZero();
        assertThat(shares.greedy()).isEmpty();
    }

    @Test
    void a_quarter_is_anybodys_however_much_the_others_have() {
        assertThat(takes("loud")).isTrue();
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 7; j++) {
                assertThat(takes("rack-" + i)).isTrue();
            }
        }
        fill("loud");
        assertThat(held.get("loud")).isEqualTo(ALL / 4);
        assertThat(free).as("and some is left").isPositive();
    }

    @Test
    void what_was_delivered_is_its_share_again() {
        assertThat(takes("calm")).isTrue();
        fill("loud");

        shares.given("loud", ENTRY);
        free += ENTRY;
        assertThat(shares.greedy()).isEmpty();
        assertThat(takes("loud")).isTrue();
        assertThat(takes("loud")).isFalse();
    }

    private void fill(String key) {
        while (takes(key)) {
            // as long as it is given anything
        }
    }

    private boolean takes(String key) {
        shares.speaks(key);
        if (free < ENTRY || !shares.mayTake(key, ENTRY, free)) {
            return false;
        }
        shares.taken(key, ENTRY);
        held.merge(key, ENTRY, Long::sum);
        free -= ENTRY;
        return true;
    }
}

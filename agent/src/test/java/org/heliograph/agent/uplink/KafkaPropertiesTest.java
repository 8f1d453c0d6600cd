package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.junit.jupiter.api.Test;

class KafkaPropertiesTest {
    /** As after a power cut in which the identity provider comes up later than this machine. */
    public static final class NobodyToLogInWith implements LoginModule {
        @Override
        public void initialize(
                Subject subject, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {}

        @Override
        public boolean login() throws LoginException {
            throw new LoginException("Connection refused");
        }

        @Override
        public boolean commit() {
            return false;
        }

        @Override
        public boolean abort() {
            return true;
        }

        @Override
        public boolean logout() {
            return true;
        }
    }

    @Test
    void who_gives_out_tickets_or_tokens_may_be_away_as_a_broker_may() {
        Map<String, String> plain = Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN");
        assertThat(KafkaProperties.CHECK.trouble().apply(plain)).isNotEmpty();
        assertThat(KafkaProperties.CHECK
                        .trouble()
                        .apply(Map.of(
                                "security.protocol",
                                "SASL_PLAINTEXT",
                                "sasl.mechanism",
                                "PLAIN",
                                "sasl.jaas.config",
                                NobodyToLogInWith.class.getName() + " required;")))
                .isEmpty();
    }

    @Test
    void a_number_or_a_choice_may_stand_elsewhere() {
        assertThat(KafkaProperties.CHECK
                        .faults()
                        .apply(Map.of("linger.ms", "${env:LINGER}", "security.protocol", "${env:P}")))
                .isEmpty();
        assertThat(KafkaProperties.CHECK.faults().apply(Map.of("linger.ms", "long")))
                .containsOnlyKeys("linger.ms");
    }
}

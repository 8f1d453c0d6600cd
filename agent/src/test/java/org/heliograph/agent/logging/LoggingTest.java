package org.heliograph.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.ContextInitializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LoggingTest {
    private static final String NAMED = "logback.configurationFile";

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void nothing_is_named() {
        System.clearProperty(NAMED);
        context.stop();
    }

    @Test
    void logback_finds_it_and_reads_no_file_then() throws Exception {
        Logging.ofThisProcess();
        new ContextInitializer(context).autoConfig();

        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console"))
                .isNotNull();
        assertThat(context.getLogger("org.heliograph.agent").getEffectiveLevel())
                .isEqualTo(Level.INFO);
        assertThat(context.getLogger("org.apache.kafka.common").getEffectiveLevel())
                .isEqualTo(Level.WARN);
    }

    @Test
    void a_file_that_an_operator_names_goes_before_it() {
        Logging.ofThisProcess();
        System.setProperty(NAMED, "/etc/heliograph/logback.xml");

        assertThat(new Logging().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .isExhausted();
    }
}

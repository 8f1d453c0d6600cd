package org.heliograph.agent.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * Logs to standard error, in the agent's own process. As code, since reading a {@code logback.xml} loads 350 classes more, 3 MB
 * of the agent's memory; a file that {@code -Dlogback.configurationFile} names goes before it.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0} %msg %ex{12}%n";

    private static final Map<String, Level> LEVELS = Map.of(
            "org.apache.kafka",
            Level.WARN,
            // repeats every second or so while a broker is away; the pump says once that it is
            "org.apache.kafka.clients.NetworkClient",
            Level.ERROR,
            "org.apache.kafka.clients.ClientUtils",
            Level.ERROR,
            "org.eclipse.californium",
            Level.WARN,
            // off a Pi it complains at length of what the GPIO source says in a sentence
            "com.pi4j",
            Level.OFF);

    private static volatile boolean isOwnProcess;

    /** Before the first logger is made; who embeds an agent chooses how his own program logs. */
    public static void ofThisProcess() {
        isOwnProcess = true;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (!isOwnProcess || System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName("console");
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

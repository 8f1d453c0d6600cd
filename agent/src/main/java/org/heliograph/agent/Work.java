package org.heliograph.agent;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.uplink.KafkaProperties;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** What a command does with its configuration. */
@FunctionalInterface
interface Work {
    int DONE = 0;
    int FAILED = 1;
    int WRONG_USAGE = 2;

    /** Returns the exit status. */
    int on(AgentConfig config) throws JournalException, InterruptedException;

    /** Does it; whatever prevents it is a sentence on the standard error, and an exit status. */
    static int by(Path file, PrintWriter out, PrintWriter err, Work work) throws InterruptedException {
        return by(file, out, err, FAILED, work);
    }

    /** @param absent the exit status if only that is missing which may come yet: who starts again goes by it */
    static int by(Path file, PrintWriter out, PrintWriter err, int absent, Work work) throws InterruptedException {
        try {
            return work.on(AgentFile.read(file, KafkaProperties.CHECK));
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            if (!e.isPassing()) {
                return WRONG_USAGE;
            }
            if (absent == FAILED) {
                err.println("agent: if the file is right, start it again when this is there");
            }
            return absent;
        } catch (JournalException e) {
            err.println(e.isForeign() ? file + ": journal.path: " + e.getMessage() : "agent: " + e.getMessage());
            return e.isForeign() ? WRONG_USAGE : FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }
}

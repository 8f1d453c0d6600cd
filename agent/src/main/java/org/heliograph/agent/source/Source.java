package org.heliograph.agent.source;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.heliograph.agent.intake.Intake;

/** Devices of one technology. */
public interface Source extends AutoCloseable {
    /** How long closing may wait for those who don't answer. */
    Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    /** Begins to take readings; returns at once, whether or not anything can be reached. */
    void start(Intake intake);

    /** What a source may be without for a while. */
    enum Needs {
        NOTHING,
        SOCKETS,
        /** What that said of who is there counts only as long as it can be heard. */
        BROKER
    }

    Needs needs();

    /** Why it isn't connected to its broker, or doesn't listen, now; empty when it is or does, or has nothing of the kind. */
    default Optional<String> unconnected() {
        return Optional.empty();
    }

    /** How many DTLS handshakes failed since the start; empty for what does none. */
    default OptionalLong failedHandshakes() {
        return OptionalLong.empty();
    }

    /** What it isn't given though it is connected, a sentence each, for those who ask how the agent is. */
    default List<String> refusals() {
        return List.of();
    }

    /** Closes for good: the configuration doesn't have it any more, and nobody needs to keep anything for it. */
    default void retire() {
        close();
    }

    /** Takes no more. What is with the intake by now may still be acknowledged. */
    @Override
    void close();
}

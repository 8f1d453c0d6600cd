package org.heliograph.agent.uplink;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the last attempt has shown of the other side. Of the pump's thread; anybody may ask. */
final class Contact {
    private static final Logger log = LoggerFactory.getLogger(Contact.class);

    private final LongSupplier backlog;
    private volatile Optional<Uplink.Delivery.Halted> failure = Optional.empty();

    /** @param backlog how many entries wait, for the log */
    Contact(LongSupplier backlog) {
        this.backlog = backlog;
    }

    /** Whether it got through; nobody has heard of anything else before the first. */
    boolean isMade() {
        return failure.isEmpty();
    }

    /** How it failed; empty when it got through. */
    Optional<Uplink.Delivery.Halted> failure() {
        return failure;
    }

    void made() {
        boolean wasLost = failure.isPresent();
        failure = Optional.empty();
        if (wasLost) {
            log.info("uplink=reachable backlog={}", backlog.getAsLong());
        }
    }

    /** Told once, and again when it is for another reason, whatever numbers come with it. */
    void failed(Uplink.Delivery.Halted now) {
        boolean isTold =
                failure.filter(before -> plain(before).equals(plain(now))).isPresent();
        failure = Optional.of(now);
        if (!isTold) {
            log.warn(
                    "uplink={} backlog={} reason={}",
                    now.answered() ? "takes-nothing" : "unreachable",
                    backlog.getAsLong(),
                    now.reason());
        }
    }

    private static String plain(Uplink.Delivery.Halted halted) {
        return halted.reason().replaceAll("\\d+", "#");
    }
}

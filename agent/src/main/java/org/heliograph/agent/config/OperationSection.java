package org.heliograph.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.yaml.HostPort;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the parts {@code health}, {@code limit}, {@code silence} and {@code canary} of {@code agent.yaml}. */
final class OperationSection {
    private static final String LISTEN = "127.0.0.1:9464";
    private static final int PACKS_PER_SECOND = 20;
    private static final int PACKS_PER_SECOND_MAX = 100_000;
    private static final int BURST = 100_000;
    private static final int BURST_MAX = 100_000_000;
    private static final int PERIODS = 3;
    private static final int PERIODS_MAX = 1_000;
    private static final Duration AT_LEAST = Duration.ofMinutes(1);
    private static final Duration AT_LEAST_MIN = Duration.ofSeconds(1);
    private static final Duration EXPECTED_MIN = Duration.ofMillis(100);
    private static final Duration CANARY_PERIOD = Duration.ofSeconds(10);
    private static final Duration CANARY_PERIOD_MIN = Duration.ofSeconds(1);

    private OperationSection() {}

    /** @param devices that sources have; the canary is added */
    static Operation read(Section top, String agent, Set<String> devices) {
        return new Operation(
                health(top), limit(top.section("limit")), silence(top.section("silence")), canary(top, agent, devices));
    }

    private static Operation.@Nullable Health health(Section top) {
        if (!top.has("health")) {
            return null;
        }
        Section section = top.section("health");
        Operation.Health health =
                section.optional("listen", OperationSection::listen).orElse(listen(LISTEN));
        section.finish();
        return health;
    }

    private static Operation.Limit limit(Section section) {
        Operation.Limit limit = new Operation.Limit(
                section.integer("packsPerSecond", PACKS_PER_SECOND, 1, PACKS_PER_SECOND_MAX),
                section.integer("burst", BURST, 1, BURST_MAX));
        section.finish();
        return limit;
    }

    private static Operation.Silence silence(Section section) {
        Path site = section.optional("site", section::resolved).orElse(null);
        if (site != null && !Files.isReadable(site)) {
            section.absent("site", "'" + site + "' can't be read");
        }
        int periods = section.integer("periods", PERIODS, 1, PERIODS_MAX);
        Duration atLeast = section.duration("atLeast", AT_LEAST);
        if (atLeast.compareTo(AT_LEAST_MIN) < 0) {
            section.flaw("atLeast", "is below " + AT_LEAST_MIN);
        }
        Section each = section.section("expected");
        Map<String, Duration> expected = new HashMap<>();
        for (String device : each.keys()) {
            Duration every = each.duration(device, EXPECTED_MIN);
            if (every.compareTo(EXPECTED_MIN) < 0) {
                each.flaw(device, "is below " + EXPECTED_MIN);
            }
            expected.put(device, every);
        }
        section.finish();
        return new Operation.Silence(site, periods, atLeast, expected);
    }

    private static Operation.@Nullable Canary canary(Section top, String agent, Set<String> devices) {
        if (!top.has("canary")) {
            return null;
        }
        Section section = top.section("canary");
        String device = section.optional("device", AgentFile::name).orElse(agent);
        if (!devices.add(device)) {
            section.flaw("device", "'" + device + "' is a device of another source");
        }
        Duration period = section.duration("period", CANARY_PERIOD);
        if (period.compareTo(CANARY_PERIOD_MIN) < 0) {
            section.flaw("period", "is below " + CANARY_PERIOD_MIN);
        }
        section.finish();
        return new Operation.Canary(device, period);
    }

    private static Operation.Health listen(String text) {
        HostPort named =
                HostPort.known(text, "'" + text + "' is not address:port").requireAddress();
        return new Operation.Health(named.host(), named.port());
    }
}

package org.heliograph.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.health.Silence;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often devices report, as the configuration and the site's model say. */
final class Expectations {
    private static final Logger log = LoggerFactory.getLogger(Expectations.class);

    private Expectations() {}

    static Silence.Rule of(AgentConfig whole, InstantSource clock) {
        Operation.Silence config = whole.operation().silence();
        String site = whole.site();
        Map<String, Duration> periods = new HashMap<>();
        Path file = config.site();
        if (file != null) {
            periods.putAll(ofModel(file, site, clock));
        }
        return new Silence.Rule(
                config.periods(),
                config.atLeast(),
                device -> Optional.ofNullable(config.expected().get(device)),
                device -> Optional.ofNullable(periods.get(device)));
    }

    /** A model that is wrong is the engine's to refuse; here it only means that periods are learned. */
    private static Map<String, Duration> ofModel(Path file, String site, InstantSource clock) {
        Map<String, Duration> periods = new HashMap<>();
        try {
            SiteModel model = SiteFile.read(file);
            if (!model.site().equals(site)) {
                log.warn("silence=learned site={} reason={} is of the site {}", site, file, model.site());
                return periods;
            }
            for (Device device : model.devicesAt(clock.instant())) {
                periods.put(device.id(), device.profile().slowestPeriod());
            }
        } catch (ConfigurationException e) {
            log.warn("silence=learned reason={}", e.getMessage());
        }
        return periods;
    }
}

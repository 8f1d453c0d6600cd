package org.heliograph.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.health.Silence;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.site.Sun;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which devices there should be, and how often they report, as the configuration and the site's model say. */
final class Expectations {
    private static final Logger log = LoggerFactory.getLogger(Expectations.class);

    private final String site;
    private final Operation.Silence config;
    private final Set<String> named;
    private final Set<String> missed;
    private final @Nullable SiteModel model;
    private final InstantSource clock;

    private Expectations(AgentConfig whole, @Nullable SiteModel model, InstantSource clock) {
        this.site = whole.site();
        this.config = whole.operation().silence();
        this.named = new HashSet<>(whole.named());
        this.named.addAll(config.expected().keySet());
        this.missed = new HashSet<>(config.expected().keySet());
        whole.owners().keySet().forEach(device -> this.missed.add(device.device()));
        this.model = model;
        this.clock = clock;
    }

    static Expectations of(AgentConfig config, InstantSource clock) {
        Path file = config.operation().silence().site();
        return new Expectations(config, file == null ? null : model(file, config.site()), clock);
    }

    /** A model that is wrong is the engine's to refuse; here it only means that periods are learned. */
    private static @Nullable SiteModel model(Path file, String site) {
        try {
            SiteModel model = SiteFile.read(file);
            if (model.site().equals(site)) {
                return model;
            }
            log.warn("silence=learned site={} reason={} is of the site {}", site, file, model.site());
        } catch (ConfigurationException e) {
            log.warn("silence=learned reason={}", e.getMessage());
        }
        return null;
    }

    /** Whether a device is one that somebody has named, and no name that anybody can make up. */
    boolean names(DeviceId device) {
        return device.site().equals(site) && names(device.device());
    }

    private boolean names(String device) {
        return named.contains(device) || (model != null && model.knows(device));
    }

    Silence.Rule rule() {
        return new Silence.Rule(
                config.periods(),
                config.atLeast(),
                device -> Optional.ofNullable(config.expected().get(device)),
                this::usual,
                this::rests,
                this::names,
                this::isGone);
    }

    /**
     * Whom the model has no more, or never had, unless the configuration itself expects it. One that is yet to come isn't gone:
     * the clock may be wrong.
     */
    private boolean isGone(String device) {
        if (model == null || missed.contains(device)) {
            return false;
        }
        Instant now = clock.instant();
        return model.history(device).stream().noneMatch(there -> there.validTo().isAfter(now));
    }

    /** A solar inverter that its own panels feed ends with the sun. */
    private boolean rests(String device) {
        if (model == null || model.location().equals(SiteModel.Location.UNKNOWN)) {
            return false;
        }
        return model.device(device, clock.instant())
                .filter(there -> there.role() == Role.PV)
                .map(_ -> Sun.elevation(model.location(), clock.instant()) < Sun.LOW_DEGREES)
                .orElse(false);
    }

    /** As the model has it now: the clock may have been wrong when it was read, and a device may be replaced by another. */
    private Optional<Duration> usual(String device) {
        return model == null
                ? Optional.empty()
                : model.device(device, clock.instant())
                        .map(there -> there.profile().slowestPeriod());
    }
}

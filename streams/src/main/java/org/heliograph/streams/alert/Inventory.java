package org.heliograph.streams.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile;
import org.heliograph.telemetry.site.SiteModel;

/** The devices of the sites, by the newest models. */
final class Inventory {
    /** With a device that no model has. */
    private static final Duration UNKNOWN_PATIENCE = Duration.ofMinutes(3);

    private final Map<String, Site> sites = new HashMap<>();

    private record Site(SiteModel model, Duration leastPatience) {}

    /** In the place of the site's model before it. */
    void put(SiteModel model) {
        Duration leastPatience = model.devices().stream()
                .map(Device::profile)
                .filter(profile -> !profile.isOfAgent())
                .map(Profile::patience)
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        sites.put(model.site(), new Site(model, leastPatience));
    }

    void remove(String site) {
        sites.remove(site);
    }

    Optional<Device> device(String site, String name, long timeMillis) {
        return Optional.ofNullable(sites.get(site))
                .flatMap(known -> known.model().device(name, Instant.ofEpochMilli(timeMillis)));
    }

    /** Where a device is; empty where that isn't known. */
    String area(String site, String device, long timeMillis) {
        return device(site, device, timeMillis).map(Device::area).orElse("");
    }

    /** Whether there is anything that a rule judges, by the sites and areas that it names. */
    boolean hasAnyOf(AlertRule rule, long timeMillis) {
        return sites.values().stream()
                .map(Site::model)
                .filter(model -> rule.judgesSite(model.site()))
                .anyMatch(model -> rule.judgesAllAreas()
                        || model.devicesAt(Instant.ofEpochMilli(timeMillis)).stream()
                                .anyMatch(device -> rule.judgesArea(device.area())));
    }

    /** How long a device may say nothing and is well. */
    long patienceMillis(String site, String device, long timeMillis) {
        return device(site, device, timeMillis)
                .map(known -> known.profile().patience())
                .orElse(UNKNOWN_PATIENCE)
                .toMillis();
    }

    /** The patience with the device of a site that is heard most often; nothing while none is known. */
    Duration leastPatience(String site) {
        Site known = sites.get(site);
        return known == null ? Duration.ZERO : known.leastPatience();
    }
}

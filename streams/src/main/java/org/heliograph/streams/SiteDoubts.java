package org.heliograph.streams;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/** What a site model may say of its meters, and seldom means. */
final class SiteDoubts {
    private static final Set<Role> SOURCES = Set.of(Role.PV, Role.BATTERY, Role.GENERATOR);

    private SiteDoubts() {}

    static List<String> of(SiteModel model) {
        List<String> doubts = new ArrayList<>();
        List<Device> grids =
                model.devices().stream().filter(it -> it.role() == Role.GRID).toList();
        boolean hasSources = model.devices().stream().anyMatch(it -> SOURCES.contains(it.role()));
        grids.stream()
                .filter(grid -> hasSources && !grid.profile().points().containsKey(Point.ENERGY_EXPORT))
                .map(grid -> "there are sources on site, and the profile of '" + grid.id()
                        + "' has no energy_export: the site's energy is estimated (docs/figures.md, estimates)")
                .distinct()
                .forEach(doubts::add);
        doubts.addAll(lostParents(model));
        doubts.addAll(sharedSerials(model));
        return doubts;
    }

    private static Set<String> lostParents(SiteModel model) {
        Set<String> lost = new LinkedHashSet<>();
        for (Device device : model.devices()) {
            if (!device.parent().isEmpty()
                    && model.history(device.parent()).stream().noneMatch(parent -> meet(parent, device))) {
                lost.add("'" + device.id() + "' has the parent '" + device.parent()
                        + "', which isn't there while it is: the meter tree says nothing of it");
            }
        }
        return lost;
    }

    private static Set<String> sharedSerials(SiteModel model) {
        Map<String, List<Device>> bySerial = new LinkedHashMap<>();
        Set<String> shared = new LinkedHashSet<>();
        for (Device device : model.devices()) {
            if (device.serial().isEmpty()) {
                continue;
            }
            List<Device> others = bySerial.computeIfAbsent(device.serial(), _ -> new ArrayList<>());
            others.stream()
                    .filter(other -> !other.id().equals(device.id()) && meet(other, device))
                    .findFirst()
                    .ifPresent(other -> shared.add("'" + other.id() + "' and '" + device.id()
                            + "' have the serial number '" + device.serial() + "' at the same time"));
            others.add(device);
        }
        return shared;
    }

    private static boolean meet(Device one, Device other) {
        return one.validFrom().isBefore(other.validTo()) && other.validFrom().isBefore(one.validTo());
    }
}

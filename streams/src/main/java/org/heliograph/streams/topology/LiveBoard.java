package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.heliograph.streams.indicator.PueCategory;
import org.heliograph.streams.topology.state.v1.Flight;
import org.heliograph.streams.topology.state.v1.LiveShare;
import org.heliograph.streams.topology.state.v1.RolePower;
import org.heliograph.streams.topology.state.v1.Stale;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;

/**
 * The sites' live state, put together from the newest shares of the partitions. Kept in memory only: a second after a
 * start it is whole again. A site that changes is told at every call, another once a second. A power is shown only
 * while every device that it adds up is current.
 */
final class LiveBoard {
    /** A partition that hasn't spoken for this long isn't current. */
    private static final Duration SHARE_PATIENCE = Duration.ofSeconds(5);

    /** How often a site is told that doesn't change. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final int MAX_NAMED = 100;

    private final SiteModels sites;
    private final Map<String, Map<Integer, Received>> shares = new HashMap<>();
    private final Set<String> changed = new HashSet<>();
    private final Map<String, Long> toldMillis = new HashMap<>();

    LiveBoard(SiteModels sites) {
        this.sites = sites;
    }

    /** @param receivedMillis by this instance's clock: another's may differ */
    private record Received(LiveShare share, long receivedMillis) {}

    void add(String site, LiveShare share, long nowMillis) {
        Received before = shares.computeIfAbsent(site, _ -> new TreeMap<>())
                .put(share.getPartition(), new Received(share, nowMillis));
        if (before == null || !isHeartbeat(before.share(), share)) {
            changed.add(site);
        }
    }

    private static boolean isHeartbeat(LiveShare before, LiveShare share) {
        return before.toBuilder().setTimeMs(share.getTimeMs()).build().equals(share);
    }

    Set<String> sites() {
        return Set.copyOf(shares.keySet());
    }

    /** What is to be told now. */
    Map<String, SiteLive> at(long nowMillis) {
        Map<String, SiteLive> live = new HashMap<>();
        shares.forEach((site, partitions) -> {
            if (changed.contains(site) || nowMillis - toldMillis.getOrDefault(site, 0L) >= HEARTBEAT.toMillis()) {
                sites.version(site).ifPresent(version -> tell(site, version, partitions, nowMillis, live));
            }
        });
        return live;
    }

    private void tell(
            String site,
            SiteModels.Version version,
            Map<Integer, Received> partitions,
            long nowMillis,
            Map<String, SiteLive> live) {
        List<Received> ofThisModel = partitions.values().stream()
                .filter(received -> received.share().getModel() == version.fingerprint())
                .toList();
        List<LiveShare> current = ofThisModel.stream()
                .filter(received -> isCurrent(received, nowMillis))
                .map(Received::share)
                .toList();
        boolean modelIsChanging = current.size()
                < partitions.values().stream()
                        .filter(received -> isCurrent(received, nowMillis))
                        .count();
        if (!modelIsChanging) { // else the partitions count by different models: all by the new one in a second
            List<LiveShare> all = ofThisModel.stream().map(Received::share).toList();
            SiteLive.Builder now = live(site, version, current, all, nowMillis);
            sites.refusal(site).ifPresent(now::setModelRefused);
            live.put(site, now.build());
            changed.remove(site);
            toldMillis.put(site, nowMillis);
        }
    }

    private static boolean isCurrent(Received received, long nowMillis) {
        return nowMillis - received.receivedMillis() <= SHARE_PATIENCE.toMillis();
    }

    private static SiteLive.Builder live(
            String site, SiteModels.Version version, List<LiveShare> current, List<LiveShare> all, long nowMillis) {
        SiteLive.Builder live = SiteLive.newBuilder()
                .setSite(site)
                .setTimeMs(nowMillis)
                .setLatestReadingMs(all.stream()
                        .mapToLong(LiveShare::getLatestReadingMs)
                        .max()
                        .orElse(0));
        int online = current.stream().mapToInt(LiveShare::getOnline).sum();
        List<Device> devices = version.model().devicesAt(Instant.ofEpochMilli(nowMillis)).stream()
                .filter(device -> !device.profile().isOfAgent())
                .toList();
        all.stream()
                .flatMap(share -> share.getFlightsList().stream())
                .sorted(Comparator.comparing(Flight::getDevice))
                .forEach(flight -> live.addCanaries(Canary.newBuilder()
                        .setDevice(flight.getDevice())
                        .setSungMs(flight.getSungMs())
                        .setTravelMs(flight.getTravelMs())));
        live.addAllAgents(AgentBook.merged(
                all.stream().flatMap(share -> share.getAgentsList().stream()).toList(), nowMillis));
        live.setDevicesOnline(online).setDevicesStale(Math.max(0, devices.size() - online));
        live.addAllSilent(silent(version, devices, all));
        powers(new Powers(version.expectedAt(Instant.ofEpochMilli(nowMillis)), current), live);
        return live;
    }

    /** The silent devices by name: those that were heard once, and those never heard. */
    private static List<SilentDevice> silent(SiteModels.Version version, List<Device> devices, List<LiveShare> shares) {
        List<SilentDevice> silent = new ArrayList<>();
        BitSet heard = new BitSet();
        for (LiveShare share : shares) {
            heard.or(BitSet.valueOf(share.getHeard().toByteArray()));
            for (Stale stale : share.getStaleList()) {
                silent.add(SilentDevice.newBuilder()
                        .setDevice(stale.getDevice())
                        .setLastMs(stale.getLastMs())
                        .setHeardMs(stale.getHeardMs())
                        .setBehindMs(stale.getBehindMs())
                        .build());
            }
        }
        for (Device device : devices) {
            if (!heard.get(version.indexes().getOrDefault(device.id(), 0))) {
                silent.add(SilentDevice.newBuilder().setDevice(device.id()).build());
            }
        }
        return silent.stream()
                .sorted(Comparator.comparing(SilentDevice::getDevice))
                .limit(MAX_NAMED)
                .toList();
    }

    private static void powers(Powers powers, SiteLive.Builder live) {
        OptionalDouble grid = powers.of(Role.GRID);
        OptionalDouble pv = powers.of(Role.PV);
        pv.ifPresent(live::setPowerPvW);
        grid.ifPresent(watts -> live.setPowerImportW(Math.max(0, watts)).setPowerExportW(Math.max(0, -watts)));
        powers.of(Role.COOLING).ifPresent(live::setPowerCoolingW);
        powers.of(Role.AUXILIARY).ifPresent(live::setPowerAuxiliaryW);
        OptionalDouble dc = powers.input();
        dc.ifPresent(live::setPowerDcW);
        powers.category().ifPresent(category -> {
            double it = powers.of(role(category)).orElse(0);
            live.setPowerItW(it);
            if (dc.isPresent() && it > 0 && dc.getAsDouble() >= it) {
                live.setPue(dc.getAsDouble() / it).setPueCategory(category.name());
                if (powers.isWhole(Role.COOLING) && powers.isWhole(Role.AUXILIARY)) {
                    double known = it + powers.sum(Role.COOLING) + powers.sum(Role.AUXILIARY);
                    live.setPowerLossW(dc.getAsDouble() - known);
                }
            }
        });
        if (grid.isPresent() && pv.isPresent() && pv.getAsDouble() > 0 && powers.isWhole(Role.BATTERY)) {
            double fromBattery = Math.max(0, powers.sum(Role.BATTERY)); // is exported before PV is
            double exported = Math.max(0, -grid.getAsDouble() - fromBattery);
            live.setSelfConsumption(Math.max(0, pv.getAsDouble() - exported) / pv.getAsDouble());
        }
    }

    private static Role role(PueCategory category) {
        return switch (category) {
            case PUE1 -> Role.UPS;
            case PUE2 -> Role.FLOOR_PDU;
            case PUE3 -> Role.IT;
        };
    }

    /** Sums of current powers by role, beside how many devices there should be. */
    private static final class Powers {
        private final Map<Role, Integer> expected;
        private final Map<Role, Double> watts = new EnumMap<>(Role.class);
        private final Map<Role, Integer> counted = new EnumMap<>(Role.class);

        Powers(Map<Role, Integer> expected, List<LiveShare> shares) {
            this.expected = expected;
            for (LiveShare share : shares) {
                for (RolePower power : share.getRolesList()) {
                    Role.labelled(power.getRole()).ifPresent(role -> {
                        watts.merge(role, power.getWatts(), Double::sum);
                        counted.merge(role, power.getCurrent(), Integer::sum);
                    });
                }
            }
        }

        /** Whether every device of the role is current; true for a role without devices. */
        boolean isWhole(Role role) {
            return counted.getOrDefault(role, 0) >= expected.getOrDefault(role, 0);
        }

        double sum(Role role) {
            return watts.getOrDefault(role, 0.0);
        }

        OptionalDouble of(Role role) {
            return expected.containsKey(role) && isWhole(role) ? OptionalDouble.of(sum(role)) : OptionalDouble.empty();
        }

        /** Power into the site: grid (import positive) + PV + battery (discharge positive) + generator. */
        OptionalDouble input() {
            boolean whole = isWhole(Role.PV) && isWhole(Role.BATTERY) && isWhole(Role.GENERATOR);
            return whole && of(Role.GRID).isPresent()
                    ? OptionalDouble.of(sum(Role.GRID) + sum(Role.PV) + sum(Role.BATTERY) + sum(Role.GENERATOR))
                    : OptionalDouble.empty();
        }

        /** The highest PUE category whose meters are all current. */
        Optional<PueCategory> category() {
            for (PueCategory category : new PueCategory[] {PueCategory.PUE3, PueCategory.PUE2, PueCategory.PUE1}) {
                if (of(role(category)).isPresent()) {
                    return Optional.of(category);
                }
            }
            return Optional.empty();
        }
    }
}

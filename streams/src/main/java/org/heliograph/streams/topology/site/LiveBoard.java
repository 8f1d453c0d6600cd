package org.heliograph.streams.topology.site;

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
import java.util.Set;
import java.util.TreeMap;
import org.heliograph.streams.indicator.LivePowers;
import org.heliograph.streams.indicator.PueCategory;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.topology.state.AgentShares;
import org.heliograph.streams.topology.state.SiteModels;
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
 * The sites' live state, put together from the newest shares of the partitions. Kept in memory only: seconds after a
 * start it is whole again, once all partitions that speak of the site are at work. A site that changes is told at every
 * call, another once a second. A power is shown only while every device that it adds up is current.
 */
final class LiveBoard {
    /** A partition that hasn't spoken for this long isn't current: it does each three seconds, whatever its devices show. */
    private static final Duration SHARE_PATIENCE = Duration.ofSeconds(8);

    /** How often a site is told that doesn't change. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final int MAX_NAMED = 100;

    private final SiteModels sites;
    private final Map<String, Map<Integer, Received>> shares = new HashMap<>();
    private final Set<String> changed = new HashSet<>();
    private final Map<String, Long> toldMillis = new HashMap<>();
    private final Attendance attendance;

    LiveBoard(SiteModels sites, Attendance attendance) {
        this.sites = sites;
        this.attendance = attendance;
    }

    /** @param receivedMillis by this instance's clock: another's may differ */
    private record Received(LiveShare share, long receivedMillis) {}

    void add(String site, LiveShare share, long nowMillis) {
        Received before = shares.computeIfAbsent(site, _ -> new TreeMap<>())
                .put(share.getPartition(), new Received(share, nowMillis));
        attendance.spoke(site, share.getPartition(), share.getTimeMs());
        if (before == null || !isHeartbeat(before.share(), share)) {
            changed.add(site);
        }
    }

    /** Whether a partition takes what came while no engine was at work, as it said last; not for ever, if it is gone. */
    boolean isCatchingUp(String site, long nowMillis) {
        return shares.getOrDefault(site, Map.of()).values().stream()
                .anyMatch(received -> received.share().getCatchingUp()
                        && nowMillis - received.receivedMillis() < Attendance.LONGEST_RESTORATION.toMillis());
    }

    /** Nothing is said of a site that was withdrawn; if it comes back, what it was doesn't say how it is. */
    void forgetWithdrawn() {
        shares.keySet().removeIf(site -> sites.version(site).isEmpty());
        changed.retainAll(shares.keySet());
        toldMillis.keySet().retainAll(shares.keySet());
    }

    private static boolean isHeartbeat(LiveShare before, LiveShare share) {
        return before.toBuilder().setTimeMs(share.getTimeMs()).build().equals(share);
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

    private SiteLive.Builder live(
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
                .forEach(flight -> live.addCanaries(canary(flight)));
        live.addAllAgents(AgentShares.merged(
                all.stream().flatMap(share -> share.getAgentsList().stream()).toList(), nowMillis));
        live.setDevicesOnline(online).setDevicesStale(Math.max(0, devices.size() - online));
        boolean isWhole = attendance.wholeSinceMillis(site, nowMillis).isPresent();
        live.addAllSilent(silent(version, isWhole, isWhole ? devices : List.of(), all));
        show(powers(version.expectedAt(Instant.ofEpochMilli(nowMillis)), current), live);
        return live;
    }

    private static Canary canary(Flight flight) {
        Canary.Builder canary =
                Canary.newBuilder().setDevice(flight.getDevice()).setSungMs(flight.getSungMs());
        if (flight.hasTravelMs()) {
            canary.setTravelMs(flight.getTravelMs());
        }
        return canary.build();
    }

    /**
     * The silent devices by name: those that were heard once, and those never heard.
     *
     * @param isWhole whether all partitions have spoken; if not, the list is shorter than one that was cut
     * @param devices who should have been heard: none while some partition that hasn't spoken may have heard them
     */
    private static List<SilentDevice> silent(
            SiteModels.Version version, boolean isWhole, List<Device> devices, List<LiveShare> shares) {
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
                .limit(isWhole ? MAX_NAMED : MAX_NAMED - 1)
                .toList();
    }

    private static LivePowers powers(Map<Role, DeviceSet> expected, List<LiveShare> shares) {
        Map<Role, Integer> counts = new EnumMap<>(Role.class);
        expected.forEach((role, devices) -> counts.put(role, devices.count()));
        LivePowers powers = new LivePowers(counts);
        for (LiveShare share : shares) {
            for (RolePower power : share.getRolesList()) {
                Role.labelled(power.getRole())
                        .ifPresent(role -> powers.add(role, power.getWatts(), power.getCurrent()));
            }
        }
        return powers;
    }

    private static void show(LivePowers powers, SiteLive.Builder live) {
        powers.of(Role.PV).ifPresent(live::setPowerPvW);
        powers.of(Role.GRID)
                .ifPresent(watts -> live.setPowerImportW(Math.max(0, watts)).setPowerExportW(Math.max(0, -watts)));
        powers.of(Role.COOLING).ifPresent(live::setPowerCoolingW);
        powers.of(Role.AUXILIARY).ifPresent(live::setPowerAuxiliaryW);
        powers.of(Role.BATTERY).ifPresent(live::setPowerBatteryW);
        powers.of(Role.GENERATOR).ifPresent(live::setPowerGeneratorW);
        powers.input().ifPresent(live::setPowerDcW);
        powers.it().ifPresent(live::setPowerItW);
        powers.pue().ifPresent(live::setPue);
        if (live.hasPue()) {
            powers.category().map(PueCategory::name).ifPresent(live::setPueCategory);
        }
        powers.loss().ifPresent(live::setPowerLossW);
        powers.selfConsumption().ifPresent(live::setSelfConsumption);
    }
}

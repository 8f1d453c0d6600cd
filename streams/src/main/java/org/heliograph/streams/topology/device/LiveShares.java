package org.heliograph.streams.topology.device;

import com.google.protobuf.ByteString;
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
import java.util.function.Predicate;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.Flight;
import org.heliograph.streams.topology.state.v1.LiveShare;
import org.heliograph.streams.topology.state.v1.RolePower;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.streams.topology.state.v1.Stale;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Night;
import org.heliograph.telemetry.site.Profile;
import org.heliograph.telemetry.site.Role;

/** What this partition's devices show now, summed for each site. A reading that is too old is not shown. */
final class LiveShares {
    private static final int MAX_NAMED = 100;

    /** What hasn't changed is said again that often, so that the site side knows that somebody is there. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);

    /** How often the sites are looked at that nothing was heard of: patience ends, a night, or an absence. */
    private static final Duration LOOK_AT_ALL_INTERVAL = Duration.ofSeconds(1);

    /** A device whose clock is wrong by more is told of by the rules that ship, and isn't taken for live. */
    private static final Duration MOST_BEHIND = Duration.ofMinutes(10);

    private final SiteModels sites;
    private final DeviceBook devices;
    private final AgentBook agents;
    private final Absence absence;
    private final int partition;
    private final Map<String, LiveShare> said = new HashMap<>();
    /** The latest flight of each canary: there are as many as agents in the models. */
    private final Map<DeviceId, Flight> landed = new HashMap<>();
    /** The sites that something was heard of since they were looked at. */
    private final Set<String> heard = new HashSet<>();

    private long lookedAtAllMillis;

    LiveShares(SiteModels sites, DeviceBook devices, AgentBook agents, Absence absence, int partition) {
        this.sites = sites;
        this.devices = devices;
        this.agents = agents;
        this.absence = absence;
        this.partition = partition;
    }

    /** Something has come of a site: of one of its devices, or agents. */
    void heard(String site) {
        heard.add(site);
    }

    /** The shares that have changed, or haven't been said for a heartbeat. */
    Map<String, SiteInput> at(long nowMillis) {
        long since = nowMillis - lookedAtAllMillis; // less than nothing when the clock was set back
        if (since >= 0 && since < LOOK_AT_ALL_INTERVAL.toMillis()) {
            Map<String, SiteInput> shares =
                    heard.isEmpty() ? Map.of() : shares(tallies(heard::contains, nowMillis), nowMillis);
            heard.clear();
            return shares;
        }
        lookedAtAllMillis = nowMillis;
        heard.clear();
        Map<String, Optional<Tally>> tallies = tallies(_ -> true, nowMillis);
        said.keySet().retainAll(tallies.keySet());
        return shares(tallies, nowMillis);
    }

    private Map<String, Optional<Tally>> tallies(Predicate<String> which, long nowMillis) {
        Map<String, Optional<Tally>> tallies = new HashMap<>();
        devices.forEach(seen -> {
            if (which.test(seen.id().site())) {
                tallies.computeIfAbsent(
                                seen.id().site(), site -> sites.version(site).map(Tally::new))
                        .ifPresent(tally -> tally.add(seen.id().device(), seen, nowMillis));
            }
        });
        return tallies;
    }

    private Map<String, SiteInput> shares(Map<String, Optional<Tally>> tallies, long nowMillis) {
        Map<String, SiteInput> shares = new HashMap<>();
        tallies.forEach((site, of) -> of.ifPresent(tally -> {
            LiveShare before = said.getOrDefault(site, LiveShare.getDefaultInstance());
            LiveShare share = tally.share(before.getTimeMs()).toBuilder()
                    .addAllAgents(agents.shares(site, nowMillis))
                    .setCatchingUp(!absence.isOver())
                    .build();
            if (!share.equals(before) || nowMillis - before.getTimeMs() >= HEARTBEAT.toMillis()) {
                LiveShare now = share.toBuilder().setTimeMs(nowMillis).build();
                said.put(site, now);
                shares.put(site, SiteInput.newBuilder().setLive(now).build());
            }
        }));
        return shares;
    }

    private final class Tally {
        private final SiteModels.Version version;
        private final Map<Role, RolePower.Builder> powers = new EnumMap<>(Role.class);
        private final List<Stale> stale = new ArrayList<>();
        private final List<Flight> flights = new ArrayList<>();
        private final BitSet heard = new BitSet();
        private long latestMillis;
        private int online;

        Tally(SiteModels.Version version) {
            this.version = version;
        }

        void add(String name, SeenDevice last, long nowMillis) {
            Optional<Device> device = version.model().device(name, Instant.ofEpochMilli(nowMillis));
            if (device.isEmpty()) {
                return;
            }
            if (!last.hasSpoken()) {
                return; // its transport spoke of it, but it has never said anything: it counts as silent
            }
            if (device.get().profile().isOfAgent()) {
                flights.add(land(last, nowMillis));
                return;
            }
            heard.set(version.indexes().getOrDefault(name, 0));
            latestMillis = Math.max(latestMillis, last.timeMillis());
            long patienceMillis = patienceMillis(device.get());
            boolean isSilent = last.isOffline() || !isCurrent(last, patienceMillis, nowMillis);
            if (isSilent) {
                silent(device.get(), last, nowMillis);
                return;
            }
            online++;
            boolean isBelieved = last.hasPower() && Math.abs(last.powerWatts()) <= DeviceHistory.maxWatts(device.get());
            // a stamp from the future makes no later power old
            long newestMillis = Math.min(last.timeMillis(), nowMillis);
            boolean isNew = newestMillis - last.powerMillis() <= patienceMillis
                    && age(last.powerMillis(), last, nowMillis) <= patienceMillis;
            if (isBelieved && isNew) {
                power(device.get().role(), last.powerWatts());
            }
        }

        /** A solar inverter that sleeps is where it should be; whoever else says nothing is missed. */
        private void silent(Device device, SeenDevice last, long nowMillis) {
            Night since = new Night(
                    version.model().location(),
                    Instant.ofEpochMilli(last.timeMillis()),
                    Instant.ofEpochMilli(nowMillis));
            if (since.isSleptThrough(
                    device, last.hasPower() ? OptionalDouble.of(last.powerWatts()) : OptionalDouble.empty())) {
                online++;
                if (last.hasPower() && since.isWithoutSun()) {
                    power(device.role(), 0);
                }
                return;
            }
            stale.add(Stale.newBuilder()
                    .setDevice(device.id())
                    .setLastMs(last.timeMillis())
                    .setHeardMs(AgentBook.wholeSecond(last.heardMillis()))
                    .setBehindMs(last.behindMillis())
                    .build());
        }

        private void power(Role of, double watts) {
            RolePower.Builder power =
                    powers.computeIfAbsent(of, role -> RolePower.newBuilder().setRole(role.label()));
            power.setWatts(power.getWatts() + watts).setCurrent(power.getCurrent() + 1);
        }

        LiveShare share(long timeMillis) {
            LiveShare.Builder share = LiveShare.newBuilder()
                    .setPartition(partition)
                    .setTimeMs(timeMillis)
                    .setLatestReadingMs(latestMillis)
                    .setModel(version.fingerprint())
                    .setOnline(online)
                    .addAllStale(stale.stream()
                            .sorted(Comparator.comparing(Stale::getDevice))
                            .limit(MAX_NAMED)
                            .toList())
                    .setSilent(stale.size())
                    .setHeard(ByteString.copyFrom(heard.toByteArray()))
                    .addAllFlights(flights);
            powers.values().forEach(share::addRoles);
            return share.build();
        }
    }

    /**
     * The latest of an agent, also of one that has been silent since before this engine's start: its age is all that tells of
     * it. How long that one has taken nobody knows.
     */
    private Flight land(SeenDevice canary, long nowMillis) {
        Flight before = landed.get(canary.id());
        if (before != null && before.getSungMs() == canary.timeMillis()) {
            return before;
        }
        Flight.Builder flight =
                Flight.newBuilder().setDevice(canary.id().device()).setSungMs(canary.timeMillis());
        if (before != null) {
            flight.setTravelMs(Math.max(0, nowMillis - canary.timeMillis()));
        }
        Flight now = flight.build();
        landed.put(canary.id(), now);
        return now;
    }

    private static long patienceMillis(Device device) {
        return Math.max(
                Profile.SHORTEST_PATIENCE.toMillis(),
                device.profile().patience().toMillis());
    }

    /** Whether its newest reading is new, and, as far as is known, came lately: a clock that is ahead makes nobody live. */
    private static boolean isCurrent(SeenDevice last, long patienceMillis, long nowMillis) {
        boolean isHeard = last.heardMillis() == 0 || nowMillis - last.heardMillis() <= patienceMillis;
        return isHeard && age(last.timeMillis(), last, nowMillis) <= patienceMillis;
    }

    /** By the device's own clock, as far as that is known to be behind its agent's others. */
    private static long age(long stampMillis, SeenDevice device, long nowMillis) {
        return nowMillis - stampMillis - Math.min(device.behindMillis(), MOST_BEHIND.toMillis());
    }
}
